import type { StackFrame, UnwindStop } from '../stackFrame.js';
import type { RuntimeAddress } from '../../base/addresses.js';

/** What a rule says about a frame's caller. */
export type StepResult =
  | { readonly kind: 'caller'; readonly frame: StackFrame; readonly cfa: RuntimeAddress }
  /** The rule knows that there is no caller, or that it cannot be read. */
  | { readonly kind: 'stop'; readonly stop: UnwindStop }
  /** The rule does not apply; the next one is asked. */
  | { readonly kind: 'rejected'; readonly reason: string };

export function rejected(reason: string): StepResult {
  return { kind: 'rejected', reason };
}
