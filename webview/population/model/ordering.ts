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

const DIGIT = 16;
const VALUES = 1 << DIGIT;
const SIGN = 0x80000000;

/** A radix sort over the bits of the numbers: linear, where a comparison sort of a million takes the better part of a second. */
function byNumber(values: Float64Array): Uint32Array {
  const count = values.length;
  const words = new Uint32Array(count * 2);
  new Float64Array(words.buffer).set(values);
  for (let row = 0; row < count; row++) {
    const high = words[row * 2 + 1] ?? 0;
    if (Number.isNaN(values[row])) {
      words[row * 2] = 0xffffffff;
      words[row * 2 + 1] = 0xffffffff;
    } else if (high >= SIGN) {
      // Of negative numbers the bits descend as the values ascend; minus zero sorts just below zero.
      words[row * 2] = ~(words[row * 2] ?? 0);
      words[row * 2 + 1] = ~high;
    } else words[row * 2 + 1] = high | SIGN;
  }
  let order = new Uint32Array(count);
  for (let row = 0; row < count; row++) order[row] = row;
  let sorted = new Uint32Array(count);
  for (let digit = 0; digit < 4; digit++) {
    const word = digit >> 1;
    const shift = (digit & 1) * DIGIT;
    const starts = new Uint32Array(VALUES);
    for (let row = 0; row < count; row++) {
      const key = ((words[row * 2 + word] ?? 0) >>> shift) & (VALUES - 1);
      starts[key] = (starts[key] ?? 0) + 1;
    }
    let next = 0;
    for (let key = 0; key < VALUES; key++) {
      const held = starts[key] ?? 0;
      starts[key] = next;
      next += held;
    }
    for (const row of order) {
      const key = ((words[row * 2 + word] ?? 0) >>> shift) & (VALUES - 1);
      const at = starts[key] ?? 0;
      sorted[at] = row;
      starts[key] = at + 1;
    }
    [order, sorted] = [sorted, order];
  }
  return order;
}
