import { type ByteCursor, FormatError } from '../base/byteCursor.js';
import type { Abbreviation } from './abbreviations.js';
import { AddressIndex } from './addressIndex.js';
import { readDie, skipDie } from './die.js';
import { Attribute, Tag } from './dwarfCodes.js';
import { readForm, skipForm, type UnitShape } from './forms.js';
import { uleb } from './leb.js';
import type { Unit } from './unit.js';

/** Entries whose insides belong to other code, or to none. */
export const FOREIGN_TAGS: ReadonlySet<number> = new Set<number>([
  Tag.subprogram,
  Tag.structureType,
  Tag.classType,
  Tag.unionType,
  Tag.interfaceType,
  Tag.enumerationType,
]);

/** A third of it is more functions than any unit has. */
const MOST_NUMBERS = 3 << 20;

/**
 * The functions of a unit that have code, by address: their DIEs' offsets in `.debug_info`. What can be read of a damaged unit is
 * kept.
 * @param deep look inside functions and types too, where some compilers put nested functions; C and C++ compilers rarely do
 * @throws FormatError when the unit cannot be read at all
 */
export function indexFunctions(unit: Unit, deep: boolean): AddressIndex {
  const triples: number[] = [];
  const base = unit.header.offset;
  const { abbreviations } = unit;
  let scattered = (unit.origin?.skeleton ?? unit).root.attributes.has(Attribute.ranges);
  const cursor = unit.load().seek(unit.header.firstDie - base);
  try {
    while (cursor.remaining > 0 && triples.length < MOST_NUMBERS) {
      const at = cursor.position;
      const code = uleb(cursor);
      if (code === 0) continue;
      const abbreviation = abbreviations.get(code);
      if (abbreviation.tag === Tag.subprogram && abbreviation.hasCode) {
        const die = readDie(cursor, abbreviation, unit.header, base + at, base);
        const ranges = unit.ranges(die);
        scattered ||= ranges.length > 2;
        for (let i = 0; i + 1 < ranges.length; i += 2) triples.push(ranges[i] ?? 0, ranges[i + 1] ?? 0, die.offset);
        cursor.seek(at);
        uleb(cursor);
      }
      if (deep || !FOREIGN_TAGS.has(abbreviation.tag)) skipDie(cursor, abbreviation, unit.header);
      else skipWithChildren(cursor, abbreviation, unit.header);
    }
  } catch (problem) {
    if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
  }
  return new AddressIndex(scattered ? lastFirst(triples) : triples);
}

/**
 * Of functions that share a range, because the linker folded them or one is another's alias, the index finds the one that was added
 * last. So does gdb in a unit that lies in one piece; in one that is scattered, it takes the first (buildsym.c, record_block_range
 * fills what is empty only).
 */
function lastFirst(triples: readonly number[]): number[] {
  const turned: number[] = [];
  for (let i = triples.length - 3; i >= 0; i -= 3)
    turned.push(triples[i] ?? 0, triples[i + 1] ?? 0, triples[i + 2] ?? 0);
  return turned;
}

/**
 * Moves to the next DIE on the same level if DW_AT_sibling tells where that is, otherwise only behind the attributes: `false` if
 * children come next.
 */
export function skipWithChildren(cursor: ByteCursor, abbreviation: Abbreviation, shape: UnitShape): boolean {
  const { sibling, forms, hasChildren } = abbreviation;
  const start = cursor.position;
  if (sibling >= 0 && hasChildren) {
    for (let i = 0; i < sibling; i++) skipForm(cursor, forms[i] ?? 0, shape);
    const value = readForm(cursor, forms[sibling] ?? 0, shape);
    // Forward only, or a hostile unit would have us go round.
    if (value.kind === 'reference' && value.offset > cursor.position && value.offset <= cursor.bytes.length) {
      cursor.seek(value.offset);
      return true;
    }
    cursor.seek(start);
  }
  skipDie(cursor, abbreviation, shape);
  return !hasChildren;
}
