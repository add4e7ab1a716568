import type { Finding, PopulationReport } from '../../../src/shared/findings.js';
import type { Table, TableColumn } from './table.js';

/** The columns of a table by what they are good for. */
export interface ColumnOrder {
  /** By which crashes are counted and chosen, the most telling first. */
  readonly dimensions: readonly string[];
  /** What the list shows until the reader chooses. */
  readonly listed: readonly string[];
}

/** What a crash is, and where: in every table that has them. */
const OF_THE_CRASH = ['label', 'kind', 'signature'];
const LISTED = 5;
/** A column of texts with more values, for its rows, names single crashes. */
const MOST_VALUES = 0.5;

/** Before the report is there, what looks like a dimension is taken for one. */
export function columnOrder(table: Table, report: PopulationReport | undefined): ColumnOrder {
  const names = new Set(table.columns.map(({ name }) => name));
  const found = (report?.findings ?? []).flatMap(dimensionsOf);
  const asked = report
    ? [...report.method.dimensions, ...report.method.measures]
    : table.columns.filter((column) => looksLikeDimension(column, table.rows)).map(({ name }) => name);
  const dimensions = unique([...OF_THE_CRASH, ...found, ...asked]).filter((name) => names.has(name) && name !== 'time');
  const listed = unique(['time', 'label', 'kind', ...found, 'signature', ...dimensions]).filter((name) =>
    names.has(name),
  );
  // The source stands last: it is long, and what comes before it is what the eye runs along.
  const shown = listed.filter((name) => name !== 'source').slice(0, LISTED);
  return { dimensions, listed: names.has('source') ? [...shown, 'source'] : shown };
}

function dimensionsOf({ dimension }: Finding): readonly string[] {
  return typeof dimension === 'string' ? [dimension] : dimension;
}

function looksLikeDimension(column: TableColumn, rows: number): boolean {
  if (column.name === 'time' || column.name === 'source') return false;
  if (column.type === 'numbers') return true;
  const { size } = column.dictionary;
  return size > 1 && size <= Math.max(2, rows * MOST_VALUES);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
