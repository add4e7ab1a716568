import { expect, test } from 'vitest';
import type { Comparison } from '../../../src/population/findings/comparison.js';
import {
  crossingOf,
  firstTablesWherePairIsKnown,
  pairTables,
  pairTablesWhereFirstIsKnown,
  secondTablesWithinFirst,
  turned,
} from '../../../src/population/findings/crossing.js';
import type { Dimension } from '../../../src/population/findings/fleet.js';
import {
  INSIDE,
  OUTSIDE,
  type PairPredicate,
  sidesOf,
  UNKNOWN,
  type ValuePredicate,
} from '../../../src/population/findings/predicate.js';
import { tablesOfSides } from '../../../src/population/findings/sideTables.js';
import { seededRandom } from '../../../src/population/statistics/random.js';

const EPISODES = 600;
const random = seededRandom(11);
const below = (n: number) => Math.floor(random() * n);

function dimension(name: string): Dimension {
  const values = ['a', 'b', 'c'];
  const codes = Int32Array.from({ length: EPISODES }, () => below(4) - 1);
  return { name, values, codes, column: { type: 'category', name, values, codes } };
}

const first: ValuePredicate = { form: 'value', dimension: dimension('host'), code: 1 };
const second: ValuePredicate = { form: 'value', dimension: dimension('kernel'), code: 2 };
const pair: PairPredicate = { form: 'pair', first, second };
const comparison: Comparison = {
  subject: { level: 'label', label: 'x', episodes: new Int32Array(), rows: new Int32Array() },
  role: Uint8Array.from({ length: EPISODES }, () => below(3)),
  stratum: Uint8Array.from({ length: EPISODES }, () => below(2)),
  strata: 2,
};
const crossing = crossingOf(sidesOf(first, EPISODES), second, comparison);

/** The sides of a condition, unknown wherever those of another are not as wanted. */
function where(sides: Uint8Array, other: Uint8Array, wanted: (side: number) => boolean): Uint8Array {
  return sides.map((side, i) => (wanted(other[i] ?? UNKNOWN) ? side : UNKNOWN));
}

const ofFirst = sidesOf(first, EPISODES);
const ofSecond = sidesOf(second, EPISODES);
const ofPair = sidesOf(pair, EPISODES);
const isKnown = (side: number) => side === INSIDE || side === OUTSIDE;

test.each([
  ['both against not both', pairTables(crossing), ofPair],
  ['both, where the first is known', pairTablesWhereFirstIsKnown(crossing), where(ofPair, ofFirst, isKnown)],
  ['the first, where both is known', firstTablesWherePairIsKnown(crossing), where(ofFirst, ofPair, isKnown)],
  [
    'the second, where the first holds',
    secondTablesWithinFirst(crossing),
    where(ofSecond, ofFirst, (side) => side === INSIDE),
  ],
  [
    'the first, where the second holds',
    secondTablesWithinFirst(turned(crossing)),
    where(ofFirst, ofSecond, (side) => side === INSIDE),
  ],
])('a crossing of two conditions counts as going through the sides does: %s', (_, tables, sides) => {
  expect(tables).toStrictEqual(tablesOfSides(sides, comparison));
});
