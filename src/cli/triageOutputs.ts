import type { TriageCounts } from '../session/triageCounts.js';
import { type ColumnValue, DATASET_COLUMNS, type DatasetRow } from '../shared/dataset.js';
import type { CoreRow } from '../shared/report.js';
import { csvLine, csvRow } from './csv.js';
import { escapeControls, print } from './output.js';
import { tableSummary, triageTable } from './triageTable.js';

/** What `redzone triage` writes to standard output. */
export interface TriageOutput {
  start(): Promise<void>;
  row(row: CoreRow, stored: DatasetRow | undefined): Promise<void>;
  end(counts: TriageCounts): Promise<void>;
}

const NOTHING = (): Promise<void> => Promise.resolve();

/** With a data set the rows are there; only their number is told. */
export const summaryOnly: TriageOutput = { start: NOTHING, row: NOTHING, end: (counts) => print(tableSummary(counts)) };

/** With tables, rules or logs the columns of a data set that the JSON contract has no name for stand beside it. */
export const ndjson: TriageOutput = {
  start: NOTHING,
  row: (row, stored) => print(`${JSON.stringify(stored === undefined ? row : { ...row, ...besides(stored) })}\n`),
  end: NOTHING,
};

export function jsonArray(): TriageOutput {
  let first = true;
  return {
    start: () => print('['),
    row: async (row, stored) => {
      const whole = stored === undefined ? row : { ...row, ...besides(stored) };
      await print(`${first ? '\n' : ',\n'}${JSON.stringify(whole)}`);
      first = false;
    },
    end: () => print('\n]\n'),
  };
}

/** Rows that rules take out, and nothing else. */
export const exclusions: TriageOutput = {
  start: NOTHING,
  row: (row, stored) => {
    const rule = stored?.['excluded_by'];
    if (typeof rule !== 'string') return Promise.resolve();
    const reason = stored?.['excluded_reason'];
    return print(`${escapeControls(`${row.source}  ${rule}  ${typeof reason === 'string' ? reason : ''}`)}\n`);
  },
  end: NOTHING,
};

/** Columns of which a row of the JSON contract knows nothing. */
function besides(stored: DatasetRow): Readonly<Record<string, ColumnValue>> {
  const own = new Set<string>(DATASET_COLUMNS.map(({ name }) => name));
  const more = Object.entries(stored).filter(([name]) => !own.has(name) || EXTRA.has(name));
  return Object.fromEntries(more);
}

const EXTRA: ReadonlySet<string> = new Set([
  'id',
  'crash',
  'duplicate',
  'host',
  'time',
  'excluded_by',
  'excluded_reason',
  'unmatched',
]);

/** The columns of a data set. */
export function csv(columns: readonly string[]): TriageOutput {
  return {
    start: () => print(csvLine(columns)),
    row: (_, stored) => print(csvRow(stored ?? {}, columns)),
    end: NOTHING,
  };
}

export function table(paths: readonly string[]): TriageOutput {
  const width = process.stdout.isTTY ? process.stdout.columns : undefined;
  const colour = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const lines = triageTable({ paths, width, colour });
  return {
    start: () => (paths.length === 0 ? Promise.resolve() : print(lines.header())),
    row: (row) => print(lines.row(row)),
    end: (counts) => (counts.total > 1 ? print(tableSummary(counts)) : Promise.resolve()),
  };
}
