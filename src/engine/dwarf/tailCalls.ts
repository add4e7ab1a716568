import { FormatError } from '../base/byteCursor.js';
import { type Die, readDie, skipDie } from './die.js';
import { Attribute, Tag } from './dwarfCodes.js';
import { FOREIGN_TAGS, skipWithChildren } from './functionIndex.js';
import { uleb } from './leb.js';
import type { Unit } from './unit.js';

/** The jumps by which a function calls others as the last thing it does (DWARF 5 §3.4; GNU call sites of DWARF 4). */
export interface TailCalls {
  /** The debug information promises that no such jump is missing. */
  readonly complete: boolean;
  /** Link addresses of the jumps, or of the instructions behind them. */
  readonly jumps: readonly { readonly address: number; readonly behind: boolean }[];
}

const DEEPEST = 4096;
/** More than any function has. */
const MOST_JUMPS = 1024;

/** @throws FormatError like the unit */
export function readTailCalls(unit: Unit, functionDie: Die): TailCalls {
  const jumps: { address: number; behind: boolean }[] = [];
  const complete = COMPLETE.some((attribute) => functionDie.attributes.get(attribute) !== undefined);
  if (!functionDie.hasChildren) return { complete, jumps };
  const base = unit.header.offset;
  const { abbreviations } = unit;
  const cursor = unit.load().seek(functionDie.end - base);
  for (let depth = 1; depth > 0;) {
    const at = cursor.position;
    const code = uleb(cursor);
    if (code === 0) {
      depth--;
      continue;
    }
    const abbreviation = abbreviations.get(code);
    if (abbreviation.tag === Tag.callSite || abbreviation.tag === Tag.gnuCallSite) {
      const jump = jumpOf(unit, readDie(cursor, abbreviation, unit.header, base + at, base));
      if (jump !== undefined) jumps.push(jump);
    } else if (FOREIGN_TAGS.has(abbreviation.tag)) {
      if (skipWithChildren(cursor, abbreviation, unit.header)) continue;
    } else {
      skipDie(cursor, abbreviation, unit.header);
    }
    if (abbreviation.hasChildren) depth++;
    if (depth > DEEPEST || jumps.length > MOST_JUMPS)
      throw new FormatError('too-deep', 'entries nested too deeply', BigInt(base + at));
  }
  return { complete, jumps };
}

const COMPLETE = [
  Attribute.callAllCalls,
  Attribute.callAllTailCalls,
  Attribute.gnuAllCallSites,
  Attribute.gnuAllTailCallSites,
];

function jumpOf(unit: Unit, { attributes }: Die): { address: number; behind: boolean } | undefined {
  if (!attributes.has(Attribute.callTailCall) && !attributes.has(Attribute.gnuTailCall)) return undefined;
  const at = unit.address(attributes.get(Attribute.callPc));
  if (at !== undefined) return { address: at, behind: false };
  const behind = unit.address(attributes.get(Attribute.callReturnPc)) ?? unit.address(attributes.get(Attribute.lowPc));
  // A jump whose place is not told could be any.
  return behind === undefined ? { address: 0, behind: true } : { address: behind, behind: true };
}
