import { againstAll, type Comparison, LEFT_OUT } from '../../src/population/findings/comparison.js';
import { besideLoops, crashLoops } from '../../src/population/findings/crashLoops.js';
import { explain } from '../../src/population/findings/explain.js';
import { correctionOf } from '../../src/population/findings/family.js';
import { type Dimension, type Fleet, fleetOf } from '../../src/population/findings/fleet.js';
import { jointGain } from '../../src/population/findings/jointGain.js';
import { askedOf } from '../../src/population/findings/permutations.js';
import { type Predicate, sidesOf, type ValuePredicate } from '../../src/population/findings/predicate.js';
import { DEFAULT_GAP_SECONDS } from '../../src/population/findings/report.js';
import { rolesOf } from '../../src/population/findings/roles.js';
import { seededRandom } from '../../src/population/statistics/random.js';
import type { ColumnTable } from '../../src/shared/columnTable.js';
import type { Truth } from './fleets/causes.js';

/**
 * Why a planted cause was not the first finding.
 * - `nothing`: there is no explanation of its label, so that the fleet holds too few crashes of it
 * - `likelier`: of the two conditions the reported one gives the crashes the higher likelihood, or the same; nobody could tell from them
 * - `chance`: the planted one is likelier by no more than is to be expected of the best of so many conditions of its sort
 * - `choice`: the planted one is likelier beyond that: the report chose the wrong one
 */
export type WhyMissed = 'nothing' | 'likelier' | 'chance' | 'choice';

/**
 * Compares what was reported with what was planted as somebody would who knows what was planted: by the likelihood of the label inside and
 * outside of either condition, over the episodes where both are known, and by how many conditions of either sort there are to choose from.
 *
 * @returns `undefined` for causes that are no condition on one crash
 */
export function whyMissed(table: ColumnTable, truth: Truth): WhyMissed | undefined {
  const fleet = fleetOf(table, rolesOf(table), DEFAULT_GAP_SECONDS * 1000);
  const planted = conditionOf(truth, fleet);
  const subject = fleet.subjects.find(({ level, label }) => level === 'label' && label === truth.label);
  if (planted === undefined || subject === undefined) return planted === undefined ? undefined : 'nothing';
  const loops = crashLoops(fleet);
  const leftOut = [...fleet.echoes, ...besideLoops(fleet, loops)];
  const [first] = explain(fleet, correctionOf(fleet), askedOf(fleet), seededRandom(1), undefined, leftOut);
  if (first?.best.subject.label !== truth.label) return 'nothing';
  const comparison: Comparison = againstAll(subject, fleet.episodes);
  for (const episode of leftOut) comparison.role[episode] = LEFT_OUT;
  const sides = [planted, first.best.predicate].map((condition) => sidesOf(condition, fleet.episodes));
  const { one, other } = jointGain(sides[0] ?? new Uint8Array(), sides[1] ?? new Uint8Array(), comparison);
  if (one <= other) return 'likelier';
  return one - choices(planted, fleet) <= other - choices(first.best.predicate, fleet) ? 'chance' : 'choice';
}

function conditionOf({ dimension, value, start, limit, form, question }: Truth, fleet: Fleet): Predicate | undefined {
  if (form !== undefined || question === 'hidden-groups') return undefined;
  if (start !== undefined && fleet.time !== undefined)
    return { form: 'range', measure: fleet.time, low: start, high: Infinity };
  const measure = fleet.measures.find(({ name }) => name === dimension[0]);
  if (limit !== undefined && measure !== undefined) return { form: 'range', measure, low: -Infinity, high: limit };
  const halves = dimension.flatMap((name, i) => valueOf(fleet.dimensions, name, value[i] ?? ''));
  const [first, second] = halves;
  if (first === undefined || halves.length !== dimension.length) return undefined;
  return second === undefined ? first : { form: 'pair', first, second };
}

function valueOf(dimensions: readonly Dimension[], name: string, value: string): ValuePredicate[] {
  const dimension = dimensions.find((one) => one.name === name);
  const code = dimension?.values.findIndex((one) => String(one) === value) ?? -1;
  return dimension === undefined || code < 0 ? [] : [{ form: 'value', dimension, code }];
}

/** Values that fewer episodes have are no choice. */
const LEAST = 4;

/** ln of how many conditions of this sort a fleet offers. */
function choices(condition: Predicate, { dimensions, episodes }: Fleet): number {
  const values = dimensions.reduce((sum, { codes }) => sum + frequentOf(codes), 0);
  switch (condition.form) {
    case 'value':
      return Math.log(values);
    case 'pair':
      return Math.log(values ** 2 / 2);
    case 'range':
      return Number.isFinite(condition.low) && Number.isFinite(condition.high)
        ? Math.log(episodes ** 2 / 2)
        : Math.log(episodes);
    case 'clock':
      return Math.log(24 * 24 * 8);
  }
}

function frequentOf(codes: Int32Array): number {
  const counts = new Map<number, number>();
  for (const code of codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts.values()].filter((count) => count >= LEAST).length;
}
