import { runtimeAddress } from '../base/addresses.js';
import { cfiRowAt } from '../unwind/rules/cfiRule.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { calledAt } from './calledFunction.js';
import { callerOf } from './callRecords.js';
import { callDistance } from './functionShape.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/**
 * How a presumed return address fits the place where it lies: its function, measured from there as its code has the stack at that call,
 * must have a return address of its own.
 * - `linked`: it has, behind a direct call to that very function
 * - `fits`: it has, behind a call that can have led there, or it is the outermost function
 * - `misplaced`: there is none
 * - `givenUp`: that place lies among words the program had given up
 * - `unknown`: the distance cannot be measured
 */
export type CallerFit = 'linked' | 'fits' | 'misplaced' | 'givenUp' | 'unknown';

export interface CallerFrame {
  readonly fit: CallerFit;
  /** Where the caller's own return address lies, when that is known. */
  readonly at?: bigint;
}

/**
 * @param place where the return address lies
 * @param live words from here on are still in use
 */
export function callerFrame(rule: RuleContext, place: bigint, returnAddress: bigint, live: bigint): CallerFrame {
  const caller = callerOf(rule, returnAddress);
  const distance = caller === undefined ? undefined : callDistance(rule, caller, returnAddress);
  if (caller === undefined || distance === undefined) return { fit: 'unknown' };
  const at = place + distance;
  if (at < live) return { fit: 'givenUp', at };
  const row = cfiRowAt(rule.unwind, runtimeAddress(returnAddress - 1n));
  if (row?.rules.get(row.returnAddressRegister)?.kind === 'undefined') return { fit: 'fits', at };
  const above = wordAt(rule, at);
  const check = above === undefined ? undefined : checkReturnAddress(rule.unwind, above);
  // Where a frame pointer defines the frame, arguments may have been pushed that the prologue says nothing of.
  const measured =
    row?.cfa.kind === 'registerOffset' && row.cfa.register === rule.unwind.architecture.dwarfStackPointer;
  if (check?.kind !== 'call') return measured && check?.kind !== 'unknown' ? { fit: 'misplaced' } : { fit: 'unknown' };
  const target = calledAt(rule, check.site, above ?? 0n);
  return { fit: target === caller ? 'linked' : 'fits', at };
}
