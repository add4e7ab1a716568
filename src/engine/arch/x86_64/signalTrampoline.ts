/**
 * Whether code does nothing but return from a signal handler: `mov $15, %rax` or `mov $15, %eax`, then `syscall` (15 is rt_sigreturn,
 * arch/x86/entry/syscalls/syscall_64.tbl). The C libraries and the runtime of Go have one each.
 */
export function isSignalTrampoline(code: Uint8Array): boolean {
  for (const bytes of TRAMPOLINES) if (startsWith(code, bytes)) return true;
  return false;
}

/** Asked of every frame: most code differs in its first byte. */
function startsWith(code: Uint8Array, bytes: readonly number[]): boolean {
  for (let i = 0; i < bytes.length; i++) if (code[i] !== bytes[i]) return false;
  return true;
}

export const SIGNAL_TRAMPOLINE_SIZE = 9;

const TRAMPOLINES = [
  [0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05],
  [0xb8, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05],
];
