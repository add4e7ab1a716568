import type { ColumnValue, DatasetRow } from '../shared/dataset.js';

/** One line of CSV (RFC 4180), with its line end. */
export function csvLine(values: readonly string[]): string {
  return `${values.map(quoted).join(',')}\r\n`;
}

/** The given columns of a row. */
export function csvRow(row: DatasetRow, columns: readonly string[]): string {
  return csvLine(columns.map((column) => csvText(row[column])));
}

function csvText(value: ColumnValue): string {
  if (value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex');
  return String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
