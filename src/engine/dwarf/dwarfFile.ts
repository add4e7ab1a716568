import { FormatError } from '../base/byteCursor.js';
import { AbbreviationTable } from './abbreviations.js';
import { type DebugSections, SectionReader } from './debugSections.js';
import type { UnitShape } from './forms.js';
import { LruCache } from './lruCache.js';
import { readUnitHeader } from './unitHeader.js';

/** Sections by their plain name; in a split file all of them end in `.dwo`. */
export type SectionName =
  | '.debug_abbrev'
  | '.debug_addr'
  | '.debug_aranges'
  | '.debug_info'
  | '.debug_line'
  | '.debug_line_str'
  | '.debug_loc'
  | '.debug_loclists'
  | '.debug_ranges'
  | '.debug_rnglists'
  | '.debug_str'
  | '.debug_str_offsets';

/** More units than any file has. */
const MOST_UNITS = 1 << 18;

/** Entries of lists and abbreviation tables read for one question: a hostile file may point everything to one endless table. */
const MOST_WORK = 1 << 24;

/** The debug sections of one file with what all its units share. Methods throw `FormatError`. */
export class DwarfFile {
  readonly #readers = new Map<string, SectionReader | undefined>();
  readonly #abbreviations = new LruCache<string, AbbreviationTable>(16 << 20);
  #alt: DwarfFile | undefined;
  #unitOffsets: Float64Array | undefined;
  #workLeft = MOST_WORK;

  /** Tells the files of one debug information apart. */
  readonly id: string;

  constructor(
    readonly sections: DebugSections,
    readonly split = false,
    id = 'main',
  ) {
    this.id = id;
  }

  /** `undefined` when the file has no such section. */
  find(name: SectionName): SectionReader | undefined {
    return this.named(this.split ? `${name}.dwo` : name);
  }

  section(name: SectionName): SectionReader {
    const reader = this.find(name);
    if (reader === undefined) throw new FormatError('no-section', `no section ${name}`);
    return reader;
  }

  /** By its full name. */
  named(name: string): SectionReader | undefined {
    if (this.#readers.has(name)) return this.#readers.get(name);
    const source = this.sections.section(name);
    const reader = source === undefined ? undefined : new SectionReader(source, name, this.sections.littleEndian);
    this.#readers.set(name, reader);
    return reader;
  }

  /** What dwz moved out of this file. */
  get alt(): DwarfFile | undefined {
    if (this.#alt === undefined && this.sections.alt !== undefined)
      this.#alt = new DwarfFile(this.sections.alt, false, `${this.id}-alt`);
    return this.#alt;
  }

  abbreviations(offset: number, shape: UnitShape): AbbreviationTable {
    const key = `${offset}/${shape.version}/${shape.addressSize}/${shape.offsetSize}`;
    const known = this.#abbreviations.get(key);
    if (known !== undefined) return known;
    const grown = (): void => {
      this.spend();
      if (table.count % 256 === 0) this.#abbreviations.set(key, table, table.bytes);
    };
    const table = new AbbreviationTable(this.section('.debug_abbrev'), offset, shape, grown);
    this.#abbreviations.set(key, table, table.bytes);
    return table;
  }

  /** A new question: the work allowed for the one before is forgotten. */
  restoreBudget(): void {
    this.#workLeft = MOST_WORK;
  }

  /** One more entry of a list or table is read. */
  spend(): void {
    if (--this.#workLeft < 0) throw new FormatError('too-much-work', 'too many list entries for one question');
  }

  /** Where the readable units of `.debug_info` begin, in ascending order: one pass over their heads, done once. */
  unitOffsets(): Float64Array {
    if (this.#unitOffsets !== undefined) return this.#unitOffsets;
    const section = this.section('.debug_info');
    const offsets: number[] = [];
    try {
      for (let offset = 0, seen = 0; offset < section.size && seen < MOST_UNITS; seen++) {
        const { end, kind } = readUnitHeader(section, offset);
        if (kind !== 'other') offsets.push(offset);
        offset = end;
      }
    } catch (problem) {
      // A broken head hides what is behind it; a missing read will be repeated.
      if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
    }
    return (this.#unitOffsets = Float64Array.from(offsets));
  }

  /** Offset of the unit that holds an offset of `.debug_info`. */
  unitAround(offset: number): number {
    const offsets = this.unitOffsets();
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((offsets[middle] ?? Infinity) <= offset) low = middle + 1;
      else high = middle;
    }
    const found = offsets[low - 1];
    if (found === undefined) throw new FormatError('bad-reference', 'no unit there', BigInt(Math.max(0, offset)));
    return found;
  }
}
