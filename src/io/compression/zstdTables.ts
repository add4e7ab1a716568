/** A table of finite state entropy coding (RFC 8878, 4.1): what each state means and how to get to the next. */
export interface FseTable {
  readonly accuracy: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** Thrown inside the decoder only. */
export class ZstdDamage extends Error {}

export function damaged(what: string): never {
  throw new ZstdDamage(what);
}

/** Spreads the symbols over the table; a probability of -1 stands for less than one. */
export function fseTable(probabilities: readonly number[], accuracy: number): FseTable {
  const size = 1 << accuracy;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(probabilities.length);
  let high = size - 1;
  probabilities.forEach((probability, symbol) => {
    next[symbol] = Math.abs(probability);
    if (probability === -1) symbols[high--] = symbol;
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let place = 0;
  probabilities.forEach((probability, symbol) => {
    for (let i = 0; i < probability; i++) {
      symbols[place] = symbol;
      do place = (place + step) & (size - 1);
      while (place > high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] as number;
    const count = next[symbol] as number;
    next[symbol] = count + 1;
    const width = accuracy - (31 - Math.clz32(count));
    bits[state] = width;
    bases[state] = (count << width) - size;
  }
  return { accuracy, symbols, bits, bases };
}

/** The table of a single symbol. */
export function singleTable(symbol: number): FseTable {
  return { accuracy: 0, symbols: Uint8Array.of(symbol), bits: new Uint8Array(1), bases: new Uint16Array(1) };
}

/** Reads the description of a table; the bytes it takes come with it. */
export function readFseTable(
  bytes: Uint8Array,
  most: { readonly accuracy: number; readonly symbol: number },
): { readonly table: FseTable; readonly length: number } {
  let bit = 0;
  const peek = (count: number): number => {
    let value = 0;
    for (let i = 0; i < 3; i++) value |= (bytes[(bit >> 3) + i] ?? 0) << (8 * i);
    return (value >> (bit & 7)) & ((1 << count) - 1);
  };
  const accuracy = peek(4) + 5;
  bit = 4;
  if (accuracy > most.accuracy) damaged('a table that is too large');
  const probabilities: number[] = [];
  let left = (1 << accuracy) + 1;
  while (left > 1 && probabilities.length <= most.symbol) {
    const width = 32 - Math.clz32(left);
    const short = (1 << width) - 1 - left;
    let value = peek(width - 1);
    if (value < short) bit += width - 1;
    else {
      value = peek(width);
      bit += width;
      if (value >= 1 << (width - 1)) value -= short;
    }
    const probability = value - 1;
    left -= Math.abs(probability);
    probabilities.push(probability);
    for (let zeros = probability === 0 ? 3 : 0; zeros === 3;) {
      zeros = peek(2);
      bit += 2;
      for (let i = 0; i < zeros; i++) probabilities.push(0);
      if (probabilities.length > most.symbol + 1) break;
    }
  }
  const length = (bit + 7) >> 3;
  if (left !== 1 || probabilities.length > most.symbol + 1 || length > bytes.length) damaged('a broken table');
  return { table: fseTable(probabilities, accuracy), length };
}

/** Bits read from the end of a run of bytes to its start; missing ones are zero and counted. */
export class BackwardBits {
  /** Bits left; negative when more were taken than there are. */
  left: number;

  constructor(private readonly bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0;
    if (last === 0) damaged('a run of bits without an end');
    // The highest bit that is set marks the end.
    this.left = 8 * bytes.length - 8 + (31 - Math.clz32(last));
  }

  /** Up to 24 bits. */
  take(count: number): number {
    const from = (this.left -= count);
    if (from < 0) return this.#at(from, count);
    const { bytes } = this;
    const byte = from >> 3;
    // Behind the last byte lies nothing, which counts as zero.
    const value =
      (bytes[byte] as number) |
      ((bytes[byte + 1] as number) << 8) |
      ((bytes[byte + 2] as number) << 16) |
      ((bytes[byte + 3] as number) << 24);
    return (value >>> (from & 7)) & ((1 << count) - 1);
  }

  /** Up to 31 bits. */
  takeLong(count: number): number {
    if (count <= 24) return this.take(count);
    const high = this.take(count - 16);
    return high * 65536 + this.take(16);
  }

  #at(from: number, count: number): number {
    const { bytes } = this;
    if (from >= 0) {
      const byte = from >> 3;
      const value =
        (bytes[byte] as number) |
        ((bytes[byte + 1] ?? 0) << 8) |
        ((bytes[byte + 2] ?? 0) << 16) |
        ((bytes[byte + 3] ?? 0) << 24);
      return (value >>> (from & 7)) & ((1 << count) - 1);
    }
    const have = count + from;
    return have <= 0 ? 0 : this.#at(0, have) << -from;
  }
}
