import { callerFrame } from './callerFrame.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { type RuleContext, wordAt } from './ruleContext.js';
import { SHIFTS } from './shiftReadings.js';

/** A place where the true return address may lie; code or call-frame information to check it is missing. */
export interface UncheckedShift {
  /** What was added to the stack pointer. */
  readonly shift: number;
  readonly place: bigint;
  readonly address: bigint;
}

/**
 * The shifts that words alone allow: executable memory is pointed at from where the return address would lie, and callers keep the stack
 * a multiple of 16; and nothing measures the caller's frame from there. Where there is none, the stack pointer was in its place.
 *
 * @param after the stack pointer behind the return
 */
export function uncheckedShifts(rule: RuleContext, after: bigint): readonly UncheckedShift[] {
  const off = Number(after % 16n);
  // Return addresses lie 8 below a multiple of 16.
  const even = SHIFTS.filter((shift) => (off - shift) % 16 === 0);
  return even.flatMap((shift) => {
    const place = after - 8n - BigInt(shift);
    const address = wordAt(rule, place);
    if (address === undefined) return [];
    const { kind } = checkReturnAddress(rule.unwind, address);
    if (kind !== 'unknown' && kind !== 'call') return [];
    // Farther out every return address is in its place; whose frame begins here is then the question.
    const unmeasured = shift < 0 || callerFrame(rule, place, address, after).fit === 'unknown';
    return unmeasured ? [{ shift, place, address }] : [];
  });
}
