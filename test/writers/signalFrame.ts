import { Bytes } from './bytes.js';
import { type HandRegisters, siginfoBytes } from './coreNotes.js';

export interface HandSignalFrame {
  /** Of the interrupted context. */
  readonly registers: HandRegisters;
  /** Return address into the trampoline. */
  readonly trampoline: bigint;
  readonly signal?: number;
  readonly code?: number;
  readonly faultAddress?: bigint;
  readonly trap?: number;
  readonly error?: bigint;
  readonly cr2?: bigint;
  /** Bytes of the extended state. */
  readonly stateSize?: number;
  readonly alternateStack?: { readonly base: bigint; readonly size: bigint; readonly flags?: number };
}

export interface WrittenSignalFrame {
  /** Of the frame: 8 modulo 16. */
  readonly address: bigint;
  /** Of the extended state. */
  readonly state: bigint;
  /** What lies from `address` up to the end of the extended state. */
  readonly bytes: Uint8Array;
}

const FRAME = 440n;
const GREGS = 'r8 r9 r10 r11 r12 r13 r14 r15 rdi rsi rbp rbx rdx rax rcx rsp rip eflags'.split(' ');

/**
 * What the kernel pushes when a signal interrupts a thread at `stackPointer` (arch/x86/kernel/signal.c): below the red zone the
 * extended state on a multiple of 64, below that the frame.
 */
export function writeSignalFrame(stackPointer: bigint, shape: HandSignalFrame): WrittenSignalFrame {
  const stateSize = shape.stateSize ?? 2432;
  const state = alignDown(stackPointer - 128n - BigInt(stateSize + 4), 64n);
  const address = alignDown(state - FRAME, 16n) - 8n;
  const { base, size, flags } = { base: 0n, size: 0n, flags: 2, ...shape.alternateStack };
  const out = new Bytes();
  out.u64(shape.trampoline, 7n, 0n, base).u32(flags, 0).u64(size);
  for (const register of GREGS) out.u64(shape.registers[register] ?? 0n);
  out.u16(0x33, 0, 0, 0x2b);
  out
    .u64(shape.error ?? 4n, BigInt(shape.trap ?? 14), 0n, shape.cr2 ?? 0n, state)
    .upTo(304)
    .u64(0n);
  out.append(siginfoBytes(shape.signal ?? 11, shape.code ?? 1, [shape.faultAddress ?? shape.cr2 ?? 0n]));
  out
    .upTo(Number(state - address) + 464)
    .u32(0x46505853, stateSize + 4)
    .u64(0xe7n)
    .u32(stateSize);
  out.upTo(Number(state - address) + stateSize).u32(0x46505845);
  return { address, state, bytes: out.bytes() };
}

function alignDown(value: bigint, alignment: bigint): bigint {
  return value - (value % alignment);
}
