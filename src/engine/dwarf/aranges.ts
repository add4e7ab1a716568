import { FormatError } from '../base/byteCursor.js';
import type { SectionReader } from './debugSections.js';
import { wordNumber } from './leb.js';
import { readInitialLength } from './unitHeader.js';

/** A hostile table may be as long as its section; the largest programs have some hundred thousand ranges. */
const MOST_NUMBERS = 3 << 21;

/** One for each unit; more units no file has. */
const MOST_SETS = 1 << 18;

/** `ranges`: triples of start, end and the offset of a unit; `units`: every unit mentioned. */
export interface AddressRanges {
  readonly ranges: number[];
  readonly units: ReadonlySet<number>;
}

/**
 * Reads `.debug_aranges` (DWARF 5 §6.1.2): what the producer says about which unit covers which addresses. Ends at the first set that
 * makes no sense. @throws FormatError when the section cannot be read now
 */
export function readAddressRanges(section: SectionReader): AddressRanges {
  const ranges: number[] = [];
  const units = new Set<number>();
  const cursor = section.cursor(0, section.size);
  try {
    for (let sets = 0; cursor.remaining > 12 && ranges.length < MOST_NUMBERS && sets < MOST_SETS; sets++) {
      const setStart = cursor.position;
      const { length, offsetSize } = readInitialLength(cursor);
      const setEnd = cursor.position + length;
      const version = cursor.u16();
      const unit = wordNumber(cursor, offsetSize);
      const addressSize = cursor.u8();
      const segmentSize = cursor.u8();
      if (version === 2 && segmentSize === 0 && (addressSize === 4 || addressSize === 8)) {
        // Tuples are aligned to their own size, counted from the start of the set.
        const tuple = 2 * addressSize;
        cursor.seek(setStart + Math.ceil((cursor.position - setStart) / tuple) * tuple);
        while (cursor.position + tuple <= setEnd && ranges.length < MOST_NUMBERS) {
          const start = wordNumber(cursor, addressSize);
          const size = wordNumber(cursor, addressSize);
          if (size !== 0) ranges.push(start, start + size, unit);
        }
        units.add(unit);
      }
      cursor.seek(setEnd);
    }
  } catch (problem) {
    if (!(problem instanceof FormatError)) throw problem;
  }
  return { ranges, units };
}
