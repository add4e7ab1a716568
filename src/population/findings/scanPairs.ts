import { smallestFisherLogP } from '../statistics/fisherExact.js';
import { taroneFactor } from '../statistics/tarone.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import { type Candidate, COST_OF_PAIR } from './candidate.js';
import { type Comparison, LEFT_OUT } from './comparison.js';
import {
  type Crossing,
  crossingOf,
  firstTablesWherePairIsKnown,
  pairTables,
  pairTablesWhereFirstIsKnown,
  secondTablesWithinFirst,
  turned,
} from './crossing.js';
import type { Dimension } from './fleet.js';
import { type PairPredicate, sidesOf, type ValuePredicate } from './predicate.js';
import { countValues, type ValueCounts, valueResults, valueStrengths } from './scanDimension.js';
import { gainOf } from './sideTables.js';

/** From so many first halves pairs are grown, those with the most excess first. */
const MOST_HALVES = 24;
const MOST_HALVES_OF_MANY = 8;
const MANY = 50_000;
const HALVES_PER_DIMENSION = 3;
/** A half this far from chance (in standard deviations) at least. */
const WEAKEST_HALF = 1.5;
const FEWEST_CASES = 3;

/** What a pair's second half must say given its first: ln p, two-sided though only an excess counts, corrected for the values it was picked from. */
const LOG_REFINED = Math.log(0.02);

/**
 * Pairs of values that say more than either value alone: within each half the other must matter, corrected for the values that could
 * have been the other half and been found so (Tarone); without that correction, they stand only where neither half is significant by
 * itself. p is that of the pair against all the rest.
 */
export function scanPairs(dimensions: readonly Dimension[], comparison: Comparison): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const half of halvesOf(dimensions, comparison)) {
    for (const candidate of pairsWith(half, dimensions, comparison)) {
      const { first, second } = candidate.predicate;
      const key = `${first.dimension.name}\0${first.code}\0${second.dimension.name}\0${second.code}`;
      const known = found.get(key);
      if (known === undefined || known.unlessHalf === true) found.set(key, candidate);
    }
  }
  return [...found.values()];
}

type PairCandidate = Candidate & { readonly predicate: PairPredicate };

function pairsWith(half: ValuePredicate, dimensions: readonly Dimension[], comparison: Comparison): PairCandidate[] {
  const among = insideOf(half, comparison);
  const found: { other: ValuePredicate; logP: number }[] = [];
  const asked: ValueCounts[] = [];
  for (const dimension of dimensions) {
    if (dimension === half.dimension) continue;
    const counts = countValues(dimension, comparison, among);
    asked.push(counts);
    for (const { code, logP, excess } of valueResults(counts))
      if (excess && logP <= LOG_REFINED) found.push({ other: { form: 'value', dimension, code }, logP });
  }
  // Most halves end here; what all values could have been found with takes longer to work out.
  if (found.length === 0) return [];
  const pairs: PairCandidate[] = [];
  const sides = sidesOf(half, comparison.role.length);
  const logQuestions = Math.log(taroneFactor(asked.flatMap(reachable), LOG_REFINED));
  for (const { other, logP } of found) {
    const sure = logP + logQuestions <= LOG_REFINED;
    // Of many episodes what is there can be told for sure, and each pair takes its time.
    if (!sure && comparison.role.length > MANY) continue;
    const crossing = crossingOf(sides, other, comparison);
    const turnedCrossing = turned(crossing);
    if (stratifiedLogP(secondTablesWithinFirst(turnedCrossing)) > LOG_REFINED) continue;
    const tables = pairTables(crossing);
    if (tables.reduce((sum, { casesInside }) => sum + casesInside, 0) < FEWEST_CASES) continue;
    if (Math.min(gainOverFirst(crossing), gainOverFirst(turnedCrossing)) <= COST_OF_PAIR) continue;
    const first = dimensions.indexOf(half.dimension) < dimensions.indexOf(other.dimension) ? half : other;
    pairs.push({
      subject: comparison.subject,
      family: 'pair',
      predicate: { form: 'pair', first, second: first === half ? other : half },
      logP: stratifiedLogP(tables),
      cost: COST_OF_PAIR,
      gain: gainOf(tables),
      excess: true,
      ...(sure ? {} : { unlessHalf: true }),
    });
  }
  return pairs;
}

/** For each value the ln p that it could have at best, for Tarone's correction. */
function reachable({ strata, values, all, totalAll, totalCases }: ValueCounts): { logP: number; count: number }[] {
  const found: { logP: number; count: number }[] = [];
  for (let code = 0; code < values; code++) {
    let logP = 0;
    let seen = 0;
    for (let layer = 0; layer < strata; layer++) {
      const inside = all[layer * values + code] ?? 0;
      if (inside === 0) continue;
      seen += inside;
      logP += smallestFisherLogP(inside, (totalAll[layer] ?? 0) - inside, totalCases[layer] ?? 0);
    }
    if (seen >= FEWEST_CASES) found.push({ logP, count: 1 });
  }
  return found;
}

/** What a pair gains over the first of its halves, over the episodes for which it is known of both whether they apply. */
function gainOverFirst(crossing: Crossing): number {
  return gainOf(pairTablesWhereFirstIsKnown(crossing)) - gainOf(firstTablesWherePairIsKnown(crossing));
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
