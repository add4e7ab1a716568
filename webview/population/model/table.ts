import {
  PACK_MAGIC,
  type PackedColumn,
  type PackedWords,
  type Section,
  type TablePackHeader,
} from '../../../src/shared/populationPage.js';
import type { WordTable } from '../../../src/population/microscope/wordTable.js';
import { Dictionary } from './dictionary.js';

/** A table as the page holds it: columns of typed arrays over the bytes that came. */
export interface Table {
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}

export type TableColumn = TextColumn | NumberColumn;

/** Codes ascend as their texts do; 0 stands for no value. */
export interface TextColumn {
  readonly type: 'texts';
  readonly name: string;
  readonly codes: Codes;
  readonly dictionary: Dictionary;
}

export type Codes = Uint8Array | Uint16Array | Uint32Array;

/** NaN stands for no value. */
export interface NumberColumn {
  readonly type: 'numbers';
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: boolean;
  readonly values: Float64Array;
}

export interface ReadPack {
  readonly header: TablePackHeader;
  readonly table: Table;
  readonly words?: PageWords;
}

/** Registers and stack words, with the episode of each entry. */
export interface PageWords extends WordTable {
  readonly episodes: Int32Array;
}

/** Reads a pack; throws a sentence where it is none, or one of another version. */
export function readTable(pack: Uint8Array): ReadPack {
  // Typed arrays need their alignment, which a piece of a larger buffer may not have.
  const bytes = pack.byteOffset % 8 === 0 ? pack : pack.slice();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || view.getUint32(0, true) !== PACK_MAGIC)
    throw new Error('The table of this page is damaged: it does not begin as one.');
  const length = view.getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as { schema: number };
  if (header.schema !== 1) throw new Error('The table of this page was written by another version of Redzone.');
  const read = header as TablePackHeader;
  const base = bytes.byteOffset + Math.ceil((8 + length) / 8) * 8;
  const sections = new Sections(bytes.buffer as ArrayBuffer, base, bytes.byteOffset + bytes.length);
  return {
    header: read,
    table: { rows: read.rows, columns: read.columns.map((column) => readColumn(column, sections)) },
    ...(read.words === undefined ? {} : { words: readWords(read.words, sections) }),
  };
}

function readWords({ rows, episodes, positions, words, kept }: PackedWords, sections: Sections): PageWords {
  const text = new TextDecoder().decode(sections.bytes(words));
  return {
    rows: Int32Array.from(sections.words(rows)),
    episodes: Int32Array.from(sections.words(episodes)),
    positions: positions.map(({ name, codes, width }) => ({
      name,
      codes: Int32Array.from(sections.codes(codes, width), (code) => code - 1),
    })),
    words: text === '' ? [] : text.split('\n'),
    kept,
  };
}

function readColumn(column: PackedColumn, sections: Sections): TableColumn {
  if (column.type === 'numbers') {
    const values = sections.floats(column.values);
    return { type: 'numbers', name: column.name, time: column.time === true, values };
  }
  const codes = sections.codes(column.codes, column.width);
  const dictionary = new Dictionary(sections.words(column.ends), sections.bytes(column.text));
  return { type: 'texts', name: column.name, codes, dictionary };
}

class Sections {
  readonly #buffer: ArrayBuffer;
  readonly #base: number;
  readonly #end: number;

  constructor(buffer: ArrayBuffer, base: number, end: number) {
    this.#buffer = buffer;
    this.#base = base;
    this.#end = end;
  }

  codes(section: Section, width: 1 | 2 | 4): Codes {
    if (width === 1) return this.bytes(section);
    return width === 2 ? this.shorts(section) : this.words(section);
  }

  bytes(section: Section): Uint8Array {
    return new Uint8Array(this.#buffer, this.#place(section), section.length);
  }

  shorts(section: Section): Uint16Array {
    return new Uint16Array(this.#buffer, this.#place(section), section.length / 2);
  }

  words(section: Section): Uint32Array {
    return new Uint32Array(this.#buffer, this.#place(section), section.length / 4);
  }

  floats(section: Section): Float64Array {
    return new Float64Array(this.#buffer, this.#place(section), section.length / 8);
  }

  #place({ at, length }: Section): number {
    if (this.#base + at + length > this.#end) throw new Error('The table of this page is damaged: it ends too early.');
    return this.#base + at;
  }
}
