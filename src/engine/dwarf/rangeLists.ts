import { ByteCursor, FormatError } from '../base/byteCursor.js';
import { uleb, wordNumber } from './leb.js';
import type { SectionReader } from './debugSections.js';

const FIRST_WINDOW = 512;

/** What a list needs of its unit. */
export interface RangeContext {
  readonly addressSize: 4 | 8;
  /** DW_AT_low_pc of the unit, from which offsets count until the list says otherwise. */
  readonly lowPc: number;
  /** Entry of the unit's part of `.debug_addr`. */
  addressAt(index: number): number;
  /** Called for every entry; throws to stop. */
  spend(): void;
}

/** A list of `.debug_ranges` (DWARF 4 §2.17.3) as pairs of start and end; empty ranges are left out. @throws FormatError */
export function readRangePairs(section: SectionReader, offset: number, context: RangeContext): number[] {
  const { addressSize } = context;
  const baseMark = addressSize === 8 ? 2 ** 64 : 2 ** 32 - 1;
  return collect(
    section,
    offset,
    (cursor, ranges, state) => {
      const start = wordNumber(cursor, addressSize);
      const end = wordNumber(cursor, addressSize);
      if (start === 0 && end === 0) return false;
      // As doubles, 2^64 - 1 and 2^64 are the same.
      if (start === baseMark) state.base = end;
      else add(ranges, state.base + start, state.base + end);
      return true;
    },
    context,
  );
}

/** A list of `.debug_rnglists` (DWARF 5 §2.17.3, §7.25) in the same form. @throws FormatError */
export function readRangeList(section: SectionReader, offset: number, context: RangeContext): number[] {
  const { addressSize } = context;
  const entry: Entry = (cursor, ranges, state) => {
    switch (cursor.u8()) {
      case 0x00: // end_of_list
        return false;
      case 0x01: // base_addressx
        state.base = context.addressAt(uleb(cursor));
        return true;
      case 0x02: {
        // startx_endx
        const [start, end] = [uleb(cursor), uleb(cursor)];
        add(ranges, context.addressAt(start), context.addressAt(end));
        return true;
      }
      case 0x03: {
        // startx_length
        const [index, length] = [uleb(cursor), uleb(cursor)];
        const start = context.addressAt(index);
        add(ranges, start, start + length);
        return true;
      }
      case 0x04: {
        // offset_pair
        const [start, end] = [uleb(cursor), uleb(cursor)];
        add(ranges, state.base + start, state.base + end);
        return true;
      }
      case 0x05: // base_address
        state.base = wordNumber(cursor, addressSize);
        return true;
      case 0x06: {
        // start_end
        const [start, end] = [wordNumber(cursor, addressSize), wordNumber(cursor, addressSize)];
        add(ranges, start, end);
        return true;
      }
      case 0x07: {
        // start_length
        const [start, length] = [wordNumber(cursor, addressSize), uleb(cursor)];
        add(ranges, start, start + length);
        return true;
      }
      default:
        throw new FormatError('bad-range-list', 'range list entry of unknown kind', BigInt(offset));
    }
  };
  return collect(section, offset, entry, context);
}

/** Reads one entry; `false` at the end of the list. */
type Entry = (cursor: ByteCursor, ranges: number[], state: { base: number }) => boolean;

/** Runs `entry` over ever larger windows of the section, each time from the first entry that did not fit. */
function collect(section: SectionReader, offset: number, entry: Entry, context: RangeContext): number[] {
  const ranges: number[] = [];
  const state = { base: context.lowPc };
  let position = offset;
  for (let window = FIRST_WINDOW; ; window = Math.min(window * 4, 1 << 20)) {
    const bytes = section.upTo(position, window);
    const cursor = new ByteCursor(bytes, section.littleEndian, BigInt(position));
    const start = position;
    try {
      for (;;) {
        context.spend();
        if (!entry(cursor, ranges, state)) return ranges;
        position = start + cursor.position;
      }
    } catch (problem) {
      const tooShort = problem instanceof FormatError && problem.code === 'out-of-bounds';
      // At the section's end, or at an entry that no window holds, more bytes do not help.
      if (!tooShort || bytes.length < window || (position === start && window > FIRST_WINDOW)) throw problem;
    }
  }
}

function add(ranges: number[], start: number, end: number): void {
  if (end > start) ranges.push(start, end);
}
