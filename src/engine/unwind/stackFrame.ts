import type { SignalFrame } from '../arch/architecture.js';
import type { RegisterSet } from '../arch/registerSet.js';
import type { RuntimeAddress } from '../base/addresses.js';

/**
 * Which rule found a frame; the words of `FrameTrust` in the JSON contract. `context`: from registers alone, of the thread, or of the frame
 * below with what its code did to the stack.
 */
export type Trust = 'context' | 'signalFrame' | 'cfi' | 'framePointer' | 'callTarget' | 'scan';

/** One reconstructed frame. */
export interface StackFrame {
  /** 0 for lost frames whose pc is not known (`callTarget`). */
  readonly pc: RuntimeAddress;
  /** Registers as they were in this frame: those that no rule recovered are missing. */
  readonly registers: RegisterSet;
  readonly trust: Trust;
  /** Why stronger rules were not used to find this frame, one sentence each. */
  readonly rejected: readonly string[];
  /** Canonical frame address: the stack pointer in the caller before its call. Known once the caller was found. */
  cfa?: RuntimeAddress;
  /** pc is an instruction that was about to run, not one behind a call: the innermost frame, or one that a signal interrupted. */
  readonly interrupted: boolean;
  /** Set on the frame that a signal interrupted: the frame the kernel pushed for the handler. */
  readonly signalFrame?: SignalFrame;
  /** Set for `callTarget`: where the function starts that must have been called. */
  readonly calledFunction?: RuntimeAddress;
}

/** Where to look a frame's pc up: a return address belongs to the call before it. */
export function lookupAddress(frame: StackFrame): RuntimeAddress {
  if (frame.calledFunction !== undefined) return frame.calledFunction;
  return frame.interrupted ? frame.pc : ((frame.pc - 1n) as RuntimeAddress);
}

/**
 * Why a walk ended.
 * - `outermost`: the frame has no caller, by its call-frame information or a null return address
 * - `unreadable-stack`: the next frame's memory is not in the core
 * - `not-fetched`: it was not read yet
 */
export type UnwindStop =
  'outermost' | 'repeated-cfa' | 'frame-limit' | 'unreadable-stack' | 'not-fetched' | 'no-rule' | 'no-architecture';

/** The frames of a thread, innermost first. */
export interface Walk {
  readonly frames: readonly StackFrame[];
  readonly stop: UnwindStop;
}
