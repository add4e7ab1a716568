import type { StepResult } from './rules/stepResult.js';
import type { StackFrame } from './stackFrame.js';

/**
 * Steps outwards that were taken already. Candidate stacks differ near the crash and run together farther up: two thirds of the steps of
 * a judgement are taken again. Holds for as long as the memory that steps are read from does not change.
 */
export class KnownSteps {
  readonly #byPc = new Map<bigint, Known[]>();
  #size = 0;

  /** The step from a frame, from one with the same registers, or else by `take`. */
  from(frame: StackFrame, lastTransfer: LastTransfer, take: () => StepResult): StepResult {
    const known = this.#byPc.get(frame.pc);
    const same = known?.find((other) => other.lastTransfer === lastTransfer && isSame(other.frame, frame));
    if (same !== undefined) return same.step;
    const step = take();
    if (this.#size++ < MOST) {
      if (known === undefined) this.#byPc.set(frame.pc, [{ frame, lastTransfer, step }]);
      else if (known.length < MOST_ALIKE) known.push({ frame, lastTransfer, step });
    }
    return step;
  }
}

/** See `WalkOptions`. */
export type LastTransfer = 'called' | 'returned';

interface Known {
  readonly frame: StackFrame;
  readonly lastTransfer: LastTransfer;
  readonly step: StepResult;
}

/** More than the frames of all candidate stacks but those of a stack made to do harm. */
const MOST = 4096;
/** A recursion has one pc in all its frames: looking through them would cost more than a step. */
const MOST_ALIKE = 8;

function isSame(a: StackFrame, b: StackFrame): boolean {
  if (a === b) return true;
  return a.interrupted === b.interrupted && a.calledFunction === b.calledFunction && a.registers.equals(b.registers);
}
