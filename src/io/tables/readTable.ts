import { closeSync, openSync, readSync } from 'node:fs';
import { readCsv } from './csvRows.js';
import { readJsonLines } from './jsonRows.js';
import { readParquet } from './parquetColumns.js';
import { TableError, type TableProblems, type TableSink } from './tableSink.js';

export const TABLE_FILE = /\.(parquet|ndjson|jsonl|json|csv|tsv)$/i;

/**
 * Reads a table of rows: Parquet, JSON lines, a JSON array, CSV or TSV, told apart by first bytes and name.
 *
 * @param verbatim leaves the cells of CSV as they are written: `1e5` may be part of a key
 * @throws the error of node:fs, and a TableError when the file is no table
 */
export async function readTable(
  path: string,
  sink: TableSink,
  stopped: () => boolean = () => false,
  verbatim = false,
): Promise<TableProblems> {
  if (beginning(path, 4) === 'PAR1') {
    await readParquet(path, sink, stopped);
    return { badLines: 0 };
  }
  if (/\.parquet$/i.test(path))
    throw new TableError('it does not begin like a Parquet file; was it written to its end?');
  if (/\.(csv|tsv)$/i.test(path)) return readCsv(path, /\.tsv$/i.test(path) ? '\t' : ',', sink, stopped, verbatim);
  return readJsonLines(path, sink, stopped);
}

function beginning(path: string, length: number): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, length, 0));
  } finally {
    closeSync(descriptor);
  }
}
