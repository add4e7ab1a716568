import type { CategoryColumn } from '../../shared/columnTable.js';
import { valueCounts } from './valueCounts.js';

/** What lies between equal values is that value too this often, or the column does not hold still there. */
const MOSTLY = 0.9;
/**
 * Gaps are of a sort by how many equal values are on either side, at least so many: one is enough where a machine keeps what it has; where
 * what was rolled out bit by bit comes and goes for a while, one or two say nothing, and eight are met before and after only.
 */
const DEPTHS = [1, 2, 4, 8] as const;
/** Known values between equal ones, to judge a sort by. */
const FEWEST_BETWEEN = 30;
/** A column that is this nearly constant holds still anywhere. */
const NEARLY_CONSTANT = 0.95;
/** Gaps of fewer rows than this share are not worth the search. */
const WORTH = 0.005;
const MOST_PLACES = 4;

/**
 * A machine keeps its kernel and its release until it is given the next one, and a region the one that most of its machines have: where a
 * column holds still like that, a gap between equal values at one place is that value. Whether it does, by how many equal values are on
 * either side, is read off the values that are known between as many.
 *
 * @param places columns that say where (the machine, its rack, its region), the finest first; none is filled by itself
 * @param time by row, in milliseconds; NaN where unknown
 */
export function fillBetween(
  columns: readonly CategoryColumn[],
  places: readonly CategoryColumn[],
  time: Float64Array,
): readonly CategoryColumn[] {
  const used = places.slice(0, MOST_PLACES);
  const orders = new Map<CategoryColumn, Uint32Array>();
  let inTime: Uint32Array | undefined;
  return columns.map((column) => {
    if (used.some(({ name }) => name === column.name) || !isWorthFilling(column)) return column;
    let filled = column;
    for (const place of used) {
      inTime ??= byTime(time);
      const order = orders.get(place) ?? byPlace(place, inTime);
      orders.set(place, order);
      const known = knownInOrder(filled, place, order);
      const still = whereItHoldsStill(known);
      if (still.includes(true)) filled = filledIn(filled, known, order, still);
    }
    return filled;
  });
}

function isWorthFilling(column: CategoryColumn): boolean {
  const { known, most } = valueCounts(column);
  return column.codes.length - known >= WORTH * column.codes.length && most <= NEARLY_CONSTANT * known;
}

/** Rows whose time is known. */
function byTime(time: Float64Array): Uint32Array {
  const order = new Uint32Array(time.length).map((_, row) => row).filter((row) => !Number.isNaN(time[row] ?? NaN));
  return order.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0));
}

/** Of rows in the order of time those whose place is known, place by place: counted out, as sorting a large fleet again takes its time. */
function byPlace({ codes, values }: CategoryColumn, inTime: Uint32Array): Uint32Array {
  const next = new Uint32Array(values.length + 1);
  for (const row of inTime) {
    const code = codes[row] ?? -1;
    if (code >= 0) next[code + 1] = (next[code + 1] ?? 0) + 1;
  }
  for (let code = 1; code < next.length; code++) next[code] = (next[code] ?? 0) + (next[code - 1] ?? 0);
  const order = new Uint32Array(next[values.length] ?? 0);
  for (const row of inTime) {
    const code = codes[row] ?? -1;
    if (code < 0) continue;
    const at = next[code] ?? 0;
    order[at] = row;
    next[code] = at + 1;
  }
  return order;
}

/** The known values of a column, place by place in the order of time. */
interface Known {
  /** Where in the order. */
  readonly at: Int32Array;
  readonly place: Int32Array;
  readonly code: Int32Array;
  /** How many before it, itself too, have its place and its code without another between them; and how many behind it. */
  readonly before: Int32Array;
  readonly behind: Int32Array;
}

function knownInOrder({ codes }: CategoryColumn, { codes: places }: CategoryColumn, order: Uint32Array): Known {
  const at = new Int32Array(order.length)
    .map((_, index) => index)
    .filter((index) => (codes[order[index] ?? 0] ?? -1) >= 0);
  const place = at.map((index) => places[order[index] ?? 0] ?? -1);
  const code = at.map((index) => codes[order[index] ?? 0] ?? -1);
  const goesOn = (i: number) => i > 0 && i < at.length && place[i] === place[i - 1] && code[i] === code[i - 1];
  const before = new Int32Array(at.length);
  const behind = new Int32Array(at.length);
  for (let i = 0; i < at.length; i++) before[i] = goesOn(i) ? (before[i - 1] ?? 0) + 1 : 1;
  for (let i = at.length - 1; i >= 0; i--) behind[i] = goesOn(i + 1) ? (behind[i + 1] ?? 0) + 1 : 1;
  return { at, place, code, before, behind };
}

/** Of which sort of gap (a place in DEPTHS) what lies between two known values is; `undefined` where they differ, or their places do. */
function sortOf({ place, code, before, behind }: Known, first: number, second: number): number | undefined {
  if (place[first] !== place[second] || code[first] !== code[second]) return undefined;
  const depth = Math.min(before[first] ?? 0, behind[second] ?? 0);
  return DEPTHS.filter((least) => least <= depth).length - 1;
}

/** By sort of gap whether it is filled. A sort with few known values between is judged along with those of fewer equal values. */
function whereItHoldsStill(known: Known): boolean[] {
  const between = new Int32Array(DEPTHS.length);
  const same = new Int32Array(DEPTHS.length);
  for (let i = 1; i + 1 < known.at.length; i++) {
    const sort = sortOf(known, i - 1, i + 1);
    if (sort === undefined) continue;
    between[sort] = (between[sort] ?? 0) + 1;
    if (known.code[i] === known.code[i - 1]) same[sort] = (same[sort] ?? 0) + 1;
  }
  return DEPTHS.map((_, sort) => {
    let [seen, agreed] = [0, 0];
    for (let each = sort; each >= 0 && seen < FEWEST_BETWEEN; each--) {
      seen += between[each] ?? 0;
      agreed += same[each] ?? 0;
    }
    return seen >= FEWEST_BETWEEN && agreed >= MOSTLY * seen;
  });
}

function filledIn(column: CategoryColumn, known: Known, order: Uint32Array, still: readonly boolean[]): CategoryColumn {
  const codes = Int32Array.from(column.codes);
  for (let i = 1; i < known.at.length; i++) {
    const sort = sortOf(known, i - 1, i);
    if (sort === undefined || still[sort] !== true) continue;
    for (let index = (known.at[i - 1] ?? 0) + 1; index < (known.at[i] ?? 0); index++)
      codes[order[index] ?? 0] = known.code[i] ?? -1;
  }
  return { ...column, codes };
}
