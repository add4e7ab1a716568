import { linkAddress, runtimeAddress } from '../base/addresses.js';
import type { CfiRow } from '../dwarf/cfi/cfiRow.js';
import type { CfiTable } from '../dwarf/cfi/cfiTable.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** How the callee-saved registers fit a function having restored them from a stack shifted by some amount. */
export interface RestoreFit {
  /** Registers whose value is what a restore with that shift would have read. */
  readonly matching: number;
  /** Registers whose value is either that or what a restore in place would have read: a shift between two restores leaves both. */
  readonly consistent: number;
  /** Of the matching ones, those that a restore in place would have left otherwise, and that are not 0. */
  readonly witnesses: number;
  /** Of the matching ones, those that are not 0. */
  readonly telling: number;
  /** Registers that the function saves and whose slot is readable. */
  readonly saved: number;
}

/**
 * Compares the registers with the slots from which a function restores them before it returns, taken `shift` bytes off: whoever
 * popped the return address from the wrong place has popped the registers from wrong places too.
 *
 * @param start runtime address of the function that returned
 * @param cfa its canonical frame address
 */
export function restoreFit(rule: RuleContext, start: bigint, cfa: bigint, shift: number): RestoreFit {
  const row = fullestRow(rule, start);
  let matching = 0;
  let consistent = 0;
  let witnesses = 0;
  let telling = 0;
  let saved = 0;
  for (const [number, registerRule] of row?.rules ?? []) {
    const name = rule.unwind.architecture.dwarfRegisters[number];
    if (name === undefined || registerRule.kind !== 'offset' || !rule.unwind.architecture.calleeSaved.has(number))
      continue;
    const value = rule.crash.registers.get(name);
    const read = wordAt(rule, cfa + registerRule.offset + BigInt(shift));
    if (value === undefined || read === undefined) continue;
    saved++;
    if (value === read) matching++;
    if (value === read && value !== 0n) telling++;
    if (value === read && value !== 0n && value !== wordAt(rule, cfa + registerRule.offset)) witnesses++;
    if (value === read || value === wordAt(rule, cfa + registerRule.offset)) consistent++;
  }
  return { matching, consistent, witnesses, telling, saved };
}

/** The row of a function at which most registers are saved: that of its body. */
function fullestRow(rule: RuleContext, start: bigint): CfiRow | undefined {
  const module = rule.unwind.modules.find(runtimeAddress(start));
  const table: CfiTable | undefined = module?.image?.cfi ?? module?.debugImage?.cfi;
  if (module?.bias === undefined || table === undefined) return undefined;
  let fullest: CfiRow | undefined;
  let pc = BigInt.asUintN(64, start - module.bias);
  for (let i = 0; i < MOST_ROWS; i++) {
    const row = table.find(linkAddress(pc));
    if (row === undefined) break;
    if (fullest === undefined || row.rules.size > fullest.rules.size) fullest = row;
    if (row.end >= row.functionEnd || row.end <= pc) break;
    pc = row.end;
  }
  return fullest;
}

const MOST_ROWS = 64;
