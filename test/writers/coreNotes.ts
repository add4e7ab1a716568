import { Bytes } from './bytes.js';
import type { HandNote } from './elfCore.js';

/** user_regs_struct of x86-64, in its order. */
const REGISTERS =
  'r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs'.split(
    ' ',
  );

export type HandRegisters = Readonly<Record<string, bigint>>;

/** NT_PRSTATUS of x86-64; registers that are not given are zero, cs and ss those of user space. */
export function prstatus(tid: number, registers: HandRegisters = {}, signal = 11, blocked = 0x22n): HandNote {
  const out = new Bytes().u32(signal, 0, 0).u16(signal, 0).u64(0x11n, blocked).u32(tid, 1, tid, tid).upTo(112);
  const values: HandRegisters = { cs: 0x33n, ss: 0x2bn, ...registers };
  for (const register of REGISTERS) out.u64(values[register] ?? 0n);
  return { name: 'CORE', type: 1, desc: out.u32(1, 0).bytes() };
}

export interface HandProcess {
  readonly pid?: number;
  readonly ppid?: number;
  readonly session?: number;
  readonly uid?: number;
  readonly state?: string;
  readonly comm?: string;
  readonly args?: string;
}

/** NT_PRPSINFO: 136 bytes in 64-bit files; 124 with the 16-bit ids of i386, 128 with the 32-bit ones of other machines. */
export function prpsinfo(process: HandProcess = {}, form: '64' | 'i386' | 'x32' = '64', littleEndian = true): HandNote {
  const out = new Bytes(littleEndian);
  const state = (process.state ?? 'R').charCodeAt(0);
  out.u8(0, state, 0, 0);
  if (form === '64') out.upTo(8).u64(0x400n);
  else out.u32(0x400);
  const uid = process.uid ?? 1000;
  if (form === 'i386') out.u16(uid, uid);
  else out.u32(uid, uid);
  out.u32(process.pid ?? 42, process.ppid ?? 1, process.pid ?? 42, process.session ?? process.pid ?? 42);
  out.field(process.comm ?? 'program', 16).field(process.args ?? '/opt/program', 80);
  return { name: 'CORE', type: 3, desc: out.bytes() };
}

/** NT_SIGINFO of 64-bit files; `union` starts at offset 16. */
export function siginfo(signal: number, code: number, union: readonly bigint[] = []): HandNote {
  return { name: 'CORE', type: 0x53494749, desc: siginfoBytes(signal, code, union) };
}

export function siginfoBytes(signal: number, code: number, union: readonly bigint[] = []): Uint8Array {
  return new Bytes()
    .u32(signal, 0, code, 0)
    .u64(...union)
    .upTo(128)
    .bytes();
}

/** NT_AUXV, closed by AT_NULL. */
export function auxv(entries: Readonly<Record<number, bigint>>): HandNote {
  const out = new Bytes();
  for (const [key, value] of Object.entries(entries)) out.u64(BigInt(key), value);
  return { name: 'CORE', type: 6, desc: out.u64(0n, 0n).bytes() };
}

export interface HandMapping {
  readonly start: bigint;
  readonly end: bigint;
  /** In pages. */
  readonly page?: bigint;
  readonly path: string | Uint8Array;
}

/** NT_FILE. */
export function fileNote(
  mappings: readonly HandMapping[],
  shape: {
    readonly word?: 4 | 8;
    readonly littleEndian?: boolean;
    readonly count?: bigint;
    readonly pageSize?: bigint;
  } = {},
): HandNote {
  const word = shape.word ?? 8;
  const out = new Bytes(shape.littleEndian ?? true);
  out.word(word, shape.count ?? mappings.length, shape.pageSize ?? 4096n);
  for (const { start, end, page } of mappings) out.word(word, start, end, page ?? 0n);
  for (const { path } of mappings) {
    if (typeof path === 'string') out.text(path);
    else out.append(path).u8(0);
  }
  return { name: 'CORE', type: 0x46494c45, desc: out.bytes() };
}

/** Places of the extended state's components: AMD has no room for MPX, Intel has. */
export const XSAVE_LAYOUTS = {
  amd: { size: 2432, opmask: 832, upperZmm: 896, highZmm: 1408 },
  intel: { size: 2688, opmask: 1088, upperZmm: 1152, highZmm: 1664 },
} as const;

export interface HandVectors {
  readonly size?: number;
  /** XCR0. */
  readonly enabled?: bigint;
  /** XSTATE_BV. */
  readonly saved?: bigint;
  /** Bytes by offset. */
  readonly parts?: readonly (readonly [offset: number, bytes: Uint8Array])[];
  readonly mxcsr?: number;
  readonly control?: number;
}

/** NT_X86_XSTATE. */
export function xstate(vectors: HandVectors): HandNote {
  const desc = new Uint8Array(vectors.size ?? XSAVE_LAYOUTS.amd.size);
  const view = new DataView(desc.buffer);
  view.setUint16(0, vectors.control ?? 0x37f, true);
  view.setUint32(24, vectors.mxcsr ?? 0x1f80, true);
  view.setBigUint64(464, vectors.enabled ?? 0xe7n, true);
  view.setBigUint64(512, vectors.saved ?? 0xe7n, true);
  for (const [offset, bytes] of vectors.parts ?? []) desc.set(bytes, offset);
  return { name: 'LINUX', type: 0x202, desc };
}

/** NT_PRFPREG: the legacy area alone. */
export function fpregs(parts: readonly (readonly [offset: number, bytes: Uint8Array])[] = []): HandNote {
  const desc = new Uint8Array(512);
  new DataView(desc.buffer).setUint32(24, 0x1f80, true);
  for (const [offset, bytes] of parts) desc.set(bytes, offset);
  return { name: 'CORE', type: 2, desc };
}

/** NT_X86_XSAVE_LAYOUT: records of type, size, offset, flags. */
export function xsaveLayout(records: readonly (readonly [type: number, size: number, offset: number])[]): HandNote {
  const out = new Bytes();
  for (const [type, size, offset] of records) out.u32(type, size, offset, 0);
  return { name: 'LINUX', type: 0x205, desc: out.bytes() };
}
