import type { TriageCounts } from '../session/triageCounts.js';
import type { DatasetRow } from '../shared/dataset.js';
import type { CoreRow } from '../shared/report.js';
import { csvLine, csvRow } from './csv.js';
import { print } from './output.js';
import { tableHeader, tableRow, tableSummary } from './triageTable.js';

/** What `redzone triage` writes to standard output. */
export interface TriageOutput {
  start(): Promise<void>;
  row(row: CoreRow, stored: DatasetRow | undefined): Promise<void>;
  end(counts: TriageCounts): Promise<void>;
}

const NOTHING = (): Promise<void> => Promise.resolve();

/** With a data set the rows are there; only their number is told. */
export const summaryOnly: TriageOutput = { start: NOTHING, row: NOTHING, end: (counts) => print(tableSummary(counts)) };

export const ndjson: TriageOutput = {
  start: NOTHING,
  row: (row) => print(`${JSON.stringify(row)}\n`),
  end: NOTHING,
};

export function jsonArray(): TriageOutput {
  let first = true;
  return {
    start: () => print('['),
    row: async (row) => {
      await print(`${first ? '\n' : ',\n'}${JSON.stringify(row)}`);
      first = false;
    },
    end: () => print('\n]\n'),
  };
}

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
  const layout = { paths, width, colour: process.stdout.isTTY && process.env['NO_COLOR'] === undefined };
  return {
    start: () => (paths.length === 0 ? Promise.resolve() : print(tableHeader(layout))),
    row: (row) => print(tableRow(row, layout)),
    end: (counts) => (counts.total > 1 ? print(tableSummary(counts)) : Promise.resolve()),
  };
}
