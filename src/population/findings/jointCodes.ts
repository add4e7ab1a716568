import type { CategoryColumn } from '../../shared/columnTable.js';

/** Tables of more entries than this are no faster than a map. */
const MOST_TABLED = 8_000_000;

/**
 * For each row a number for what several columns say together, no value being a value too: from 0, in the order in which rows first say so.
 * Column by column, since all their numbers multiplied could be more than a number holds.
 */
export function jointCodes(columns: readonly (CategoryColumn | undefined)[], rows: Int32Array): Int32Array {
  const joint = new Int32Array(rows.length);
  let size = 1;
  for (const column of columns) {
    if (column === undefined) continue;
    const width = column.values.length + 1;
    const numberOf = size * width <= MOST_TABLED ? tabled(size * width) : mapped();
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      const said = (joint[i] ?? 0) * width + (column.codes[rows[i] ?? 0] ?? -1) + 1;
      const number = numberOf(said, count);
      if (number === count) count++;
      joint[i] = number;
    }
    size = count;
  }
  return joint;
}

/** Gives what was given before, or the next number. */
type Numbering = (said: number, next: number) => number;

function tabled(size: number): Numbering {
  const numbers = new Int32Array(size).fill(-1);
  return (said, next) => {
    if (numbers[said] === -1) numbers[said] = next;
    return numbers[said] ?? next;
  };
}

function mapped(): Numbering {
  const numbers = new Map<number, number>();
  return (said, next) => {
    const known = numbers.get(said);
    if (known !== undefined) return known;
    numbers.set(said, next);
    return next;
  };
}
