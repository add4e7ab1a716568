import { SIGBUS, SIGFPE, SIGILL, SIGSEGV } from '../core/signals.js';

/** Vectors of the processor's exceptions (Intel SDM 3 §6.3.1). */
export const DIVIDE = 0;
export const INVALID_OPCODE = 6;
export const STACK_FAULT = 12;
export const GENERAL_PROTECTION = 13;
export const PAGE_FAULT = 14;
export const X87_ERROR = 16;
export const ALIGNMENT_CHECK = 17;
export const SIMD_ERROR = 19;

/** Which of them the kernel turns into which signal (arch/x86/kernel/traps.c, arch/x86/mm/fault.c). */
export const TRAPS_OF_SIGNALS: ReadonlyMap<number, readonly number[]> = new Map([
  [SIGFPE, [DIVIDE, X87_ERROR, SIMD_ERROR]],
  [SIGILL, [INVALID_OPCODE]],
  [SIGBUS, [STACK_FAULT, PAGE_FAULT, ALIGNMENT_CHECK]],
  [SIGSEGV, [GENERAL_PROTECTION, PAGE_FAULT]],
]);
