import { twoSidedNormalLogP } from './normal.js';

export interface RankTest {
  /** ln p, two-sided. */
  readonly logP: number;
  /** Cliff's delta: P(case > other) - P(case < other), -1 to 1. */
  readonly delta: number;
}

/** Wilcoxon, Mann and Whitney's test with midranks for ties and continuity correction. Values without NaN. */
export function rankTest(cases: ArrayLike<number>, others: ArrayLike<number>): RankTest {
  const n = cases.length;
  const m = others.length;
  const all = n + m;
  if (n === 0 || m === 0) return { logP: 0, delta: 0 };
  const values = new Float64Array(all);
  for (let i = 0; i < n; i++) values[i] = cases[i] ?? NaN;
  for (let i = 0; i < m; i++) values[n + i] = others[i] ?? NaN;
  const order = new Uint32Array(all);
  for (let i = 0; i < all; i++) order[i] = i;
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all;) {
    let to = from;
    let casesHere = 0;
    while (to < all && values[order[to] ?? 0] === values[order[from] ?? 0]) {
      if ((order[to] ?? 0) < n) casesHere++;
      to++;
    }
    const tied = to - from;
    rankSum += casesHere * ((from + to + 1) / 2);
    ties += tied * tied * tied - tied;
    from = to;
  }
  const u = rankSum - (n * (n + 1)) / 2;
  const variance = ((n * m) / 12) * (all + 1 - ties / (all * (all - 1)));
  const delta = (2 * u) / (n * m) - 1;
  if (!(variance > 0)) return { logP: 0, delta: 0 };
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return { logP: twoSidedNormalLogP(distance / Math.sqrt(variance)), delta };
}
