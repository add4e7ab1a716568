import type { CategoryColumn } from '../../shared/columnTable.js';

/** Whether two crashes agree in what is known of both, and how often unrelated crashes of one machine do. */
export interface Agreement {
  readonly agree: (crash: number, other: number) => boolean;
  /** Above 0, at most 1. */
  readonly byChance: number;
}

/** Of so many columns one may differ: what a process counts or draws anew. */
const ONE_IN = 8;
const FEWEST_PAIRS = 30;

/**
 * A crash that comes back is the same program again: service, release and tenant are what they were. How often crashes agree that have
 * nothing to do with each other is taken from neighbours of one machine that crashed in different ways.
 *
 * @param crashes rows of the table
 * @param key of each crash: node and signature; -1 where unknown
 * @param order crashes with a known node, by node and time
 */
export function agreementOf(
  columns: readonly CategoryColumn[],
  crashes: Int32Array,
  key: Int32Array,
  node: (crash: number) => number,
  order: ArrayLike<number>,
): Agreement {
  const codes = columns.map((column) => column.codes);
  const agree = (crash: number, other: number): boolean => {
    const row = crashes[crash] ?? 0;
    const otherRow = crashes[other] ?? 0;
    let known = 0;
    let differing = 0;
    for (const column of codes) {
      const a = column[row] ?? -1;
      const b = column[otherRow] ?? -1;
      if (a < 0 || b < 0) continue;
      known++;
      if (a !== b && ++differing * ONE_IN > codes.length) return false;
    }
    return known > 0 && differing * ONE_IN <= known;
  };
  let pairs = 0;
  let agreeing = 0;
  for (let i = 1; i < order.length; i++) {
    const crash = order[i] ?? 0;
    const before = order[i - 1] ?? 0;
    if (node(crash) !== node(before) || key[crash] === key[before]) continue;
    pairs++;
    if (agree(crash, before)) agreeing++;
  }
  return { agree, byChance: pairs < FEWEST_PAIRS ? 1 : (agreeing + 1) / (pairs + 1) };
}
