import { describe, expect, it } from 'vitest';
import { facetOfNumbers } from '../../../webview/population/model/facet.js';
import { selectionOf } from '../../../webview/population/model/findingSelection.js';
import { selectionQuery } from '../../../webview/population/model/query.js';
import type { Finding } from '../../../src/shared/findings.js';
import type { NumberColumn } from '../../../webview/population/model/table.js';

const age: NumberColumn = {
  type: 'numbers',
  name: 'age',
  time: false,
  values: Float64Array.from({ length: 100 }, (_, index) => index),
};
const facet = (name: string) => (name === 'age' ? facetOfNumbers(age) : undefined);

describe('a selection as a query', () => {
  it('quotes names and values, whatever is in them', () => {
    const values = new Map([['we"ird', { texts: ["o'clock"], not: false }]]);
    const source = { from: 'crashes', time: '"time"', nested: {} };
    expect(selectionQuery({ values, ranges: new Map(), text: '' }, facet, source)).toBe(
      `SELECT * FROM crashes AS crashes\nWHERE CAST("we""ird" AS VARCHAR) = 'o''clock'`,
    );
  });
});

describe('the cases of a finding', () => {
  const column = (name: string) => (name === 'age' || name === 'time' ? { ...age, name } : undefined);
  const select = (finding: Partial<Finding>) => selectionOf(finding as Finding, column);

  it('are those of its label and value', () => {
    const { values } = select({ label: 'other', dimension: ['sku', 'kernel'], value: ['gen9', '6.1'] });
    expect([...values].map(([name, { texts }]) => [name, ...texts])).toEqual([
      ['label', 'other'],
      ['sku', 'gen9'],
      ['kernel', '6.1'],
    ]);
  });

  it('are those below a cut, up to it where it says so', () => {
    expect(select({ kind: 'abort', dimension: 'age', value: '< 6' }).ranges.get('age')).toEqual([-Infinity, 6]);
    const [, end = 0] = select({ kind: 'abort', dimension: 'age', value: '<= 6' }).ranges.get('age') ?? [];
    expect(end).toBeGreaterThan(6);
    expect(end).toBeLessThan(6.0001);
    expect(select({ kind: 'abort', dimension: 'age', value: '>= 6.5' }).ranges.get('age')).toEqual([6.5, Infinity]);
  });

  it('are those of its time', () => {
    const { ranges } = select({
      label: 'other',
      dimension: 'time',
      value: '2026-05-02',
      start: '2026-05-02T00:00:00Z',
    });
    expect(ranges.get('time')).toEqual([Date.UTC(2026, 4, 2), Infinity]);
  });
});
