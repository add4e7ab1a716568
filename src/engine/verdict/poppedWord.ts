import { checkReturnAddress } from '../unwind/unwindContext.js';
import { classifyAddress } from './addressClass.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/**
 * What a return popped that is no return address. A stack pointer that was moved pops what lies on stacks anyway: saved frame pointers,
 * pointers to locals and objects, counts. Whoever overwrites a return address hardly ever writes just those.
 * - `frame`: a saved frame pointer: it points at a frame record farther out
 * - `stack`: another pointer into the stack that is in use
 * - `object`: a pointer to mapped data
 * - `small`: a count or an offset
 * - `zero`, and `none`: no pointer to anything
 */
export type PoppedWord = 'frame' | 'stack' | 'object' | 'small' | 'zero' | 'none';

/** @param after the stack pointer behind the return */
export function poppedWord(rule: RuleContext, word: bigint, after: bigint): PoppedWord {
  if (word === 0n) return 'zero';
  if (isSavedFramePointer(rule, word)) return 'frame';
  if (word > after - NEAR_BELOW && word < after + LIVE && wordAt(rule, word - (word % 8n)) !== undefined)
    return 'stack';
  switch (classifyAddress(rule, word)) {
    case 'near-null':
      return 'small';
    case 'protected':
    case undefined:
      return 'object';
    case 'null':
    case 'noncanonical':
    case 'kernel':
    case 'guard':
    case 'unmapped':
    case 'misaligned':
      return 'none';
  }
}

/** How far out, and how far into the frames just left, a word counts as a pointer into the stack in use. */
const LIVE = 1n << 20n;
const NEAR_BELOW = 512n;

/** A word that points at a frame record above: another frame pointer, and a return address after it. */
export function isSavedFramePointer(rule: RuleContext, word: bigint): boolean {
  const next = wordAt(rule, word);
  const address = wordAt(rule, word + 8n);
  if (next === undefined || address === undefined || word < rule.sp || word % 16n !== 0n) return false;
  const { kind } = checkReturnAddress(rule.unwind, address);
  return (kind === 'call' || kind === 'unknown') && (next === 0n || next > word || wordAt(rule, next) === undefined);
}

/** Natural logarithm of how much likelier an overwritten return address holds such a word than a moved stack pointer pops it, 0 taken as even. */
export const OVERWRITTEN_WITH: Readonly<Record<PoppedWord, number>> = {
  frame: -4,
  stack: -3,
  object: -1,
  small: -1,
  zero: 0,
  none: 1,
};

/** 0 to 1: how likely the stack pointer was moved, by a multiple of 16, where nothing can check the return addresses around it. */
export const MOVED_UNCHECKED: Readonly<Record<PoppedWord, number>> = {
  frame: 0.6,
  stack: 0.6,
  object: 0.5,
  small: 0.5,
  zero: 0.17,
  none: 0.11,
};

/** Words that a moved stack pointer pops and that next to nobody writes over a return address. */
export const OF_THE_STACK: ReadonlySet<PoppedWord> = new Set(['frame', 'stack']);
