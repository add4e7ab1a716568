import fc from 'fast-check';
import { SAMPLE_SOURCE, sampleFleet, sampleReport } from '../../webview/population/sampleFleet.js';
import { describe, expect, it } from 'vitest';
import { packTable } from '../../../src/session/population/packTable.js';
import type { ColumnTable } from '../../../src/shared/columnTable.js';
import { orderOf } from '../../../webview/population/model/ordering.js';
import { readTable } from '../../../webview/population/model/table.js';
import { cellText } from '../../../webview/population/list/cellText.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('a', 'A', 'phys-9', 'phys-10', 'é'),
);

function tableOf(rows: readonly (string | undefined)[], numbers: readonly number[]): ColumnTable {
  const values = [...new Set(rows.filter((row) => row !== undefined))];
  const codes = Int32Array.from(rows, (row) => (row === undefined ? -1 : values.indexOf(row)));
  return {
    rows: rows.length,
    columns: [
      { type: 'category', name: 'text', values, codes },
      { type: 'number', name: 'number', values: Float64Array.from(numbers) },
    ],
  };
}

function read(table: ColumnTable) {
  const { table: back, header } = readTable(packTable(table, PARTS));
  const [texts, numbers] = back.columns;
  if (texts?.type !== 'texts' || numbers?.type !== 'numbers') throw new Error('the columns changed their types');
  return { header, texts, numbers };
}

/** No page without a report; what it says is nothing to the table. */
const PARTS = { dataset: 'd', report: sampleReport(sampleFleet(1)), source: SAMPLE_SOURCE };

describe('a packed table', () => {
  it('says in each cell what was put in', () => {
    fc.assert(
      fc.property(fc.array(fc.option(text, { nil: undefined }), { maxLength: 30 }), (rows) => {
        const { texts, numbers } = read(
          tableOf(
            rows,
            rows.map((_, row) => row / 3),
          ),
        );
        for (const [row, value] of rows.entries()) {
          expect(cellText(texts, row)).toBe(value ?? '');
          expect(numbers.values[row]).toBe(row / 3);
        }
      }),
    );
  });

  it('finds what contains a text, letters of ASCII without their case, and never across two texts', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 30 }), text, (rows, wanted) => {
        const { texts } = read(
          tableOf(
            rows,
            rows.map(() => 0),
          ),
        );
        const held = texts.dictionary.holding(wanted);
        const folded = (value: string) => value.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
        expect(rows.map((_, row) => held[texts.codes[row] ?? 0] === 1)).toEqual(
          rows.map((row) => folded(row).includes(folded(wanted))),
        );
      }),
    );
  });

  it('sorts as people count: phys-9 before phys-10, no value last', () => {
    const rows = ['phys-10', undefined, 'phys-9', 'phys-100', 'phys-9'];
    const { texts } = read(
      tableOf(
        rows,
        rows.map(() => 0),
      ),
    );
    expect([...orderOf(texts)]).toEqual([2, 4, 0, 3, 1]);
  });

  it('sorts numbers of any size as a comparison does, NaN last, equal ones as they stood', () => {
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -1, 1, 1e300, -1e-300, Infinity, -Infinity, NaN),
      fc.integer(),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 60 }), (values) => {
        const plain = values.map((value) => (value === 0 ? 0 : value));
        const { numbers } = read(
          tableOf(
            plain.map(() => 'x'),
            plain,
          ),
        );
        const rank = (row: number) => plain[row] ?? NaN;
        const expected = [...plain.keys()].sort((a, b) => {
          const [first, second] = [rank(a), rank(b)];
          if (Number.isNaN(first) || Number.isNaN(second))
            return Number(Number.isNaN(first)) - Number(Number.isNaN(second)) || a - b;
          return first < second ? -1 : first > second ? 1 : a - b;
        });
        expect([...orderOf(numbers)]).toEqual(expected);
      }),
    );
  });

  it('is refused when it is none, or cut', () => {
    const pack = packTable(tableOf(['a', 'b'], [1, 2]), PARTS);
    expect(() => readTable(new TextEncoder().encode('<!DOCTYPE html>'))).toThrow('does not begin as one');
    expect(() => readTable(pack.slice(0, pack.length - 16))).toThrow('ends too early');
  });

  it('stands at any place of a larger buffer', () => {
    const pack = packTable(tableOf(['a', 'b'], [1, 2]), PARTS);
    const larger = new Uint8Array(pack.length + 3);
    larger.set(pack, 3);
    const { table } = readTable(larger.subarray(3));
    expect(cellText(table.columns[1], 1)).toBe('2');
  });
});
