import type { DimensionValue } from './findings.js';

/** A table by columns: all have `rows` entries. Small enough to be sent to a page, fast enough for a million rows. */
export interface ColumnTable {
  readonly rows: number;
  readonly columns: readonly Column[];
}

export type Column = CategoryColumn | NumberColumn;

/** Texts, truth values, and what is mixed, coded by a dictionary. */
export interface CategoryColumn {
  readonly type: 'category';
  /** Nested names joined with dots. */
  readonly name: string;
  /** The names before they were joined; absent of a column that is not nested. */
  readonly path?: readonly string[];
  /** Each once. */
  readonly values: readonly DimensionValue[];
  /** Index into `values` for each row; -1 where the row has no value. */
  readonly codes: Int32Array;
}

export interface NumberColumn {
  readonly type: 'number';
  readonly name: string;
  readonly path?: readonly string[];
  /** NaN where the row has no value. */
  readonly values: Float64Array;
}
