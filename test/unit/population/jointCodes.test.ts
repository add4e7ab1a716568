import { expect, test } from 'vitest';
import { jointCodes } from '../../../src/population/findings/jointCodes.js';
import { seededRandom } from '../../../src/population/statistics/random.js';
import type { CategoryColumn } from '../../../src/shared/columnTable.js';

const random = seededRandom(5);

function column(values: number, rows: number): CategoryColumn {
  const codes = Int32Array.from({ length: rows }, () => Math.floor(random() * (values + 1)) - 1);
  return { type: 'category', name: 'c', values: Array.from({ length: values }, (_, i) => i), codes };
}

test.each([
  ['few values, by a table', 5, 4],
  ['many, by a map', 3000, 3000],
])('rows that say the same have the same number, in the order of appearance: %s', (_, first, second) => {
  const columns = [column(first, 5000), undefined, column(second, 5000)];
  const rows = Int32Array.from({ length: 4000 }, (__, i) => (i * 7) % 5000);
  const numberOf = new Map<string, number>();
  const expected = Array.from(rows, (row) => {
    const said = columns.map((one) => one?.codes[row]).join('/');
    const number = numberOf.get(said) ?? numberOf.size;
    numberOf.set(said, number);
    return number;
  });
  expect([...jointCodes(columns, rows)]).toStrictEqual(expected);
});
