/**
 * Half-open address ranges, each with a number attached, for hundreds of thousands of them: typed arrays, built once. Addresses are
 * numbers; a link address above 2^53 is not found, and no user-space file has one.
 */
export class AddressIndex {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #values: Float64Array;
  /** Largest end of ranges 0..i: tells when no earlier range can reach an address. */
  readonly #reach: Float64Array;

  /** @param ranges triples of start, end and value, in any order; empty and inverted ones are left out */
  constructor(ranges: readonly number[]) {
    const rows: number[] = [];
    let sorted = true;
    let last = -1;
    for (let i = 0; i + 2 < ranges.length; i += 3) {
      const start = ranges[i] ?? 0;
      if (!((ranges[i + 1] ?? 0) > start && start <= Number.MAX_SAFE_INTEGER)) continue;
      rows.push(i);
      if (start < last) sorted = false;
      last = start;
    }
    if (!sorted) rows.sort((a, b) => (ranges[a] ?? 0) - (ranges[b] ?? 0) || a - b);
    this.#starts = Float64Array.from(rows, (row) => ranges[row] ?? 0);
    this.#ends = Float64Array.from(rows, (row) => ranges[row + 1] ?? 0);
    this.#values = Float64Array.from(rows, (row) => ranges[row + 2] ?? 0);
    let reach = 0;
    this.#reach = this.#ends.map((end) => (reach = Math.max(reach, end)));
  }

  get size(): number {
    return this.#starts.length;
  }

  get bytes(): number {
    return this.#starts.length * 32;
  }

  /**
   * The values of the ranges that hold `address`, the one that starts last first: the remains of discarded code start at 0 and come
   * behind what is really there. At most `most`.
   */
  find(address: number, most = 8): number[] {
    const found: number[] = [];
    for (let i = this.#lastAtOrBefore(address); i >= 0 && (this.#reach[i] ?? 0) > address; i--) {
      const value = this.#values[i];
      if (value !== undefined && (this.#ends[i] ?? 0) > address && !found.includes(value)) found.push(value);
      if (found.length >= most) break;
    }
    return found;
  }

  #lastAtOrBefore(address: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? Infinity) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
