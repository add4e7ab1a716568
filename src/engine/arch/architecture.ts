import type { RuntimeAddress } from '../base/addresses.js';
import type { MemoryView } from '../base/memoryView.js';
import type { Instruction } from './disassembler.js';
import type { ExtendedState } from './extendedState.js';
import type { RegisterSet } from './registerSet.js';
import type { StackEffect } from './stackEffect.js';

/**
 * All that the engine must be told about an instruction set. Everything above `arch/` speaks of `programCounter`, `stackPointer`
 * and `framePointer` and never of rip, rsp or x29.
 */
export interface Architecture {
  /** As in the JSON contract: `x86_64`, `aarch64`. */
  readonly name: string;
  /** In the order of the kernel's elf_gregset_t, `registerSize` bytes each. */
  readonly generalRegisters: readonly string[];
  readonly registerSize: 4 | 8;
  /** Bytes of what a call or a push leaves on the stack. */
  readonly stackWord: 4 | 8;
  /** Bytes of a pointer in memory. */
  readonly pointerSize: 4 | 8;
  /** In the order of display; a subset of the above. */
  readonly displayOrder: readonly string[];
  readonly programCounter: string;
  readonly stackPointer: string;
  readonly framePointer: string;
  /** Names by DWARF register number; `undefined` for numbers without a general register. */
  readonly dwarfRegisters: readonly (string | undefined)[];
  /** DWARF number of the stack pointer. */
  readonly dwarfStackPointer: number;
  /** DWARF numbers a callee must preserve, so that an unwinder may keep them where no rule speaks. */
  readonly calleeSaved: ReadonlySet<number>;
  /** Bytes below the stack pointer that a leaf function may use and the kernel skips. */
  readonly redZone: number;
  /** What the stack pointer modulo 16 is at a call's first instruction; `undefined` where calls push nothing. */
  readonly entryAlignment: number;
  /** Where a call leaves the return address. */
  readonly returnAddress: 'stack' | 'register';
  /** Whether an address is one that the processor would translate at all. */
  isCanonical(address: bigint): boolean;
  /** Whether an address is one of user space. */
  isUser(address: bigint): boolean;
  /** Names of the set flags of the processor's flag register. */
  flags(registers: RegisterSet): readonly string[] | undefined;
  /** What a trap number and its error code mean, in words; absent where signal frames are not decoded. */
  readonly trapWords?: (number: number, errorCode: bigint) => { readonly trap: string; readonly error: string };
  /**
   * A thread's registers beside the general ones; `undefined` when the core holds none.
   *
   * @param notes by type: the thread's own, and those that speak of the whole core
   */
  extendedState(notes: ReadonlyMap<number, Uint8Array>): ExtendedState | undefined;
  /** The same of a context that a signal interrupted, from the bytes where its signal frame says they lie. */
  interruptedExtendedState(area: Uint8Array): ExtendedState | undefined;
  /**
   * Call instructions that can end just before a return address, most likely first.
   *
   * @param before the bytes that end at the return address; at least 8 unless fewer are known
   * @param returnAddress the address just behind the last byte of `before`
   */
  callsBefore(before: Uint8Array, returnAddress: RuntimeAddress): readonly CallSite[];
  /**
   * Where a direct jump leads: the one that starts at the first of `code`, or with `behind` the one that ends behind the last.
   *
   * @param start address of the first byte
   * @returns `undefined` when there is none, or it is not known where it leads
   */
  readonly jumpTarget?: (code: Uint8Array, start: RuntimeAddress, behind: boolean) => RuntimeAddress | undefined;
  /** The address of the pointer through which a stub of the linker jumps, if `code` is one. */
  readonly stubSlot?: (code: Uint8Array, start: RuntimeAddress) => RuntimeAddress | undefined;
  /** What an instruction does to the stack; absent where no disassembler knows the instructions. */
  readonly stackEffect?: (instruction: Instruction) => StackEffect;
  /**
   * The signal frame that starts at `address`, if its shape is right.
   *
   * @param known its return address is known to be a trampoline, so that a weaker shape is enough
   */
  signalFrameAt(memory: MemoryView, address: RuntimeAddress, known?: boolean): SignalFrame | undefined;
  /** How many bytes `isSignalTrampoline` wants to see. */
  readonly signalTrampolineSize: number;
  /** Whether code returns from a signal handler, and does nothing else. */
  isSignalTrampoline(code: Uint8Array): boolean;
  /** Bytes a signal frame takes at least: how many to have read before `signalFrameAt` is worth a try. */
  readonly signalFrameSize: number;
  /** What the address of a signal frame is, modulo 16. */
  readonly signalFrameAlignment: number;
}

/** A call instruction that precedes a return address. */
export interface CallSite {
  readonly address: RuntimeAddress;
  readonly length: number;
  /** `undefined` for a call through a register or memory. */
  readonly target?: RuntimeAddress;
  /** How an indirect call names its target. */
  readonly operand?: CallOperand;
}

/** Operand of an indirect call: a register, or memory at base + index * scale + displacement. */
export type CallOperand =
  | { readonly kind: 'register'; readonly register: string }
  | {
      readonly kind: 'memory';
      readonly base?: string;
      readonly index?: string;
      readonly scale: number;
      readonly displacement: bigint;
      /** Set for pc-relative operands: the address of the pointer. */
      readonly address?: RuntimeAddress;
    };

/** What the kernel leaves on the stack for a handler: the interrupted context and why. */
export interface SignalFrame {
  /** Where the frame starts: the slot with the return address into the trampoline. */
  readonly address: RuntimeAddress;
  /** First address behind the frame's fixed part. */
  readonly end: RuntimeAddress;
  /** The interrupted registers, under the names of the general registers. */
  readonly registers: RegisterSet;
  readonly returnTrampoline: bigint;
  readonly trapNumber: number;
  readonly errorCode: bigint;
  /** cr2 or its like: left over from the thread's last fault. */
  readonly faultAddress: bigint;
  readonly signalMask: bigint;
  /** Where the extended state lies; 0 when there is none. */
  readonly extendedState: bigint;
  readonly extendedStateSize: number;
  readonly alternateStack: { readonly base: bigint; readonly size: bigint; readonly flags: number };
  /** The bytes where siginfo is, for handlers that asked for it; validated by whoever reads them. */
  readonly siginfo: Uint8Array;
  /** Names of the fields by offset from `address`, 8 bytes each. */
  readonly fields: ReadonlyMap<number, string>;
}
