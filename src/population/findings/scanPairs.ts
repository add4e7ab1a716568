import { splitGain } from '../statistics/gain.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import type { TwoByTwo } from '../statistics/fisherExact.js';
import { type Candidate, COST_OF_PAIR } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import type { Dimension } from './fleet.js';
import { INSIDE, OUTSIDE, type PairPredicate, sidesOf, UNKNOWN, type ValuePredicate } from './predicate.js';
import { countValues, valueResults, valueStrengths } from './scanDimension.js';

/** From so many first halves pairs are grown, those with the most excess first. */
const MOST_HALVES = 24;
const MOST_HALVES_OF_MANY = 8;
const MANY = 50_000;
const HALVES_PER_DIMENSION = 3;
/** A half this far from chance (in standard deviations) at least. */
const WEAKEST_HALF = 1.5;
const FEWEST_CASES = 3;

/** What a pair's second half must say given its first: ln p, corrected for the values it was picked from. */
const LOG_REFINED = Math.log(0.01);

/**
 * Pairs of values that say more than either value alone: within each half the other must matter, corrected for the values that could
 * have been the other half. p is that of the pair against all the rest.
 */
export function scanPairs(dimensions: readonly Dimension[], comparison: Comparison): Candidate[] {
  const found: Candidate[] = [];
  const seen = new Set<string>();
  for (const half of halvesOf(dimensions, comparison)) {
    for (const candidate of pairsWith(half, dimensions, comparison)) {
      const { first, second } = candidate.predicate;
      const key = `${first.dimension.name}\0${first.code}\0${second.dimension.name}\0${second.code}`;
      if (!seen.has(key)) found.push(candidate);
      seen.add(key);
    }
  }
  return found;
}

type PairCandidate = Candidate & { readonly predicate: PairPredicate };

function pairsWith(half: ValuePredicate, dimensions: readonly Dimension[], comparison: Comparison): PairCandidate[] {
  const among = insideOf(half, comparison);
  const found: { other: ValuePredicate; logP: number }[] = [];
  let testable = 0;
  for (const dimension of dimensions) {
    if (dimension === half.dimension) continue;
    const counts = countValues(dimension, comparison, among);
    for (let code = 0; code < counts.values; code++) if ((counts.all[code] ?? 0) >= FEWEST_CASES) testable++;
    for (const { code, logP, excess } of valueResults(counts))
      if (excess) found.push({ other: { form: 'value', dimension, code }, logP });
  }
  const pairs: PairCandidate[] = [];
  for (const { other, logP } of found) {
    if (logP + Math.log(Math.max(1, testable)) > LOG_REFINED) continue;
    const first = dimensions.indexOf(half.dimension) < dimensions.indexOf(other.dimension) ? half : other;
    const predicate: PairPredicate = { form: 'pair', first, second: first === half ? other : half };
    if (stratifiedLogP(tablesWithin(other, half, comparison)) > LOG_REFINED) continue;
    const sides = sidesOf(predicate, comparison.role.length);
    const tables = tablesOfSides(sides, comparison);
    if (tables.reduce((sum, { casesInside }) => sum + casesInside, 0) < FEWEST_CASES) continue;
    const gain = gainOf(tables);
    if (Math.min(gainOver(half, sides, comparison), gainOver(other, sides, comparison)) <= COST_OF_PAIR) continue;
    const { subject } = comparison;
    pairs.push({
      subject,
      family: 'pair',
      predicate,
      logP: stratifiedLogP(tables),
      cost: COST_OF_PAIR,
      gain,
      excess: true,
    });
  }
  return pairs;
}

/** What a pair gains over one of its halves, over the episodes for which it is known of both whether they apply. */
function gainOver(half: ValuePredicate, pair: Uint8Array, comparison: Comparison): number {
  const sides = sidesOf(half, pair.length);
  const ofPair = Uint8Array.from(pair, (side, i) => (sides[i] === UNKNOWN ? UNKNOWN : side));
  for (let i = 0; i < sides.length; i++) if (pair[i] === UNKNOWN) sides[i] = UNKNOWN;
  return gainOf(tablesOfSides(ofPair, comparison)) - gainOf(tablesOfSides(sides, comparison));
}

function halvesOf(dimensions: readonly Dimension[], comparison: Comparison): ValuePredicate[] {
  const halves: { half: ValuePredicate; z: number }[] = [];
  for (const dimension of dimensions) {
    const results = valueStrengths(countValues(dimension, comparison)).filter(
      ({ excess, z }) => excess && z >= WEAKEST_HALF,
    );
    results.sort((a, b) => b.z - a.z);
    for (const { code, z } of results.slice(0, HALVES_PER_DIMENSION))
      halves.push({ half: { form: 'value', dimension, code }, z });
  }
  halves.sort((a, b) => b.z - a.z);
  return halves.slice(0, comparison.role.length > MANY ? MOST_HALVES_OF_MANY : MOST_HALVES).map(({ half }) => half);
}

function insideOf({ dimension, code }: ValuePredicate, { role }: Comparison): Uint32Array {
  const found: number[] = [];
  for (let i = 0; i < role.length; i++) if (dimension.codes[i] === code && role[i] !== LEFT_OUT) found.push(i);
  return Uint32Array.from(found);
}

/** Within the episodes that meet one condition: those that meet the other too, against those that do not. */
function tablesWithin(within: ValuePredicate, other: ValuePredicate, comparison: Comparison): TwoByTwo[] {
  const sides = sidesOf(other, comparison.role.length);
  for (let i = 0; i < sides.length; i++) if (within.dimension.codes[i] !== within.code) sides[i] = 2;
  return tablesOfSides(sides, comparison);
}

/** One table for each stratum of episodes on the two sides. */
export function tablesOfSides(sides: Uint8Array, { role, stratum, strata }: Comparison): TwoByTwo[] {
  const counts = new Int32Array(strata * 4);
  for (let i = 0; i < sides.length; i++) {
    const side = sides[i] ?? 2;
    const is = role[i] ?? LEFT_OUT;
    if ((side !== INSIDE && side !== OUTSIDE) || is === LEFT_OUT) continue;
    const at = (stratum[i] ?? 0) * 4 + (side === INSIDE ? 0 : 2);
    counts[at] = (counts[at] ?? 0) + 1;
    if (is === CASE) counts[at + 1] = (counts[at + 1] ?? 0) + 1;
  }
  return Array.from({ length: strata }, (_, layer) => ({
    inside: counts[layer * 4] ?? 0,
    casesInside: counts[layer * 4 + 1] ?? 0,
    outside: counts[layer * 4 + 2] ?? 0,
    casesOutside: counts[layer * 4 + 3] ?? 0,
  }));
}

export function gainOf(tables: readonly TwoByTwo[]): number {
  return tables.reduce(
    (sum, { casesInside, inside, casesOutside, outside }) =>
      sum + splitGain(casesInside, inside, casesOutside, outside),
    0,
  );
}
