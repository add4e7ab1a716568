import type { EvidenceRef } from '../../src/shared/report.js';
import { addressKey } from './hex.js';

/** What a piece of evidence speaks of, in a form that rows can look themselves up in. */
export interface Lit {
  readonly registers: ReadonlySet<string>;
  /** Keys of slot addresses. */
  readonly slots: ReadonlySet<string>;
  /** Indexes into the frame list. */
  readonly frames: ReadonlySet<number>;
  /** Keys of instruction addresses. */
  readonly instructions: ReadonlySet<string>;
  /** Keys of signal frame addresses. */
  readonly signalFrames: ReadonlySet<string>;
}

/** Nothing is lit. */
export const UNLIT: Lit = {
  registers: new Set(),
  slots: new Set(),
  frames: new Set(),
  instructions: new Set(),
  signalFrames: new Set(),
};

/** Gathers the references of a piece of evidence. */
export function litBy(refs: readonly EvidenceRef[]): Lit {
  const lit = {
    registers: new Set<string>(),
    slots: new Set<string>(),
    frames: new Set<number>(),
    instructions: new Set<string>(),
    signalFrames: new Set<string>(),
  };
  for (const ref of refs) {
    if ('register' in ref) lit.registers.add(ref.register);
    else if ('slot' in ref) lit.slots.add(addressKey(ref.slot));
    else if ('frame' in ref) lit.frames.add(ref.frame);
    else if ('instruction' in ref) lit.instructions.add(addressKey(ref.instruction));
    else lit.signalFrames.add(addressKey(ref.signalFrame));
  }
  return lit;
}
