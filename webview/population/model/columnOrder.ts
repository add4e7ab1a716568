import type { Finding, PopulationReport } from '../../../src/shared/findings.js';
import type { Table } from './table.js';

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

export function columnOrder(table: Table, report: PopulationReport): ColumnOrder {
  const names = new Set(table.columns.map(({ name }) => name));
  const found = report.findings.flatMap(dimensionsOf);
  const asked = [...report.method.dimensions, ...report.method.measures];
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

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
