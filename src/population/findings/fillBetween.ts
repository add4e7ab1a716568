import type { CategoryColumn } from '../../shared/columnTable.js';
import { valueCounts } from './valueCounts.js';

/** What lies between two equal values is that value too this often, or the column does not hold still. */
const ALWAYS = 0.995;
/** Known values between two equal ones, to judge by. */
const FEWEST_BETWEEN = 30;
/** A column that is this nearly constant holds still anywhere. */
const NEARLY_CONSTANT = 0.95;
/** Gaps of fewer rows than this share are not worth the search. */
const WORTH = 0.005;
const MOST_PLACES = 4;

/**
 * A machine keeps its kernel and its release until it is given the next one: where a column holds still like that, a gap between two equal
 * values at one place is that value. Whether it does is read off the values that are known between two equal ones.
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
  return columns.map((column) => {
    if (used.some(({ name }) => name === column.name) || !isWorthFilling(column)) return column;
    let filled = column;
    for (const place of used) {
      const order = orders.get(place) ?? byPlaceAndTime(place, time);
      orders.set(place, order);
      if (holdsStill(filled, place, order)) filled = filledIn(filled, place, order);
    }
    return filled;
  });
}

function isWorthFilling(column: CategoryColumn): boolean {
  const { known, most } = valueCounts(column);
  return column.codes.length - known >= WORTH * column.codes.length && most <= NEARLY_CONSTANT * known;
}

/** Rows whose place and time are known. */
function byPlaceAndTime({ codes }: CategoryColumn, time: Float64Array): Uint32Array {
  const order = Uint32Array.from(codes, (_, row) => row).filter(
    (row) => (codes[row] ?? -1) >= 0 && !Number.isNaN(time[row] ?? NaN),
  );
  return order.sort((a, b) => (codes[a] ?? 0) - (codes[b] ?? 0) || (time[a] ?? 0) - (time[b] ?? 0));
}

function holdsStill({ codes }: CategoryColumn, place: CategoryColumn, order: Uint32Array): boolean {
  let between = 0;
  let same = 0;
  let at = -1;
  let first = -1;
  let second = -1;
  for (const row of order) {
    const here = place.codes[row] ?? -1;
    const code = codes[row] ?? -1;
    if (here !== at) {
      at = here;
      first = -1;
      second = -1;
    }
    if (code < 0) continue;
    if (first >= 0 && first === code) {
      between++;
      if (second === code) same++;
    }
    first = second;
    second = code;
  }
  return between >= FEWEST_BETWEEN && same >= ALWAYS * between;
}

function filledIn(column: CategoryColumn, place: CategoryColumn, order: Uint32Array): CategoryColumn {
  const codes = Int32Array.from(column.codes);
  let at = -1;
  let last = -1;
  let since = 0;
  order.forEach((row, index) => {
    const here = place.codes[row] ?? -1;
    const code = column.codes[row] ?? -1;
    if (here !== at) {
      at = here;
      last = -1;
    }
    if (code < 0) return;
    if (code === last) for (let i = since + 1; i < index; i++) codes[order[i] ?? 0] = code;
    last = code;
    since = index;
  });
  return { ...column, codes };
}
