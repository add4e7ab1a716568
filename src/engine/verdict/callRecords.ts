import { cfiRowAt } from '../unwind/rules/cfiRule.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { runtimeAddress } from '../base/addresses.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** A call that a function made, still to be read from the return address it left below the stack pointer. */
export interface CallRecord {
  /** Start of the function that made the call. */
  readonly caller: bigint;
  /** That function's canonical frame address, which the record's place and call-frame information give. */
  readonly cfa: bigint;
}

const SLOTS = 64;

/**
 * Records of calls in the dead stack just below the stack pointer, the nearest first. A record is a word behind a call whose function
 * keeps its frame by the stack pointer, and whose own return address stands where the record says.
 */
export function callRecords(rule: RuleContext): readonly CallRecord[] {
  const records: CallRecord[] = [];
  for (let i = 2; i <= SLOTS; i++) {
    const place = rule.sp - BigInt(8 * i);
    const word = wordAt(rule, place);
    if (word === undefined || checkReturnAddress(rule.unwind, word).kind !== 'call') continue;
    const at = runtimeAddress(word - 1n);
    const row = cfiRowAt(rule.unwind, at);
    const bias = rule.unwind.modules.find(at)?.bias;
    if (row?.cfa.kind !== 'registerOffset' || bias === undefined) continue;
    if (row.cfa.register !== rule.unwind.architecture.dwarfStackPointer) continue;
    const caller = BigInt.asUintN(64, row.functionStart + bias);
    const cfa = place + 8n + row.cfa.offset;
    const above = wordAt(rule, cfa - 8n);
    const check = above === undefined ? undefined : checkReturnAddress(rule.unwind, above);
    if (check?.kind === 'call' && (check.site.target === undefined || check.site.target === caller))
      records.push({ caller, cfa });
  }
  return records;
}
