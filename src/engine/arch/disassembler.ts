import type { RuntimeAddress } from '../base/addresses.js';

/** Decodes instructions; implemented outside the engine and loaded on first use, since it is large. */
export interface Disassembler {
  /**
   * The instruction at the start of `code`.
   *
   * @returns `undefined` when the bytes are none, or end inside it
   */
  decode(code: Uint8Array, address: RuntimeAddress): Instruction | undefined;
}

/** One instruction, in the terms that rules ask for. */
export interface Instruction {
  readonly address: RuntimeAddress;
  readonly length: number;
  /** Intel or AT&T text, as the binding is set up. */
  readonly text: string;
  readonly mnemonic: string;
  readonly flow:
    'next' | 'jump' | 'indirectJump' | 'conditional' | 'return' | 'call' | 'indirectCall' | 'interrupt' | 'trap';
  /** Of direct calls and jumps. */
  readonly target?: RuntimeAddress | undefined;
  /** Every memory operand, implicit ones (stack, string instructions) too. */
  readonly memory: readonly MemoryOperand[];
  /** Register operand of an indirect jump or call through a register. */
  readonly throughRegister?: string | undefined;
  /** Bytes to which a memory operand must be aligned, or the processor faults; 0 where any address will do. */
  readonly requiredAlignment: number;
  /** Faults outside ring 0 (hlt, in, cli...). */
  readonly privileged: boolean;
  /** The general register it writes as its first operand, by its full name. */
  readonly writes?: string | undefined;
  /** What it leaves in the arithmetic flags; absent when it changes none of them. */
  readonly flags?: FlagEffect | undefined;
}

/** The arithmetic flags after an instruction, as far as they follow from its kind and its result. */
export interface FlagEffect {
  /** and, or, xor, test: carry, overflow and auxiliary carry end up clear. */
  readonly logical: boolean;
  /** The register whose new value zero, sign and parity describe, with its width in bytes; absent for cmp, test and the like. */
  readonly result?: { readonly register: string; readonly size: number };
}

/** base + index * scale + displacement, in bytes. */
export interface MemoryOperand {
  /** Full 64-bit name of the register. */
  readonly base?: string;
  readonly index?: string;
  readonly scale: number;
  readonly displacement: bigint;
  /** Segment base to add: `fs` or `gs`. */
  readonly segment?: 'fs' | 'gs';
  /** Bytes accessed; 0 when not known. */
  readonly size: number;
  readonly access: 'read' | 'write' | 'readWrite' | 'none';
}
