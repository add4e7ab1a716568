import { fisherLogP, smallestFisherLogP, type TwoByTwo } from '../statistics/fisherExact.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import { taroneFactor } from '../statistics/tarone.js';
import { unitCodes, type Units } from './cohort.js';
import type { Feature } from './features.js';

/** P(any mark | the cohorts differ in nothing) is at most this, over all positions. */
export const MARKS_ALPHA = 0.05;

/** Marks that are told, and features that are weighed against them. */
const MOST_MARKS = 12;
const MOST_WEIGHED = 300;

export interface Mark {
  readonly feature: Feature;
  readonly logP: number;
  readonly logPAdjusted: number;
  /** What the mark tells too: given it, these say nothing more. */
  readonly follows: readonly Feature[];
}

export interface MarksFound {
  readonly marks: readonly Mark[];
  /** Questions that could have been answered yes. */
  readonly tests: number;
}

/**
 * What sets the cases apart: the strongest first, then what remains given it, and so on. Bonferroni over all questions that could reach
 * significance (Tarone), which holds however much the words of one stack depend on each other.
 */
export function marksOf(features: readonly Feature[], units: Units): MarksFound {
  const tests = testsOf(features, units);
  const level = Math.log(MARKS_ALPHA) - Math.log(tests);
  const found = features
    .filter(({ table }) => reachable(table) <= level)
    .map((feature) => ({ feature, logP: fisherLogP(feature.table) }))
    .filter(({ logP }) => logP <= level)
    .sort((a, b) => a.logP - b.logP || preference(b.feature) - preference(a.feature))
    .slice(0, MOST_WEIGHED);
  const marks: Mark[] = [];
  // Units that no mark so far tells apart: one stratum for each way they answered.
  let strata = new Int32Array(units.count);
  let open = found.map((candidate) => ({
    ...candidate,
    given: candidate.logP,
    sides: sidesOf(candidate.feature, units),
  }));
  while (marks.length < MOST_MARKS) {
    const best = open.reduce<(typeof open)[number] | undefined>(
      (least, candidate) => (least === undefined || candidate.given < least.given ? candidate : least),
      undefined,
    );
    if (best === undefined) break;
    strata = refined(strata, best.sides);
    const left = open
      .filter((candidate) => candidate !== best)
      .map((candidate) => ({ ...candidate, given: stratifiedLogP(tablesOf(candidate.sides, strata, units)) }));
    open = left.filter(({ given }) => given <= level);
    marks.push({
      feature: best.feature,
      logP: best.logP,
      logPAdjusted: Math.min(0, best.logP + Math.log(tests)),
      follows: left.filter(({ given }) => given > level).map(({ feature }) => feature),
    });
  }
  return { marks, tests };
}

function testsOf(features: readonly Feature[], units: Units): number {
  const groups = new Map<string, { logP: number; count: number }>();
  for (const { table } of features) {
    const key = `${table.inside}/${table.outside}/${table.casesInside + table.casesOutside}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { logP: reachable(table), count: 1 });
    else group.count++;
  }
  return units.count === 0 ? 1 : taroneFactor([...groups.values()], Math.log(MARKS_ALPHA));
}

function reachable({ inside, outside, casesInside, casesOutside }: TwoByTwo): number {
  return smallestFisherLogP(inside, outside, casesInside + casesOutside);
}

/** Of equals, what the cases have goes before what they lack, and the exact before the vague. */
function preference({ table, word }: Feature): number {
  const cases = table.casesInside + table.casesOutside;
  const others = table.inside + table.outside - cases;
  const excess = table.casesInside / Math.max(1, cases) - (table.inside - table.casesInside) / Math.max(1, others);
  return Math.sign(excess) * 1000 + word.length;
}

/** For each unit 1 inside, 0 outside, 2 where the position is not known. */
function sidesOf({ position, codes }: Feature, units: Units): Uint8Array {
  return Uint8Array.from(unitCodes(position, units), (code) => (code < 0 ? 2 : codes.has(code) ? 1 : 0));
}

function refined(strata: Int32Array, sides: Uint8Array): Int32Array<ArrayBuffer> {
  const numberOf = new Map<number, number>();
  return Int32Array.from(strata, (stratum, unit) => {
    const key = stratum * 3 + (sides[unit] ?? 2);
    let number = numberOf.get(key);
    if (number === undefined) {
      number = numberOf.size;
      numberOf.set(key, number);
    }
    return number;
  });
}

function tablesOf(sides: Uint8Array, strata: Int32Array, { isCase }: Units): TwoByTwo[] {
  const tables = new Map<number, { casesInside: number; inside: number; casesOutside: number; outside: number }>();
  strata.forEach((stratum, unit) => {
    const side = sides[unit] ?? 2;
    if (side === 2) return;
    let table = tables.get(stratum);
    if (table === undefined) tables.set(stratum, (table = { casesInside: 0, inside: 0, casesOutside: 0, outside: 0 }));
    const isOne = isCase[unit] ?? 0;
    if (side === 1) {
      table.inside++;
      table.casesInside += isOne;
    } else {
      table.outside++;
      table.casesOutside += isOne;
    }
  });
  return [...tables.values()];
}
