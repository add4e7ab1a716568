import type { Column, ColumnTable } from '../../shared/columnTable.js';
import type { PopulationReport } from '../../shared/findings.js';

/** Columns that a page takes: more nobody picks from, and each costs every reader its bytes. */
const MOST_COLUMNS = 60;

/** What a crash is, where its core lies, and when it happened: on every page. */
const ALWAYS = ['label', 'kind', 'signature', 'source', 'time'];

/** The raw material of other columns, in bytes or JSON: for machines, not for a list. */
const RAW = new Set(['stack', 'stack_start', 'registers', 'evidence']);

/** The part of a table that the population page shows: what questions were asked of, then the rest as far as there is room. */
export function pageTable(table: ColumnTable, { method }: PopulationReport): ColumnTable {
  const asked = new Set([...method.dimensions, ...method.measures]);
  const place = ({ name, path }: Column): number => {
    if (ALWAYS.includes(name)) return 0;
    if (asked.has(name)) return 1;
    // Entries of lists, frames and evidence, are many and tell little one by one.
    return path?.some((part) => /^\d+$/.test(part)) === true ? 3 : 2;
  };
  const columns = table.columns
    .filter((column) => asked.has(column.name) || !RAW.has(column.path?.[0] ?? column.name))
    .map((column, index) => ({ column, index, place: place(column) }))
    .sort((a, b) => a.place - b.place || a.index - b.index)
    .slice(0, MOST_COLUMNS)
    .sort((a, b) => a.index - b.index);
  return { rows: table.rows, columns: columns.map(({ column }) => column) };
}
