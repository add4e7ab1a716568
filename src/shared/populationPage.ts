import type { PopulationReport } from './findings.js';
import type { Line } from './protocol.js';

/**
 * A table as the population page takes it: one run of bytes. `PACK_MAGIC`, the length of the header in bytes (32 bits), the header as
 * JSON in UTF-8, padding to 8 bytes, then the sections that the header names. Everything is little-endian; every section starts at a
 * multiple of 8 from the end of that padding.
 */
export interface TablePackHeader {
  readonly schema: 1;
  /** What was analysed, as the user named it. */
  readonly dataset: string;
  readonly rows: number;
  readonly columns: readonly PackedColumn[];
  readonly report: PopulationReport;
  readonly source: TableSource;
  /** Registers and stack words, where the data set keeps any. */
  readonly words?: PackedWords;
}

/** Registers and stack words of crashes for the page's microscope, in columns of codes into one dictionary. */
export interface PackedWords {
  /** Crashes whose words are here. */
  readonly entries: number;
  /** Crashes that keep words: more than `entries` where a sample was taken. */
  readonly kept: number;
  /** For each entry its row in the table, and its episode: 32 bits each. */
  readonly rows: Section;
  readonly episodes: Section;
  /** Codes as those of texts: 0 where the position is not known. */
  readonly positions: readonly { readonly name: string; readonly codes: Section; readonly width: 1 | 2 | 4 }[];
  /** Texts of the dictionary, one a line, in UTF-8. */
  readonly words: Section;
}

/** How DuckDB reads the same table, so that what is chosen on a page can be asked again as it stands. */
export interface TableSource {
  /** What stands after FROM. */
  readonly from: string;
  /** The time of a row as a TIMESTAMP. */
  readonly time: string;
  /** By the name of a column, where the column is nested, what it is called in SQL. */
  readonly nested: Readonly<Record<string, string>>;
}

/** `RZTP` as its four bytes, read little-endian. */
export const PACK_MAGIC = 0x50545a52;

export type PackedColumn = PackedTexts | PackedNumbers;

/** A column of texts: a dictionary in ascending order, so that codes compare as their texts do. */
export interface PackedTexts {
  readonly type: 'texts';
  readonly name: string;
  /** Entries of the dictionary. */
  readonly entries: number;
  /** Code for each row, in `width` bytes: 0 where the row has no value, otherwise one more than the index of its text. */
  readonly codes: Section;
  readonly width: 1 | 2 | 4;
  /** Where each text ends in `text`: 32 bits an entry. */
  readonly ends: Section;
  /** The texts one after the other, in UTF-8. */
  readonly text: Section;
}

/** A column of numbers: 64-bit floats, NaN where the row has no value. */
export interface PackedNumbers {
  readonly type: 'numbers';
  readonly name: string;
  /** Milliseconds since 1970, UTC, instead of a plain number. */
  readonly time?: true;
  readonly values: Section;
}

export interface Section {
  /** In bytes from the end of the header's padding. */
  readonly at: number;
  /** In bytes. */
  readonly length: number;
}

/** The population page in the editor. */
export interface PopulationLine extends Line {
  readonly queries: PopulationQueries;
  readonly action: PopulationAction;
  readonly event: PopulationEvent;
}

// A type and not an interface, so that it can stand where any table of questions may.
export type PopulationQueries = {
  /** Some bytes of the pack. */
  readonly pack: { readonly params: { readonly from: number; readonly length: number }; readonly answer: PackPiece };
  /** A query over the data set, by DuckDB where it is installed; fails with a sentence. */
  readonly sql: { readonly params: { readonly sql: string }; readonly answer: SqlAnswer };
};

/** Rows of a query: no more than a page can show. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (null | boolean | number | string)[])[];
  /** Whether there were more. */
  readonly more: boolean;
}

export interface PackPiece {
  /** Bytes of the whole pack. */
  readonly total: number;
  readonly bytes: Uint8Array;
}

export type PopulationAction =
  /** Opens one core, named as its row names it. */
  | { readonly kind: 'openCore'; readonly source: string }
  | { readonly kind: 'copy'; readonly text: string }
  /** Copies a link that opens this page with `state`, the part of its address after the `#`. */
  | { readonly kind: 'copyLink'; readonly state: string }
  | { readonly kind: 'openAsText' }
  | { readonly kind: 'reload' };

export type PopulationEvent =
  /** Sent in reply to `hello`; `state` is what a link asked for. */
  | { readonly type: 'ready'; readonly version: number; readonly dataset: string; readonly state?: string }
  /** A link asks an open page for another state. */
  | { readonly type: 'show'; readonly state: string }
  | { readonly type: 'unreadable'; readonly dataset: string; readonly message: string }
  | { readonly type: 'reopened'; readonly reason: string };
