// Small, without any library, and full of what makes debug information hard: inlining three deep, templates, lambdas, members,
// local functions, cold paths, functions of other files.
extern "C" [[noreturn]] void leave(int status);
extern "C" int fromC(int);
namespace shop {
int elsewhere(int);

inline __attribute__((always_inline)) int twice(int x) { return x * 2; }

static inline int thrice(int x) {
  int y = twice(x);
  return y + x;
}

template <class T> struct Cart {
  T items[8];
  int count = 0;
  void add(T item) {
    if (count < 8) items[count++] = item;
  }
  __attribute__((noinline)) int total() const;
};

template <class T> int Cart<T>::total() const {
  int sum = 0;
  for (int i = 0; i < count; i++) sum += thrice(static_cast<int>(items[i]));
  return sum;
}

namespace {
struct Hidden {
  int value;
  int get() const { return value * 3; }
};

__attribute__((noinline)) int hidden(const Hidden &h) {
  if (__builtin_expect(h.value > 1000, 0)) leave(h.get());
  return h.get() + thrice(h.value);
}
}  // namespace

template <class F> int apply(F f, int n) {
  int result = 0;
  for (int i = 0; i < n; i++) result += f(i);
  return result;
}

struct Base {
  virtual ~Base() = default;
  virtual int name() const { return 1; }
};
struct Derived final : Base {
  int name() const override { return thrice(2); }
};

__attribute__((noinline)) int run(int n) {
  Cart<int> whole;
  Cart<long> wide;
  for (int i = 0; i < n; i++) {
    whole.add(i);
    wide.add(i * 2L);
  }
  struct Local {
    static __attribute__((noinline)) int method(int x) { return twice(x) + 1; }
  };
  auto closure = [&](int x) { return thrice(x) + whole.total(); };
  Derived d;
  const Base &b = d;
  return apply(closure, n) + wide.total() + hidden({n}) + elsewhere(n) + Local::method(n) + b.name();
}
}  // namespace shop

extern "C" __attribute__((noinline)) int plain(int x) {
  if (__builtin_expect(x == 77, 0)) leave(shop::twice(x));
  return x + fromC(x);
}

void operator delete(void *, unsigned long) noexcept {}
extern "C" int start(int argc) { return shop::run(argc) + plain(argc); }
