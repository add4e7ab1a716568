import type { Codes, TableColumn } from './table.js';

/** All rows in ascending order of a column, equal ones as they stand in the table, those without a value last. */
export function orderOf(column: TableColumn): Uint32Array {
  return column.type === 'texts' ? byCode(column.codes, column.dictionary.size + 1) : byNumber(column.values);
}

/** A counting sort: one pass to count, one to place. */
function byCode(codes: Codes, size: number): Uint32Array {
  const starts = new Uint32Array(size + 1);
  for (const code of codes) starts[code] = (starts[code] ?? 0) + 1;
  // No value, code 0, comes after all others.
  let next = 0;
  for (let code = 1; code <= size; code++) {
    const place = code === size ? 0 : code;
    const count = starts[place] ?? 0;
    starts[place] = next;
    next += count;
  }
  const order = new Uint32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    const at = starts[code] ?? 0;
    order[at] = row;
    starts[code] = at + 1;
  }
  return order;
}

const DIGIT = 11;
const VALUES = 1 << DIGIT;
const SIGN = 0x80000000;

/** A radix sort over the bits of the numbers: linear, where a comparison sort of a million takes the better part of a second. */
function byNumber(values: Float64Array): Uint32Array {
  const count = values.length;
  let keys = sortableKeys(values);
  let order = new Uint32Array(count);
  for (let row = 0; row < count; row++) order[row] = row;
  let nextKeys: Keys = { high: new Uint32Array(count), low: new Uint32Array(count) };
  let nextOrder = new Uint32Array(count);
  for (const [word, shift] of [
    ['low', 0],
    ['low', DIGIT],
    ['low', 2 * DIGIT],
    ['high', 0],
    ['high', DIGIT],
    ['high', 2 * DIGIT],
  ] as const) {
    const digits = keys[word];
    const starts = startsOf(digits, shift);
    // All numbers agree here, as round times and small counts do in most of their bits.
    if (!starts) continue;
    for (let at = 0; at < count; at++) {
      const digit = ((digits[at] ?? 0) >>> shift) & (VALUES - 1);
      const to = starts[digit] ?? 0;
      starts[digit] = to + 1;
      nextKeys.high[to] = keys.high[at] ?? 0;
      nextKeys.low[to] = keys.low[at] ?? 0;
      nextOrder[to] = order[at] ?? 0;
    }
    [keys, nextKeys] = [nextKeys, keys];
    [order, nextOrder] = [nextOrder, order];
  }
  return order;
}

interface Keys {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** The numbers as 64-bit words that compare as they do, NaN above all. */
function sortableKeys(values: Float64Array): Keys {
  const words = new Uint32Array(values.slice().buffer);
  const high = new Uint32Array(values.length);
  const low = new Uint32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const top = words[row * 2 + 1] ?? 0;
    const bottom = words[row * 2] ?? 0;
    if (Number.isNaN(values[row])) {
      high[row] = 0xffffffff;
      low[row] = 0xffffffff;
    } else if (top >= SIGN) {
      // Of negative numbers the bits ascend as the values descend.
      high[row] = ~top;
      low[row] = ~bottom;
    } else {
      high[row] = top | SIGN;
      low[row] = bottom;
    }
  }
  return { high, low };
}

/** Where each digit's numbers begin; `undefined` where all have the same digit. */
function startsOf(digits: Uint32Array, shift: number): Uint32Array | undefined {
  const starts = new Uint32Array(VALUES);
  for (let at = 0; at < digits.length; at++) {
    const digit = ((digits[at] ?? 0) >>> shift) & (VALUES - 1);
    starts[digit] = (starts[digit] ?? 0) + 1;
  }
  if (starts.includes(digits.length)) return undefined;
  let next = 0;
  for (let digit = 0; digit < VALUES; digit++) {
    const held = starts[digit] ?? 0;
    starts[digit] = next;
    next += held;
  }
  return starts;
}
