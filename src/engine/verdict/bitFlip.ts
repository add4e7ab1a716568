import { runtimeAddress } from '../base/addresses.js';
import { checkReturnAddress, isCode } from '../unwind/unwindContext.js';
import { type Evidence } from './evidence.js';
import { nameOf, type RuleContext } from './ruleContext.js';

/** A word that would be valid if one bit of it were another. */
export interface BitFlip {
  readonly bit: number;
  /** The word as it was found, and with the bit turned. */
  readonly found: bigint;
  readonly intended: bigint;
  /** Other single bits that would give a valid word as well. */
  readonly others: number;
  /** A pointer nearby, in a register or on the stack, that points into the same page as `intended`; none when absent. */
  readonly neighbour?: bigint;
  /** 0 to 1. */
  readonly suspicion: number;
}

/** What the word should be: any mapped data, or a return address, or where code can be entered. */
export type Intended = 'data' | 'returnAddress' | 'code';

/** Bits of a user address; the two highest ones of 48 are never set in one. */
const BITS = 64;
const PAGE = 4096n;
/** Words of stack among which neighbours are looked for. */
const STACK_WORDS = 128;

/**
 * Whether one turned bit explains a bad pointer. Small numbers and words that are off by much of their length are no flipped pointers;
 * in a process with much memory many flips give something mapped, and only a neighbour makes one of them likely.
 */
export function bitFlipOf(rule: RuleContext, word: bigint, intended: Intended): BitFlip | undefined {
  const flips: { bit: number; value: bigint; neighbour: bigint | undefined }[] = [];
  const pointers = livePointers(rule, word);
  for (let bit = 0; bit < BITS; bit++) {
    const value = word ^ (1n << BigInt(bit));
    if (value < LOWEST || !isValid(rule, value, intended)) continue;
    flips.push({ bit, value, neighbour: pointers.get(value / PAGE) });
  }
  const near = flips.filter(({ neighbour }) => neighbour !== undefined);
  const best = near[0] ?? flips[0];
  if (best === undefined) return undefined;
  const rivals = (near.length > 0 ? near.length : flips.length) - 1;
  const suspicion = (near.length > 0 ? 0.6 : intended === 'returnAddress' ? 0.5 : 0.25) / (1 + rivals);
  if (suspicion < WORTH_SAYING) return undefined;
  return {
    bit: best.bit,
    found: word,
    intended: best.value,
    others: flips.length - 1,
    ...(best.neighbour === undefined ? {} : { neighbour: best.neighbour }),
    suspicion,
  };
}

/** No process has memory below. */
const LOWEST = 0x1_0000n;
const WORTH_SAYING = 0.2;

function isValid(rule: RuleContext, value: bigint, intended: Intended): boolean {
  if (!rule.unwind.architecture.isCanonical(value)) return false;
  if (intended === 'returnAddress') return checkReturnAddress(rule.unwind, value).kind === 'call';
  if (intended === 'code') return isCode(rule.unwind, value) && startsFunction(rule, value);
  return rule.unwind.core.segmentAt(value) !== undefined;
}

function startsFunction(rule: RuleContext, value: bigint): boolean {
  return rule.symbolizer.locate(runtimeAddress(value)).offset === 0n;
}

/** Pointers in registers and on the stack, by their page; the bad word itself is none. */
function livePointers(rule: RuleContext, word: bigint): ReadonlyMap<bigint, bigint> {
  const pages = new Map<bigint, bigint>();
  const add = (value: bigint | undefined): void => {
    if (value !== undefined && value !== word && value >= LOWEST && !pages.has(value / PAGE))
      pages.set(value / PAGE, value);
  };
  for (const [name, value] of rule.crash.registers.entries()) if (!NO_POINTERS.has(name)) add(value);
  for (let i = 0; i < STACK_WORDS; i++) add(rule.unwind.memory.word(runtimeAddress(rule.sp + BigInt(8 * i))));
  return pages;
}

const NO_POINTERS: ReadonlySet<string> = new Set(['eflags', 'orig_rax', 'cs', 'ss', 'ds', 'es', 'fs', 'gs']);

export function flipEvidence(rule: RuleContext, flip: BitFlip, what: string, refs: Evidence['refs']): Evidence {
  const { found, intended, bit, others, neighbour } = flip;
  const near =
    neighbour === undefined ? '' : `, where 0x${neighbour.toString(16)}, another pointer of this thread, points too`;
  const rivals = others === 0 ? 'no other single bit gives a valid one' : `${others} other single bits give one too`;
  const address = `0x${intended.toString(16)}`;
  const place = nameOf(rule, intended);
  const name = place === address ? address : `${address} (${place})`;
  return {
    rule: 'bit-flip',
    text: `a suspicion: with bit ${bit} turned, ${what} 0x${found.toString(16)} would be ${name}${near}; ${rivals}`,
    weight: Math.round(flip.suspicion * 50) / 100,
    refs,
  };
}
