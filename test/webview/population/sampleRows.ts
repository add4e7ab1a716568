import type { ColumnTable } from '../../../src/shared/columnTable.js';

/** A table as JSON lines, times in ISO 8601; `changes` replaces values of single rows. */
export function sampleRows(table: ColumnTable, changes: Readonly<Record<number, Record<string, string>>> = {}): string {
  const lines = Array.from({ length: table.rows }, (_, row) => {
    const cells: Record<string, unknown> = {};
    for (const column of table.columns) {
      const value = column.type === 'number' ? column.values[row] : column.values[column.codes[row] ?? -1];
      if (value === undefined || Number.isNaN(value)) continue;
      cells[column.name] = column.name === 'time' ? new Date(Number(value)).toISOString() : value;
    }
    return JSON.stringify({ ...cells, ...changes[row] });
  });
  return `${lines.join('\n')}\n`;
}
