import type { Column, ColumnTable } from '../../shared/columnTable.js';
import type { ColumnCondition } from '../../shared/microscope.js';
import { epochMilliseconds } from '../table/instant.js';

/** `label=return-to-null`, `host!=a`, `nodeAgeHours<6`; several joined with ` and `. @throws a sentence */
export function parseConditions(text: string): ColumnCondition[] {
  return text.split(/\s+and\s+/i).map((part) => {
    const [, column, sign, value] = /^\s*([^=!<>]+?)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/.exec(part) ?? [];
    if (column === undefined || sign === undefined || value === undefined)
      throw new Error(`“${part}” is no condition; expected COLUMN=VALUE, COLUMN!=VALUE or COLUMN<NUMBER`);
    return { column, sign: sign as ColumnCondition['sign'], value };
  });
}

/** For each row 1 where all conditions hold. A row whose value is unknown holds none but `!=`. @throws a sentence */
export function rowsThat(conditions: readonly ColumnCondition[], table: ColumnTable): Uint8Array {
  const holds = new Uint8Array(table.rows).fill(1);
  for (const condition of conditions) {
    const column = table.columns.find(({ name }) => name === condition.column);
    if (column === undefined) throw new Error(`There is no column “${condition.column}”; there are ${namesOf(table)}`);
    const test = testOf(condition, column);
    for (let row = 0; row < table.rows; row++) if (!test(row)) holds[row] = 0;
  }
  return holds;
}

function testOf({ sign, value, column: name }: ColumnCondition, column: Column): (row: number) => boolean {
  const wanted = name === 'time' ? epochMilliseconds(value) : Number(value);
  if (sign === '=' || sign === '!=') {
    const is = equalTo(column, String(value), wanted);
    return sign === '=' ? is : (row) => !is(row);
  }
  if (wanted === undefined || Number.isNaN(wanted))
    throw new Error(`“${name}${sign}${value}”: ${name === 'time' ? 'a time' : 'a number'} must stand behind ${sign}`);
  return (row) => {
    const number =
      column.type === 'number' ? (column.values[row] ?? NaN) : Number(column.values[column.codes[row] ?? -1]);
    switch (sign) {
      case '<':
        return number < wanted;
      case '<=':
        return number <= wanted;
      case '>':
        return number > wanted;
      case '>=':
        return number >= wanted;
    }
  };
}

function equalTo(column: Column, text: string, number: number | undefined): (row: number) => boolean {
  if (column.type === 'number')
    return (row) => (text === '' ? Number.isNaN(column.values[row]) : column.values[row] === number);
  const codes = new Set(column.values.flatMap((value, code) => (String(value) === text ? [code] : [])));
  return (row) => (text === '' ? (column.codes[row] ?? -1) < 0 : codes.has(column.codes[row] ?? -1));
}

function namesOf({ columns }: ColumnTable): string {
  const names = columns.map(({ name }) => name);
  return `${names.slice(0, 20).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;
}
