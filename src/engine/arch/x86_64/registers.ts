/** x86-64 registers by the kernel's and the ABI's numbering. */

/** struct user_regs_struct (arch/x86/include/asm/user_64.h). */
export const GENERAL_REGISTERS = [
  'r15',
  'r14',
  'r13',
  'r12',
  'rbp',
  'rbx',
  'r11',
  'r10',
  'r9',
  'r8',
  'rax',
  'rcx',
  'rdx',
  'rsi',
  'rdi',
  'orig_rax',
  'rip',
  'cs',
  'eflags',
  'rsp',
  'ss',
  'fs_base',
  'gs_base',
  'ds',
  'es',
  'fs',
  'gs',
] as const;

/** As a reader looks for them. */
export const DISPLAY_ORDER = [
  'rip',
  'rsp',
  'rbp',
  'rax',
  'rbx',
  'rcx',
  'rdx',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'eflags',
  'orig_rax',
  'cs',
  'ss',
  'ds',
  'es',
  'fs',
  'gs',
  'fs_base',
  'gs_base',
] as const;

/** System V x86-64 psABI, figure 3.36: DWARF register number mapping; 16 is the return address column. */
export const DWARF_REGISTERS = [
  'rax',
  'rdx',
  'rcx',
  'rbx',
  'rsi',
  'rdi',
  'rbp',
  'rsp',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
  'rip',
] as const;

/** By the number that instructions encode (Intel SDM 2, table 2-2). */
export const ENCODED_REGISTERS = [
  'rax',
  'rcx',
  'rdx',
  'rbx',
  'rsp',
  'rbp',
  'rsi',
  'rdi',
  'r8',
  'r9',
  'r10',
  'r11',
  'r12',
  'r13',
  'r14',
  'r15',
] as const;

/** rbx, rbp, r12 to r15 (psABI §3.2.1). */
export const CALLEE_SAVED: ReadonlySet<number> = new Set([3, 6, 12, 13, 14, 15]);

const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [0, 'CF'],
  [2, 'PF'],
  [4, 'AF'],
  [6, 'ZF'],
  [7, 'SF'],
  [8, 'TF'],
  [9, 'IF'],
  [10, 'DF'],
  [11, 'OF'],
  [14, 'NT'],
  [16, 'RF'],
  [17, 'VM'],
  [18, 'AC'],
  [21, 'ID'],
];

/** Names of the set bits of RFLAGS (Intel SDM 1 §3.4.3). */
export function flagNames(eflags: bigint): readonly string[] {
  return FLAGS.filter(([bit]) => ((eflags >> BigInt(bit)) & 1n) === 1n).map(([, flag]) => flag);
}
