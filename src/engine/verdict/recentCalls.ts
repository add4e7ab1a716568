import { checkReturnAddress } from '../unwind/unwindContext.js';
import { functionCalled } from './callReading.js';
import { callRecords } from './callRecords.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** A call that was made before the crash and has returned, known by the return address it left below the stack pointer. */
export interface RecentCall {
  /** Where the return address lies. */
  readonly place: bigint;
  readonly returnAddress: bigint;
  /** Start of the function that was called; `undefined` for an indirect call of which nothing else is left. */
  readonly callee: bigint | undefined;
  /** Index in the list of the call from within which it was made. */
  readonly within: number | undefined;
  /**
   * - `last`: the last call of the function that crashed, or one made from within it
   * - `earlier`: a leftover that nothing connects with that call; it may be much older
   */
  readonly age: 'last' | 'earlier';
}

/** Words of dead stack looked through, and calls listed. */
const WORDS = 256;
const MOST = 24;

/**
 * What was called before the crash, the highest return address first: at each depth it is the last call there, and calls made from
 * within it lie below it. A word of data that happens to be such an address cannot be told apart.
 */
export function recentCalls(rule: RuleContext): readonly RecentCall[] {
  const records = new Map(callRecords(rule, rule.sp).map((record) => [record.place, record]));
  const found: { place: bigint; returnAddress: bigint; target: bigint | undefined }[] = [];
  for (let i = 1; i <= WORDS && found.length < MOST; i++) {
    const place = rule.sp - BigInt(8 * i);
    if (isOverwritten(rule, place)) continue;
    const returnAddress = wordAt(rule, place);
    if (returnAddress === undefined) break;
    const check = checkReturnAddress(rule.unwind, returnAddress);
    if (check.kind !== 'call') continue;
    const target = check.site.target === undefined ? undefined : functionCalled(rule, check.site.target);
    found.push({ place, returnAddress, target });
  }
  const calls: RecentCall[] = [];
  for (const [index, { place, returnAddress, target }] of found.entries()) {
    const own = records.get(place);
    const outer = own?.whole === true ? found.findIndex((candidate) => candidate.place === own.cfa - 8n) : -1;
    const inner = [...records.values()].find((record) => record.whole && record.cfa - 8n === place);
    const within = outer >= 0 && outer < index ? outer : undefined;
    // The crashed function's own frame is still there: a call whose caller's return address lies above the stack pointer is its last.
    const ofCrashed = own?.whole === true && own.cfa - 8n >= rule.sp;
    const age = ofCrashed || (within !== undefined && calls[within]?.age === 'last') ? 'last' : 'earlier';
    calls.push({ place, returnAddress, callee: target ?? inner?.caller, within, age });
  }
  return calls;
}

/** Signal frames, and the handlers that ran below them, lie where calls had been. */
function isOverwritten(rule: RuleContext, place: bigint): boolean {
  const { active, stale, from } = rule.crash;
  const frames = from === 'activeFrame' ? [...active, ...stale] : stale;
  return frames.some((frame) => {
    const end = frame.extendedState + BigInt(frame.extendedStateSize);
    const running = from === 'activeFrame' && active.includes(frame);
    return place < end && (place >= frame.address || (running && end <= rule.sp && rule.sp - end < NEAR));
  });
}

/** A handler's frame on the same stack begins right below the red zone. */
const NEAR = 4096n;
