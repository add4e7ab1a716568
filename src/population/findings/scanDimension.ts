import { splitGain } from '../statistics/gain.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import type { TwoByTwo } from '../statistics/fisherExact.js';
import { type Candidate, COST_OF_LACK, COST_OF_VALUE, LACK_OF_GAIN } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';
import type { Dimension } from './fleet.js';

/** Associations weaker than this (z squared) are never significant among so many questions and need no exact test. */
const WEAKEST = 7;

/** Counts of a dimension's values, stratum by stratum. */
export interface ValueCounts {
  readonly strata: number;
  readonly values: number;
  /** At stratum * values + code. */
  readonly all: Int32Array;
  readonly cases: Int32Array;
  /** By stratum, over the known values. */
  readonly totalAll: Int32Array;
  readonly totalCases: Int32Array;
}

export function countValues(
  dimension: Dimension,
  { role, stratum, strata }: Comparison,
  among?: Uint32Array,
): ValueCounts {
  const values = dimension.values.length;
  const all = new Int32Array(strata * values);
  const cases = new Int32Array(strata * values);
  const totalAll = new Int32Array(strata);
  const totalCases = new Int32Array(strata);
  const { codes } = dimension;
  const count = among?.length ?? codes.length;
  for (let i = 0; i < count; i++) {
    const episode = among === undefined ? i : (among[i] ?? 0);
    const code = codes[episode] ?? -1;
    const is = role[episode] ?? LEFT_OUT;
    if (code < 0 || is === LEFT_OUT) continue;
    const layer = stratum[episode] ?? 0;
    const at = layer * values + code;
    all[at] = (all[at] ?? 0) + 1;
    totalAll[layer] = (totalAll[layer] ?? 0) + 1;
    if (is === CASE) {
      cases[at] = (cases[at] ?? 0) + 1;
      totalCases[layer] = (totalCases[layer] ?? 0) + 1;
    }
  }
  return { strata, values, all, cases, totalAll, totalCases };
}

/** The tables of one value, one for each stratum. */
export function tablesOf(counts: ValueCounts, code: number): TwoByTwo[] {
  const tables: TwoByTwo[] = [];
  for (let layer = 0; layer < counts.strata; layer++) {
    const inside = counts.all[layer * counts.values + code] ?? 0;
    const casesInside = counts.cases[layer * counts.values + code] ?? 0;
    const outside = (counts.totalAll[layer] ?? 0) - inside;
    tables.push({ casesInside, inside, casesOutside: (counts.totalCases[layer] ?? 0) - casesInside, outside });
  }
  return tables;
}

export interface ValueResult {
  readonly code: number;
  readonly logP: number;
  readonly gain: number;
  readonly excess: boolean;
  readonly z: number;
}

/** What the values of a dimension say, those that say anything. */
export function valueResults(counts: ValueCounts): ValueResult[] {
  return valueStrengths(counts)
    .filter(({ z }) => z * z >= WEAKEST)
    .map((strength) => ({ ...strength, logP: stratifiedLogP(tablesOf(counts, strength.code)) }));
}

export type ValueStrength = Omit<ValueResult, 'logP'>;

/** How far from chance each value is, without its exact p. */
export function valueStrengths(counts: ValueCounts): ValueStrength[] {
  const results: ValueStrength[] = [];
  for (let code = 0; code < counts.values; code++) {
    let distance = 0;
    let variance = 0;
    let gain = 0;
    for (let layer = 0; layer < counts.strata; layer++) {
      const at = layer * counts.values + code;
      const inside = counts.all[at] ?? 0;
      const total = counts.totalAll[layer] ?? 0;
      const cases = counts.totalCases[layer] ?? 0;
      if (inside === 0 || inside === total || cases === 0 || cases === total) continue;
      const casesInside = counts.cases[at] ?? 0;
      distance += casesInside - (inside * cases) / total;
      variance += (inside * (total - inside) * cases * (total - cases)) / (total * total * (total - 1));
      gain += splitGain(casesInside, inside, cases - casesInside, total - inside);
    }
    if (variance > 0) results.push({ code, gain, excess: distance > 0, z: distance / Math.sqrt(variance) });
  }
  return results;
}

/** Single values of a dimension. */
export function scanDimension(dimension: Dimension, comparison: Comparison): Candidate[] {
  return valueResults(countValues(dimension, comparison)).map(({ code, logP, gain, excess }) => ({
    subject: comparison.subject,
    family: 'single',
    predicate: { form: 'value', dimension, code },
    logP,
    cost: excess ? COST_OF_VALUE : COST_OF_LACK + LACK_OF_GAIN * gain,
    gain,
    excess,
  }));
}
