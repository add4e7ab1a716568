import { bestCutLogP, type CutTests } from '../statistics/bestCutTest.js';
import { pearson, splitGain } from '../statistics/gain.js';
import { twoSidedNormalLogP } from '../statistics/normal.js';
import { stratifiedLogP } from '../statistics/stratifiedTest.js';
import { type Bins, MISSING } from './bins.js';
import { type Candidate, COST_OF_CUT, COST_OF_DATE, costOfOtherEdge, type Family } from './candidate.js';
import { CASE, type Comparison, LEFT_OUT } from './comparison.js';

/** Counts by bin, stratum by stratum: at stratum * bins + bin. */
export interface BinCounts {
  readonly bins: number;
  readonly strata: number;
  readonly all: Int32Array;
  readonly cases: Int32Array;
}

/** Windows are looked for between so many edges at first. */
const GRID = 48;

export interface Span {
  /** Bins [from, to). */
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

/**
 * The best cut or window of a measure. p is that of the whole scan, and of the rank test, which sees a shift without an edge.
 */
export function scanRange(bins: Bins, comparison: Comparison, family: Family): Candidate | undefined {
  if (bins.count < 2) return undefined;
  const counts = countBins(bins, comparison);
  const found = bestSpan(counts, family);
  if (found === undefined) return undefined;
  const { best, windowed, logP } = found;
  const excess = excessInside(counts, best);
  const span = excess || windowed ? best : complement(best, bins.count);
  return {
    subject: comparison.subject,
    family,
    predicate: {
      form: 'range',
      measure: bins.measure,
      low: span.from === 0 ? -Infinity : (bins.lowest[span.from] ?? -Infinity),
      high: span.to === bins.count ? Infinity : (bins.lowest[span.to] ?? Infinity),
    },
    logP,
    cost: windowed ? COST_OF_DATE + costOfOtherEdge(bins.count) : family === 'time' ? COST_OF_DATE : COST_OF_CUT,
    gain: best.gain,
    excess: windowed ? excess : true,
  };
}

/** The best cut or window. */
export interface BestSpan {
  readonly best: Span;
  readonly windowed: boolean;
  /** ln p of having looked for it. */
  readonly logP: number;
}

/**
 * The best cut or window: of cuts ln p is exact in one stratum, of windows and within strata it is at most what the number of positions
 * allows.
 */
export function bestSpan(counts: BinCounts, family: Family): BestSpan | undefined {
  const found = boundedSpan(counts, family);
  if (found === undefined || !isExactWorthwhile(found, counts)) return found;
  const { sizes, cases } = marginsOf(counts);
  const exact = Math.log(waysOf(family)) + bestCutLogP(sizes, cases, found.best.gain);
  return { ...found, logP: Math.min(found.logP, exact) };
}

/** ln p outside of these is beyond doubt either way. */
const HOPELESS = -1;
const SURE = -30;
const MOST_EXACT = 20_000;

function isExactWorthwhile({ windowed, logP }: BestSpan, { strata, all }: BinCounts): boolean {
  return (
    strata === 1 && !windowed && logP < HOPELESS && logP > SURE && all.reduce((sum, n) => sum + n, 0) <= MOST_EXACT
  );
}

function marginsOf({ all, cases }: BinCounts): { sizes: Int32Array; cases: number } {
  return { sizes: all, cases: cases.reduce((sum, n) => sum + n, 0) };
}

/** Cut, rank test, and of time a window too. */
function waysOf(family: Family): number {
  return family === 'time' ? 3 : 2;
}

/** The same, with ln p no better than the number of positions allows, which takes no time. */
function boundedSpan(counts: BinCounts, family: Family): (BestSpan & { readonly logPOfBest: number }) | undefined {
  const cut = bestCut(counts);
  if (cut === undefined) return undefined;
  // Of a measure a window is seldom what it means; of time it is an incident.
  const window = family === 'time' ? bestWindow(counts) : undefined;
  const positions = counts.bins - 1;
  // A window names two positions; it must say more than a cut by that much.
  const windowed = window !== undefined && window.gain > cut.gain + costOfOtherEdge(counts.bins);
  const best = windowed ? window : cut;
  const tried = windowed ? (positions * (positions + 1)) / 2 : positions;
  const logPOfBest = logPOf(counts, best);
  const bound = Math.log(tried) + logPOfBest;
  const logP = Math.min(0, Math.log(waysOf(family)) + Math.min(bound, rankLogP(counts)));
  return { best, windowed, logP, logPOfBest };
}

/**
 * Whether ln p of the best cut or window is at most `target`, in one stratum: the answer of `bestSpan`, without working it all out.
 *
 * @param cuts answers about the same bins
 */
export function spanAsGood(counts: BinCounts, family: Family, target: number, cuts: CutTests): boolean {
  const { bins, all, cases } = counts;
  const ways = waysOf(family);
  const positions = bins - 1;
  let n = 0;
  let k = 0;
  for (let bin = 0; bin < bins; bin++) {
    n += all[bin] ?? 0;
    k += cases[bin] ?? 0;
  }
  if (k === 0 || k === n) return false;
  if (Math.log(ways) + rankLogP(counts) <= target) return true;
  // ln p of a table is below its gain by less than this, whatever the table.
  const needed = Math.log(ways) - target - SLACK;
  let most = 0;
  let below = 0;
  let casesBelow = 0;
  for (let cut = 1; cut < bins; cut++) {
    below += all[cut - 1] ?? 0;
    casesBelow += cases[cut - 1] ?? 0;
    most = Math.max(most, pearson(casesBelow, below, k, n));
  }
  if (most < needed && (family !== 'time' || mostOfWindows(counts, n, k) < (needed + Math.log(positions)) * NEAR_GRID))
    return false;
  const found = boundedSpan(counts, family);
  if (found === undefined || found.logP <= target) return found !== undefined;
  const single = target - Math.log(ways);
  return found.logPOfBest <= single && isExactWorthwhile(found, counts) && cuts.asGood(all, k, found.best.gain, single);
}

const SLACK = 4;
/** Edges moved between the lines of the grid gain at most so much more. */
const NEAR_GRID = 0.5;

/** The largest Pearson statistic of the windows on the grid. */
function mostOfWindows({ bins, all, cases }: BinCounts, n: number, k: number): number {
  const prefixAll = prefixes(all, bins, 1);
  const prefixCases = prefixes(cases, bins, 1);
  const step = Math.max(1, Math.ceil(bins / GRID));
  let most = 0;
  for (let from = 1; from < bins - 1; from += step)
    for (let to = from + step; to < bins; to += step) {
      const inside = (prefixAll[to] ?? 0) - (prefixAll[from] ?? 0);
      most = Math.max(most, pearson((prefixCases[to] ?? 0) - (prefixCases[from] ?? 0), inside, k, n));
    }
  return most;
}

function complement(span: Span, bins: number): Span {
  return span.from === 0 ? { ...span, from: span.to, to: bins } : { ...span, from: 0, to: span.from };
}

function countBins(bins: Bins, { role, stratum, strata }: Comparison): BinCounts {
  const all = new Int32Array(strata * bins.count);
  const cases = new Int32Array(strata * bins.count);
  for (let i = 0; i < role.length; i++) {
    const is = role[i] ?? LEFT_OUT;
    const bin = bins.of[i] ?? MISSING;
    if (is === LEFT_OUT || bin === MISSING) continue;
    const at = (stratum[i] ?? 0) * bins.count + bin;
    all[at] = (all[at] ?? 0) + 1;
    if (is === CASE) cases[at] = (cases[at] ?? 0) + 1;
  }
  return { bins: bins.count, strata, all, cases };
}

function totals({ bins, strata, all, cases }: BinCounts): { all: number[]; cases: number[] } {
  const sumAll: number[] = [];
  const sumCases: number[] = [];
  for (let layer = 0; layer < strata; layer++) {
    let a = 0;
    let c = 0;
    for (let bin = 0; bin < bins; bin++) {
      a += all[layer * bins + bin] ?? 0;
      c += cases[layer * bins + bin] ?? 0;
    }
    sumAll.push(a);
    sumCases.push(c);
  }
  return { all: sumAll, cases: sumCases };
}

function bestCut(counts: BinCounts): Span | undefined {
  const { bins, strata } = counts;
  const total = totals(counts);
  const gains = new Float64Array(bins);
  if (strata === 1) return bestCutOfOne(counts, total.all[0] ?? 0, total.cases[0] ?? 0);
  for (let layer = 0; layer < strata; layer++) {
    const n = total.all[layer] ?? 0;
    const k = total.cases[layer] ?? 0;
    if (k === 0 || k === n) continue;
    let below = 0;
    let casesBelow = 0;
    for (let cut = 1; cut < bins; cut++) {
      below += counts.all[layer * bins + cut - 1] ?? 0;
      casesBelow += counts.cases[layer * bins + cut - 1] ?? 0;
      gains[cut] = (gains[cut] ?? 0) + splitGain(casesBelow, below, k - casesBelow, n - below);
    }
  }
  let best = 0;
  for (let cut = 1; cut < bins; cut++) if ((gains[cut] ?? 0) > (gains[best] ?? 0)) best = cut;
  return best === 0 ? undefined : { from: best, to: bins, gain: gains[best] ?? 0 };
}

/** In one stratum the logarithms need only be taken where Pearson's statistic allows more than the best so far. */
function bestCutOfOne({ bins, all, cases }: BinCounts, n: number, k: number): Span | undefined {
  let best = 0;
  let most = 0;
  let below = 0;
  let casesBelow = 0;
  for (let cut = 1; cut < bins; cut++) {
    below += all[cut - 1] ?? 0;
    casesBelow += cases[cut - 1] ?? 0;
    if (pearson(casesBelow, below, k, n) <= most) continue;
    const gain = splitGain(casesBelow, below, k - casesBelow, n - below);
    if (gain > most) {
      most = gain;
      best = cut;
    }
  }
  return best === 0 ? undefined : { from: best, to: bins, gain: most };
}

/** The best window on a grid, then with its edges moved by less than the grid's step. */
function bestWindow(counts: BinCounts): Span | undefined {
  const { bins, strata } = counts;
  const total = totals(counts);
  const prefixAll = prefixes(counts.all, bins, strata);
  const prefixCases = prefixes(counts.cases, bins, strata);
  const step = Math.max(1, Math.ceil(bins / GRID));
  let best: Span | undefined;
  const consider = (from: number, to: number) => {
    if (from < 1 || to >= bins || from >= to) return;
    const most = best?.gain ?? -1;
    if (sumOfWindow(from, to, pearson) <= most) return;
    const gain = sumOfWindow(from, to, gainOf);
    if (gain > most) best = { from, to, gain };
  };
  for (let from = 1; from < bins - 1; from += step)
    for (let to = from + step; to < bins; to += step) consider(from, to);
  const found = best;
  if (found === undefined || step === 1) return found;
  for (let from = found.from - step + 1; from < found.from + step; from++) consider(from, found.to);
  const { from } = best ?? found;
  for (let to = found.to - step + 1; to < found.to + step; to++) consider(from, to);
  return best;

  function sumOfWindow(from: number, to: number, of: typeof pearson): number {
    let gain = 0;
    for (let layer = 0; layer < strata; layer++) {
      const n = total.all[layer] ?? 0;
      const k = total.cases[layer] ?? 0;
      if (k === 0 || k === n) continue;
      const row = layer * (bins + 1);
      const inside = (prefixAll[row + to] ?? 0) - (prefixAll[row + from] ?? 0);
      const casesInside = (prefixCases[row + to] ?? 0) - (prefixCases[row + from] ?? 0);
      gain += of(casesInside, inside, k, n);
    }
    return gain;
  }
}

function gainOf(casesInside: number, inside: number, cases: number, all: number): number {
  return splitGain(casesInside, inside, cases - casesInside, all - inside);
}

function prefixes(counts: Int32Array, bins: number, strata: number): Int32Array {
  const sums = new Int32Array(strata * (bins + 1));
  for (let layer = 0; layer < strata; layer++)
    for (let bin = 0; bin < bins; bin++)
      sums[layer * (bins + 1) + bin + 1] = (sums[layer * (bins + 1) + bin] ?? 0) + (counts[layer * bins + bin] ?? 0);
  return sums;
}

function tablesOf(counts: BinCounts, { from, to }: Span) {
  const { bins, strata } = counts;
  const total = totals(counts);
  return Array.from({ length: strata }, (_, layer) => {
    let inside = 0;
    let casesInside = 0;
    for (let bin = from; bin < to; bin++) {
      inside += counts.all[layer * bins + bin] ?? 0;
      casesInside += counts.cases[layer * bins + bin] ?? 0;
    }
    const outside = (total.all[layer] ?? 0) - inside;
    return { inside, casesInside, outside, casesOutside: (total.cases[layer] ?? 0) - casesInside };
  });
}

function logPOf(counts: BinCounts, span: Span): number {
  return stratifiedLogP(tablesOf(counts, span));
}

function excessInside(counts: BinCounts, span: Span): boolean {
  let distance = 0;
  for (const { inside, casesInside, outside, casesOutside } of tablesOf(counts, span))
    if (inside + outside > 0) distance += casesInside - (inside * (casesInside + casesOutside)) / (inside + outside);
  return distance > 0;
}

/** Wilcoxon's test over the bins, strata added up. */
function rankLogP({ bins, strata, all, cases }: BinCounts): number {
  let distance = 0;
  let variance = 0;
  for (let layer = 0; layer < strata; layer++) {
    let below = 0;
    let rankSum = 0;
    let ties = 0;
    let k = 0;
    for (let bin = 0; bin < bins; bin++) {
      const n = all[layer * bins + bin] ?? 0;
      const c = cases[layer * bins + bin] ?? 0;
      rankSum += c * (below + (n + 1) / 2);
      ties += n * n * n - n;
      below += n;
      k += c;
    }
    const others = below - k;
    if (k === 0 || others === 0) continue;
    distance += rankSum - (k * (below + 1)) / 2;
    variance += ((k * others) / 12) * (below + 1 - ties / (below * (below - 1)));
  }
  if (!(variance > 0)) return 0;
  return twoSidedNormalLogP(Math.max(0, Math.abs(distance) - 0.5) / Math.sqrt(variance));
}
