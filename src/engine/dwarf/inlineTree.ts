import { FormatError } from '../base/byteCursor.js';
import { type Die, readDie, skipDie } from './die.js';
import { Attribute, Tag } from './dwarfCodes.js';
import { FOREIGN_TAGS, skipWithChildren } from './functionIndex.js';
import { uleb } from './leb.js';
import type { Unit } from './unit.js';

/** A call that the compiler replaced by the callee's code (DWARF 5 §3.3.8). */
export interface InlinedCall {
  /** The inlined subroutine's own DIE; what it stands for is its abstract origin. */
  readonly die: Die;
  /** Pairs of start and end. */
  readonly ranges: readonly number[];
  /** Index of the call it is inlined into, -1 for the function itself. */
  readonly parent: number;
  /** Index in the unit's line table, and position, of the call. */
  readonly callFile: number | undefined;
  readonly callLine: number | undefined;
  readonly callColumn: number | undefined;
}

/** Nesting deeper than this is no compiler's work. */
const DEEPEST = 4096;

/** More than the most inlined function has. */
const MOST_CALLS = 1 << 17;

/** Longer than any real chain. */
const LONGEST_CHAIN = 256;

/** Marks the children of what is nested in the function but is not part of its code: types, other functions. */
const FOREIGN = -2;

/** The calls inlined into a function, parents before children. What can be read is kept. @throws FormatError like the unit */
export function readInlinedCalls(unit: Unit, functionDie: Die): InlinedCall[] {
  const calls: InlinedCall[] = [];
  if (!functionDie.hasChildren) return calls;
  const base = unit.header.offset;
  const { abbreviations } = unit;
  const cursor = unit.load().seek(functionDie.end - base);
  /** The call that each open level belongs to. */
  const levels = [-1];
  try {
    while (levels.length > 0 && calls.length < MOST_CALLS) {
      const at = cursor.position;
      const code = uleb(cursor);
      if (code === 0) {
        levels.pop();
        continue;
      }
      const abbreviation = abbreviations.get(code);
      let owner = levels[levels.length - 1] ?? -1;
      if (abbreviation.tag === Tag.inlinedSubroutine && owner !== FOREIGN) {
        const die = readDie(cursor, abbreviation, unit.header, base + at, base);
        calls.push(inlinedCall(unit, die, owner));
        owner = calls.length - 1;
      } else if (FOREIGN_TAGS.has(abbreviation.tag)) {
        if (skipWithChildren(cursor, abbreviation, unit.header)) continue;
        owner = FOREIGN;
      } else {
        skipDie(cursor, abbreviation, unit.header);
      }
      if (abbreviation.hasChildren) {
        if (levels.length >= DEEPEST) throw new FormatError('too-deep', 'entries nested too deeply', BigInt(base + at));
        levels.push(owner);
      }
    }
  } catch (problem) {
    if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
  }
  return calls;
}

/** The chain of inlined calls at an address, outermost first. */
export function inlineChain(calls: readonly InlinedCall[], address: number): InlinedCall[] {
  const chain: InlinedCall[] = [];
  let innermost = -1;
  for (const [i, call] of calls.entries()) {
    if (call.parent !== innermost || !holds(call.ranges, address)) continue;
    chain.push(call);
    innermost = i;
    if (chain.length >= LONGEST_CHAIN) break;
  }
  return chain;
}

function holds(ranges: readonly number[], address: number): boolean {
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    if ((ranges[i] ?? Infinity) <= address && address < (ranges[i + 1] ?? 0)) return true;
  }
  return false;
}

function inlinedCall(unit: Unit, die: Die, parent: number): InlinedCall {
  return {
    die,
    ranges: unit.ranges(die),
    parent,
    callFile: unit.count(die.attributes.get(Attribute.callFile)),
    callLine: unit.count(die.attributes.get(Attribute.callLine)),
    callColumn: unit.count(die.attributes.get(Attribute.callColumn)),
  };
}
