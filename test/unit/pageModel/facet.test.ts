import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { facetOfNumbers } from '../../../webview/population/model/facet.js';

function facetOf(values: readonly number[]) {
  return facetOfNumbers({ type: 'numbers', name: 'n', time: false, values: Float64Array.from(values) });
}

describe('the facet of a numeric column', () => {
  it('shows few values one by one', () => {
    const facet = facetOf([8, 4, 8, NaN, 16]);
    expect([...facet.codes].map((code) => facet.text(code))).toEqual(['8', '4', '8', '', '16']);
  });

  it('puts every number into the bin whose borders hold it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 20, maxLength: 60 }),
        (values) => {
          const facet = facetOf(values);
          for (const [row, value] of values.entries()) {
            const bin = facet.bins?.[(facet.codes[row] ?? 0) - 1];
            expect(bin, String(value)).toBeDefined();
            if (!bin) continue;
            expect(value).toBeGreaterThanOrEqual(bin.from);
            if (bin.from !== bin.to) expect(value).toBeLessThanOrEqual(bin.to);
            expect(facet.codeOf(facet.text(facet.codes[row] ?? 0))).toBe(facet.codes[row]);
          }
          expect(facet.size).toBeLessThan(60);
        },
      ),
    );
  });

  it('has round borders, by powers of ten where the numbers span many', () => {
    const hours = facetOf(Array.from({ length: 100 }, (_, index) => index * 4));
    expect(hours.bins?.map(({ from }) => from)).toEqual([0, 50, 100, 150, 200, 250, 300, 350]);
    const load = facetOf(Array.from({ length: 100 }, (_, index) => 10 ** (index / 20)));
    expect(load.bins?.map(({ from }) => from)).toEqual([1, 10, 100, 1000, 10_000]);
  });

  it('bears infinite numbers and nothing at all', () => {
    const values = [...Array(30).keys(), Infinity, -Infinity, NaN];
    expect(facetOf(values).size).toBeLessThan(60);
    expect(facetOf([NaN, NaN]).size).toBe(1);
  });
});
