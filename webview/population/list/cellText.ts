import { number, stamp } from '../format.js';
import type { TableColumn } from '../model/table.js';

/** A cell of the table in words; empty where it has no value. */
export function cellText(column: TableColumn | undefined, row: number): string {
  if (!column) return '';
  if (column.type === 'texts') return column.dictionary.text(column.codes[row] ?? 0);
  const value = column.values[row] ?? NaN;
  if (Number.isNaN(value)) return '';
  return column.time ? stamp(value) : number(value);
}
