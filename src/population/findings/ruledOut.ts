import type { NotAssociated } from '../../shared/findings.js';
import { normalQuantileOfTail } from '../statistics/normal.js';
import { ALPHA, type Correction } from './family.js';
import type { Fleet } from './fleet.js';
import type { Subject } from './subjects.js';
import { valueCounts } from './valueCounts.js';

/** Odds ratios beyond this are no power worth telling. */
const LARGEST = 10;
const POWER = 0.8;

/** Dimensions that are in no finding, where one of this strength would have been seen with 80 % probability. */
export function ruledOut(
  fleet: Fleet,
  correction: Correction,
  subject: Subject,
  involved: ReadonlySet<string>,
): NotAssociated[] {
  const isCase = new Uint8Array(fleet.episodes);
  for (const episode of subject.episodes) isCase[episode] = 1;
  const found: NotAssociated[] = [];
  const add = (name: string, logFactor: number, sideOf: (episode: number) => number) => {
    if (involved.has(name) || found.some(({ dimension }) => dimension === name)) return;
    let inside = 0;
    let known = 0;
    let cases = 0;
    for (let i = 0; i < fleet.episodes; i++) {
      const side = sideOf(i);
      if (side < 0) continue;
      known++;
      inside += side;
      cases += isCase[i] ?? 0;
    }
    const detectableOddsRatio = detectable(inside, known - inside, cases, Math.log(ALPHA) - logFactor);
    if (detectableOddsRatio !== undefined)
      found.push({
        dimension: name,
        detectableOddsRatio: Math.ceil(detectableOddsRatio * 100) / 100,
        ...(subject.label === undefined ? {} : { label: subject.label }),
      });
  };
  for (const { name, values, codes } of fleet.dimensions) {
    const { counts, known } = valueCounts({ values, codes });
    // The value nearest to a half: where most can be seen.
    let best = 0;
    counts.forEach((count, code) => {
      if (Math.abs(count - known / 2) < Math.abs((counts[best] ?? 0) - known / 2)) best = code;
    });
    add(name, correction.logFactor[subject.level].single, (i) =>
      (codes[i] ?? -1) < 0 ? -1 : codes[i] === best ? 1 : 0,
    );
  }
  for (const { name, values } of fleet.measures) {
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    const median = sorted[sorted.length >> 1] ?? 0;
    add(name, correction.logFactor[subject.level].measure, (i) => {
      const value = values[i] ?? NaN;
      return Number.isNaN(value) ? -1 : value < median ? 1 : 0;
    });
  }
  return found.sort((a, b) => a.detectableOddsRatio - b.detectableOddsRatio);
}

/** The smallest odds ratio above 1 that a two-sided test at this level sees with the power wanted; the cases stay as many. */
export function detectable(inside: number, outside: number, cases: number, logLevel: number): number | undefined {
  const all = inside + outside;
  if (inside < 2 || outside < 2 || cases < 2 || cases > all - 2) return undefined;
  const needed = normalQuantileOfTail(Math.exp(logLevel) / 2) + normalQuantileOfTail(1 - POWER);
  let low = 1;
  let high = LARGEST;
  if (strength(inside, outside, cases, high) < needed) return undefined;
  for (let i = 0; i < 50; i++) {
    const middle = Math.sqrt(low * high);
    if (strength(inside, outside, cases, middle) < needed) low = middle;
    else high = middle;
  }
  return high;
}

/** ln of the odds ratio in standard errors, when the cases divide by that odds ratio. */
function strength(inside: number, outside: number, cases: number, ratio: number): number {
  let low = Math.max(0, cases - outside);
  let high = Math.min(inside, cases);
  for (let i = 0; i < 60; i++) {
    const a = (low + high) / 2;
    if (a * (outside - cases + a) < ratio * (inside - a) * (cases - a)) low = a;
    else high = a;
  }
  const a = (low + high) / 2;
  return Math.log(ratio) / Math.sqrt(1 / a + 1 / (inside - a) + 1 / (cases - a) + 1 / (outside - cases + a));
}
