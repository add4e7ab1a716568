// A handler that prints the line of docs/fleet.md, with async-signal-safe functions only, and then lets the process die as it would have.
//   c++ -O1 -g crashLine.cpp -o crashLine && ./crashLine 2>crash.log; redzone triage --log crash.log

#include <csignal>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

namespace {

class Line {
 public:
  void text(const char* s) {
    while (*s != '\0' && length_ < sizeof buffer_ - 1) buffer_[length_++] = *s++;
  }
  void number(const char* key, uint64_t value, unsigned base) {
    char digits[24];
    int count = 0;
    do {
      digits[count++] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    text(key);
    if (base == 16) text("0x");
    while (count > 0 && length_ < sizeof buffer_ - 1) buffer_[length_++] = digits[--count];
  }
  void print() {
    buffer_[length_++] = '\n';
    for (size_t at = 0; at < length_;) {
      const ssize_t wrote = write(STDERR_FILENO, buffer_ + at, length_ - at);
      if (wrote <= 0) break;
      at += static_cast<size_t>(wrote);
    }
  }

 private:
  char buffer_[2048];
  size_t length_ = 0;
};

// The words around the stack pointer may not be mapped: a pipe takes them, or says that it cannot.
bool readWord(uint64_t address, uint64_t* word) {
  int ends[2];
  if (pipe(ends) != 0) return false;
  const bool ok = write(ends[1], reinterpret_cast<const void*>(address), sizeof *word) == sizeof *word &&
                  read(ends[0], word, sizeof *word) == sizeof *word;
  close(ends[0]);
  close(ends[1]);
  return ok;
}

void onCrash(int signal, siginfo_t* info, void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  char comm[16] = "";
  prctl(PR_GET_NAME, comm);
  Line line;
  line.text("redzone-crash v1");
  line.number(" time=", static_cast<uint64_t>(time(nullptr)), 10);
  line.number(" pid=", static_cast<uint64_t>(getpid()), 10);
  line.number(" tid=", static_cast<uint64_t>(syscall(SYS_gettid)), 10);
  line.text(" comm=\"");
  line.text(comm);
  line.text("\"");
  line.number(" signal=", static_cast<uint64_t>(signal), 10);
  line.number(" code=", static_cast<uint32_t>(info->si_code), 10);
  line.number(" addr=", reinterpret_cast<uint64_t>(info->si_addr), 16);
  line.number(" trap=", static_cast<uint64_t>(registers[REG_TRAPNO]), 10);
  line.number(" err=", static_cast<uint64_t>(registers[REG_ERR]), 16);
  const struct {
    const char* key;
    int index;
  } all[] = {{" rip=", REG_RIP}, {" rsp=", REG_RSP}, {" rbp=", REG_RBP}, {" rax=", REG_RAX}, {" rdx=", REG_RDX}, {" rdi=", REG_RDI}};
  for (const auto& one : all) line.number(one.key, static_cast<uint64_t>(registers[one.index]), 16);
  const auto rsp = static_cast<uint64_t>(registers[REG_RSP]);
  uint64_t word = 0;
  if (readWord(rsp - 8, &word)) line.number(" popped=", word, 16);
  if (readWord(rsp, &word)) line.number(" top=", word, 16);
  line.print();
  // The action is the default one again: returning repeats the fault, and the kernel dumps its registers.
}

}  // namespace

// To be called early. The handler needs a stack of its own: the crashed one may be exhausted.
void installCrashLine() {
  static char stack[64 * 1024];
  stack_t alternate = {};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof stack;
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = onCrash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP}) sigaction(signal, &action, nullptr);
}

int main(int argc, char**) {
  installCrashLine();
  void (*volatile nowhere)() = nullptr;
  int* volatile null = nullptr;
  if (argc > 1) nowhere();
  return *null;
}
