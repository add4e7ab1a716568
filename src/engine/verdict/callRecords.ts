import { runtimeAddress } from '../base/addresses.js';
import { codeWords } from '../unwind/codeWords.js';
import { cfiRowAt } from '../unwind/rules/cfiRule.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { functionCalled } from './callReading.js';
import { callDistance } from './functionShape.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** A call that a function made, still to be read from the return address it left on the stack. */
export interface CallRecord {
  /** Where the return address lies. */
  readonly place: bigint;
  readonly returnAddress: bigint;
  /** Start of the function that made the call. */
  readonly caller: bigint;
  /** That function's canonical frame address, which the record's place and the distance at the call give. */
  readonly cfa: bigint;
  /** The word where the caller's own return address must lie is one, behind a call that can have led to the caller. */
  readonly whole: boolean;
  /** Another record's function has this one for its return address: a call was made from within the called function. */
  readonly inner: boolean;
}

/** Words looked through on either side of the stack pointer. */
const BELOW = 128;
const ABOVE = 8;

/**
 * Records of calls around a stack pointer, the highest first. Below it they are of frames that were left; just above it they are so
 * too when the stack pointer is too low.
 */
export function callRecords(rule: RuleContext, stackPointer: bigint): readonly CallRecord[] {
  const records: Omit<CallRecord, 'inner'>[] = [];
  const words = codeWords(rule.unwind, stackPointer - BigInt(8 * BELOW), BELOW + 1 + ABOVE);
  for (const { place, word: returnAddress } of [...words].reverse()) {
    if (checkReturnAddress(rule.unwind, returnAddress).kind !== 'call') continue;
    const caller = callerOf(rule, returnAddress);
    const distance = caller === undefined ? undefined : callDistance(rule, caller, returnAddress);
    if (caller === undefined || distance === undefined) continue;
    const cfa = place + 8n + distance;
    const above = wordAt(rule, cfa - 8n);
    const check = above === undefined ? undefined : checkReturnAddress(rule.unwind, above);
    const whole =
      check?.kind === 'call' && (check.site.target === undefined || functionCalled(rule, check.site.target) === caller);
    records.push({ place, returnAddress, caller, cfa, whole });
  }
  const returnedTo = new Set(records.flatMap((record) => (record.whole ? [record.cfa - 8n] : [])));
  return records.map(({ place, returnAddress, caller, cfa, whole }) => {
    return { place, returnAddress, caller, cfa, whole, inner: returnedTo.has(place) };
  });
}

/** Start of the function that holds a return address, by call-frame information, which stripped files keep too. */
export function callerOf(rule: RuleContext, returnAddress: bigint): bigint | undefined {
  const at = runtimeAddress(returnAddress - 1n);
  const row = cfiRowAt(rule.unwind, at);
  const bias = rule.unwind.modules.find(at)?.bias;
  return row === undefined || bias === undefined ? undefined : BigInt.asUintN(64, row.functionStart + bias);
}
