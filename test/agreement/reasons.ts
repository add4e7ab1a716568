export interface Reason {
  readonly title: string;
  /** Who is right. `taste`: both readings are defensible. */
  readonly right: 'redzone' | 'tool' | 'taste';
  readonly why: string;
}

/** Why readings differ; each is named by lines of `expected.txt`. */
export const REASONS: Readonly<Record<string, Reason>> = {
  race: {
    title: 'The race of the register restore',
    right: 'redzone',
    why: 'The processor stands at a clobbered address in the middle of a transfer to a landing pad. gdb takes that for a call and reads the return address at the stack pointer; eu-stack has no call-frame information for the address and stops. The true stack is that of the landing pad, which the exception in flight names (truth: the program was stopped between the two loads).',
  },
  shift: {
    title: 'A shifted stack pointer',
    right: 'redzone',
    why: 'Call-frame information is applied to a stack pointer that is 8 or 16 bytes off, so both tools read return addresses from the wrong words: they lose the function in which it happened, take saved registers for return addresses, or stop. Here the shift is found first and the stack is read at the corrected place (truth: the program was stopped and the register changed).',
  },
  'popped-return-address': {
    title: 'A return to nowhere',
    right: 'redzone',
    why: 'The function returned to an address without code. The return address is popped already, so the caller is at the stack pointer itself; gdb takes the jump for a call, reads one word too many and goes astray. eu-stack stops or skips a frame.',
  },
  'call-to-nowhere': {
    title: 'A call or jump to nowhere',
    right: 'redzone',
    why: 'eu-stack finds no call-frame information where the processor is, and follows the frame pointer if there is one, which skips the caller, or stops. The return address lies at the stack pointer, as gdb and we read it.',
  },
  'context-switch': {
    title: 'A restored context or a fiber without a way back',
    right: 'redzone',
    why: 'The new stack has no return address that was ever called from. gdb shows a frame at address 0; eu-stack stops.',
  },
  'no-call-frame-information': {
    title: 'Code without call-frame information and without frame pointers',
    right: 'redzone',
    why: 'Code made at run time, or a program whose call-frame information was removed. gdb guesses a frame from the prologue or the stack pointer and shows words of the stack as frames; eu-stack stops. Here only words that follow a call instruction count, and the scan finds the callers.',
  },
  'cut-core': {
    title: 'A core that is cut short, or holds no memory',
    right: 'redzone',
    why: 'The dynamic linker’s list of libraries is not in the core, so gdb and eu-stack do not know which libraries were loaded and cannot unwind through them; the note that names the mapped files is there, and enough. Where the stack itself is missing gdb shows one more frame, at address 0. A core cut inside the notes neither of them opens.',
  },
  'thread-of-the-parent': {
    title: 'A thread that is none',
    right: 'redzone',
    why: 'The child runs in the memory of its parent. libthread_db reads the thread list there and gives gdb the parent’s thread, of which the core has no registers.',
  },
  'gdb-dies': {
    title: 'gdb 13.1 ends with an internal error',
    right: 'redzone',
    why: 'A package of split DWARF 5 makes gdb 13.1 crash while it indexes.',
  },
  'division-line': {
    title: 'Two lines at one address',
    right: 'redzone',
    why: 'The line table has two rows for the division: line 10, marked as the start of a statement, and after it line 8, not marked. gdb prefers marked rows. The division is written in line 8; eu-stack, addr2line and llvm-symbolizer say so too.',
  },
  'eu-lines': {
    title: 'eu-stack knows no line',
    right: 'redzone',
    why: 'elfutils 0.188 finds the unit of an address through .debug_aranges only, and looks no further than that unit for inline functions. clang and rustc write none by default; link-time optimisation puts what is inlined into another unit. gdb agrees with us.',
  },
  'eu-stops': {
    title: 'eu-stack stops early',
    right: 'redzone',
    why: 'The registers of this thread stand in a place that eu-stack does not unwind from. gdb agrees with us.',
  },
  'eu-names': {
    title: 'eu-stack does not decode a Rust name',
    right: 'redzone',
    why: 'Escapes of the old mangling of Rust are left as they are.',
  },
  'go-without-dwarf': {
    title: 'Go without DWARF: no call-frame information',
    right: 'redzone',
    why: 'Go keeps frame pointers; we and eu-stack follow them, but eu-stack skips the caller of a function that makes no frame, and names no function where a signal interrupted it. gdb 13.1 does not follow them in code without symbols of a known language, shows words of the stack as frames, and reads Go names as D ones.',
  },
  'leaf-without-frame': {
    title: 'A function that has made no frame yet',
    right: 'redzone',
    why: 'Without call-frame information the frame pointer is that of the caller as long as the innermost function has not pushed it: eu-stack skips the caller. gdb and we read what the function’s code has done to the stack.',
  },
  'lost-stack-pointer': {
    title: 'A stack pointer that leads nowhere, with a good frame pointer',
    right: 'redzone',
    why: 'The stack pointer was lost in a fiber switch and call-frame information leads nowhere. The frame pointer still leads to the caller, and a call comes before the return address there; gdb stops, eu-stack stops where the stack pointer is not zero.',
  },
  alias: {
    title: 'Several names for one function',
    right: 'taste',
    why: 'The C library gives one function several names (poll, __poll). We take the one that people know: without underscores, strong before weak, short before long.',
  },
  'data-as-code': {
    title: 'A jump into data',
    right: 'taste',
    why: 'The processor stands in a constant. The other tools name the constant as if it were a function; we name no function.',
  },
};
