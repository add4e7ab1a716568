import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Crossfilter, MOST_FILTERS } from '../../../webview/population/model/crossfilter.js';

const ROWS = 40;
const SIZES = [3, 5, 2];

/** Some columns of codes, a column of numbers, and a sequence of changes to filters. */
const scenario = fc.record({
  columns: fc.tuple(...SIZES.map((size) => fc.array(fc.nat(size - 1), { minLength: ROWS, maxLength: ROWS }))),
  groups: fc.array(fc.nat(1), { minLength: ROWS, maxLength: ROWS }),
  values: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(NaN)), { minLength: ROWS, maxLength: ROWS }),
  changes: fc.array(
    fc.oneof(
      fc.record({
        column: fc.nat(2),
        keep: fc.option(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), { nil: undefined }),
      }),
      fc.record({ range: fc.option(fc.tuple(fc.nat(9), fc.nat(9)), { nil: undefined }) }),
    ),
    { minLength: 1, maxLength: 8 },
  ),
});

describe('the crossfilter', () => {
  it('counts as going through all rows does, whatever was chosen before', () => {
    fc.assert(
      fc.property(scenario, ({ columns, groups, values, changes }) => {
        const filter = new Crossfilter(ROWS);
        const kept = new Map<string, (row: number) => boolean>();
        const codes = columns.map((column) => Uint8Array.from(column));
        const numbers = Float64Array.from(values);
        for (const change of changes) {
          if ('column' in change) {
            const { column, keep } = change;
            const own = codes[column] ?? new Uint8Array();
            filter.filterCodes(`c${column}`, own, keep && Uint8Array.from(keep, Number));
            if (keep) kept.set(`c${column}`, (row) => keep[own[row] ?? 0] ?? false);
            else kept.delete(`c${column}`);
          } else {
            const { range } = change;
            filter.filterRange('range', numbers, range);
            if (range) kept.set('range', (row) => (values[row] ?? NaN) >= range[0] && (values[row] ?? NaN) < range[1]);
            else kept.delete('range');
          }
        }
        const rows = [...Array(ROWS).keys()];
        const passes = (row: number, but?: string) => [...kept].every(([id, test]) => id === but || test(row));
        expect([...filter.passing()]).toEqual(rows.filter((row) => passes(row)));
        for (const [index, size] of SIZES.entries()) {
          const counts = filter.count(
            `c${index}`,
            { codes: codes[index] ?? new Uint8Array(), size },
            { codes: Uint8Array.from(groups), size: 2 },
          );
          const naive = new Array<number>(size * 2).fill(0);
          for (const row of rows) {
            if (!passes(row, `c${index}`)) continue;
            const at = (columns[index]?.[row] ?? 0) * 2 + (groups[row] ?? 0);
            naive[at] = (naive[at] ?? 0) + 1;
          }
          expect([...counts]).toEqual(naive);
        }
      }),
    );
  });

  it('holds as many filters as a word has bits, says no to one more, and has room again when one is gone', () => {
    const filter = new Crossfilter(4);
    const codes = Uint8Array.from([0, 1, 2, 3]);
    const keep = (code: number) => Uint8Array.from([0, 1, 2, 3], (other) => Number(other !== code));
    for (let index = 0; index < MOST_FILTERS; index++)
      expect(filter.filterCodes(`f${index}`, codes, keep(index === MOST_FILTERS - 1 ? 3 : 0))).toBe(true);
    expect([...filter.passing()]).toEqual([1, 2]);
    expect(filter.filterCodes('more', codes, keep(1))).toBe(false);
    expect([...filter.passing()]).toEqual([1, 2]);
    filter.clear(`f${MOST_FILTERS - 1}`);
    expect(filter.filterCodes('more', codes, keep(1))).toBe(true);
    expect([...filter.passing()]).toEqual([2, 3]);
  });
});
