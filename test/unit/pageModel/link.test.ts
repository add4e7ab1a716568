import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLink, writeLink, type PageState } from '../../../webview/population/model/link.js';

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const value = fc.string({ unit: 'grapheme', maxLength: 8 });
const bound = fc.integer({ min: -1e6, max: 1e6 });
const state: fc.Arbitrary<PageState> = fc.record({
  selection: fc.record({
    values: fc
      .array(
        fc.tuple(name, fc.record({ texts: fc.uniqueArray(value, { minLength: 1, maxLength: 3 }), not: fc.boolean() })),
      )
      .map((entries) => new Map(entries)),
    ranges: fc
      .array(fc.tuple(fc.oneof(name, fc.constant('time')), fc.tuple(bound, fc.oneof(bound, fc.constant(Infinity)))))
      .map((entries) => new Map(entries)),
    text: value,
  }),
  view: fc.record(
    {
      sort: fc.record({ column: name.filter((text) => !text.startsWith('-')), descending: fc.boolean() }),
      columns: fc.array(name, { minLength: 1, maxLength: 4 }),
      matrix: name,
      map: name,
      within: name,
      estimate: fc.dictionary(fc.constantFrom('window', 'cores', 'distance'), fc.integer({ min: 1, max: 1e6 }), {
        minKeys: 1,
      }),
    },
    { requiredKeys: [] },
  ),
});

describe('a link', () => {
  it('restores the state it was made of, whatever columns are called', () => {
    fc.assert(
      fc.property(state, (given) => {
        expect(readLink(writeLink(given))).toEqual(given);
      }),
    );
  });

  it('can be read', () => {
    const link = 'is.host=phys-1049&in.time=2026-05-02T00:00:00.000Z..2026-05-03T00:00:00.000Z&sort=-time';
    const { selection, view } = readLink(link);
    expect(selection.values.get('host')).toEqual({ texts: ['phys-1049'], not: false });
    expect(selection.ranges.get('time')).toEqual([Date.UTC(2026, 4, 2), Date.UTC(2026, 4, 3)]);
    expect(view.sort).toEqual({ column: 'time', descending: true });
    expect(decodeURIComponent(writeLink({ selection, view }))).toBe(link);
  });

  it.each(['', '=', '&&&', 'in.time=never..ever', 'in.time', 'is', 'sort=', '%', 'in.a=1..2..3'])(
    'is no harm when it is broken: %j',
    (text) => {
      expect(readLink(text).selection.ranges.size).toBe(0);
    },
  );

  it('brings no more than a reader could have chosen', () => {
    const long = Array.from({ length: 5000 }, (_, index) => `is.c${index}=v`).join('&');
    expect(readLink(long).selection.values.size).toBe(1000);
  });
});
