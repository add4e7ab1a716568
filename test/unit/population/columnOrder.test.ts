import { expect, test } from 'vitest';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';

function namesOf(rows: readonly Record<string, unknown>[]): string[] {
  const builder = new TableBuilder();
  for (const row of rows) builder.row(row);
  return builder.finish().columns.map(({ name }) => name);
}

test('columns come as the rows have them, though no row has all', () => {
  const rows = [
    { host: 'a', kernel: '6.1' },
    { host: 'a', cpu: 'x', kernel: '6.1' },
    { sku: 'm', cpu: 'x' },
    { host: 'a', sku: 'm' },
  ];
  expect(namesOf(rows)).toEqual(['host', 'sku', 'cpu', 'kernel']);
});

test('columns of nested objects too', () => {
  expect(namesOf([{ meta: { b: 'x' } }, { meta: { a: 'x', b: 'x' } }])).toEqual(['meta.a', 'meta.b']);
});

test('rows that contradict each other leave the order of first sight', () => {
  expect(namesOf([{ a: 'x', b: 'x' }, { b: 'x', a: 'x' }, { c: 'x' }])).toEqual(['a', 'b', 'c']);
});
