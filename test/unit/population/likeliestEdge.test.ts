import { expect, test } from 'vitest';
import { type EdgeGap, likeliestEdge, namedEdge, roundest } from '../../../src/population/findings/likeliestEdge.js';

/** Gaps between neighbouring values, with what is gained by an edge in each. */
function gaps(values: readonly number[], gains: readonly number[]): EdgeGap[] {
  return gains.map((gain, i) => ({ below: values[i] ?? NaN, value: values[i + 1] ?? NaN, gain }));
}

/** Forty cases spread evenly up to a limit. */
const upTo = (limit: number) => Array.from({ length: 40 }, (_, i) => ((i + 1) / 40) * limit);

test('one odd case far out does not pull a limit over a wide gap', () => {
  // Cases up to 0.99, then four others, a wrong label at 2.15, and others close behind it.
  const found = likeliestEdge(
    gaps([0.9, 0.99, 1.83, 1.84, 1.94, 2.15, 2.2, 2.25], [17, 19.5, 19, 18.5, 18, 20, 19.4]),
    'high',
    Float64Array.from([...upTo(0.99), 2.15]),
  );
  expect(found).toMatchObject({ below: 0.99, value: 1.83 });
});

test('nor does it where others come close behind the limit, few as they are', () => {
  // Others at 1.03 to 1.15, a wrong label at 1.24, and hardly anything later: wide gaps lie behind the wrong label, not before it.
  const found = likeliestEdge(
    gaps([0.98, 1, 1.03, 1.05, 1.15, 1.24, 1.56, 2], [17, 20, 19.4, 18.8, 18.2, 20.5, 19.9]),
    'high',
    Float64Array.from([...upTo(1), 1.24]),
  );
  expect(found).toMatchObject({ below: 1, value: 1.03 });
});

test('a lower limit is found the same way', () => {
  const cases = Float64Array.from([4.1, ...Array.from({ length: 40 }, (_, i) => 10 + i / 4)]);
  const found = likeliestEdge(gaps([3, 4.1, 5, 9, 10, 10.25], [20.5, 19, 18.5, 20, 17]), 'low', cases);
  expect(found).toMatchObject({ below: 9, value: 10 });
});

test('where cases go on beyond, that they thin out somewhere says nothing against what labels say', () => {
  // Twice as dense up to 3 as up to 6, but the share of cases falls at 6.
  const cases = Float64Array.from([...upTo(3), ...upTo(6)].sort((a, b) => a - b));
  const found = likeliestEdge(gaps([2.9, 3.1, 5.9, 6.1, 7], [10, 12, 25, 22]), 'high', cases);
  expect(found).toMatchObject({ below: 5.9, value: 6.1 });
});

test('an edge that gains clearly more is taken, however narrow its gap', () => {
  const found = likeliestEdge(
    gaps([1, 1.5, 3, 3.1, 3.2, 6], [10, 12, 11, 20, 14]),
    'high',
    Float64Array.from(upTo(1.5)),
  );
  expect(found).toMatchObject({ below: 3.1, value: 3.2 });
});

test('numbers that are not positive have no ratios', () => {
  expect(likeliestEdge(gaps([-5, -2, 0], [1, 2]), 'high', Float64Array.of(-2))).toBeUndefined();
});

test('a limit is a round number near the values inside of it, on the side where they are', () => {
  expect(namedEdge({ below: 1.98, value: 5, gain: 1 }, 'high')).toBe(2);
  expect(namedEdge({ below: 21_168, value: 30_456, gain: 1 }, 'high')).toBe(22_000);
  expect(namedEdge({ below: 2, value: 5.9, gain: 1 }, 'low')).toBe(5.5);
});

test('the roundest number has the fewest digits, and of these the coarsest step', () => {
  expect(roundest(2.3, 2.87)).toBe(2.5);
  expect(roundest(-Infinity, 3.7)).toBe(3.7);
});
