import type { Facet } from './facet.js';

/** How many filters can be on at once: one bit of a 32-bit word each. */
export const MOST_FILTERS = 32;

/**
 * Which rows pass all filters, and how many of each value do. Every row has one bit for each filter that it fails, so a change of one
 * filter touches one bit, and a facet is counted without its own filter by looking past its bit: choosing a value of a facet leaves
 * the others there to be chosen.
 */
export class Crossfilter {
  readonly rows: number;
  readonly #failed: Uint32Array;
  readonly #bits = new Map<string, number>();
  #passing: Uint32Array | undefined;
  #all: Uint32Array | undefined;

  constructor(rows: number) {
    this.rows = rows;
    this.#failed = new Uint32Array(rows);
  }

  /**
   * Lets only rows pass whose code `keep` holds a 1 for; `undefined` takes the filter called `id` away. Returns false where there are
   * as many filters as there can be.
   */
  filterCodes(id: string, codes: Facet['codes'], keep: Uint8Array | undefined): boolean {
    if (!keep) return this.clear(id);
    const bit = this.#bitOf(id);
    if (bit === undefined) return false;
    const fails = keep.map((kept) => 1 - kept);
    const failed = this.#failed;
    const others = ~(1 << bit);
    for (let row = 0; row < this.rows; row++)
      failed[row] = ((failed[row] ?? 0) & others) | ((fails[codes[row] ?? 0] ?? 0) << bit);
    return this.#changed();
  }

  /** Lets only rows pass with `from` <= value < `to`. */
  filterRange(id: string, values: Float64Array, range: readonly [from: number, to: number] | undefined): boolean {
    if (!range) return this.clear(id);
    const bit = this.#bitOf(id);
    if (bit === undefined) return false;
    const [from, to] = range;
    const failed = this.#failed;
    const own = 1 << bit;
    for (let row = 0; row < this.rows; row++) {
      const value = values[row] ?? NaN;
      failed[row] = value >= from && value < to ? (failed[row] ?? 0) & ~own : (failed[row] ?? 0) | own;
    }
    return this.#changed();
  }

  /** Lets only the given rows pass, 1 in `keep` for each. */
  filterRows(id: string, keep: Uint8Array | undefined): boolean {
    if (!keep) return this.clear(id);
    const bit = this.#bitOf(id);
    if (bit === undefined) return false;
    const failed = this.#failed;
    const others = ~(1 << bit);
    for (let row = 0; row < this.rows; row++)
      failed[row] = ((failed[row] ?? 0) & others) | ((1 - (keep[row] ?? 0)) << bit);
    return this.#changed();
  }

  /** Takes a filter away, where there is one. */
  clear(id: string): boolean {
    const bit = this.#bits.get(id);
    if (bit === undefined) return true;
    this.#bits.delete(id);
    const failed = this.#failed;
    if (this.#bits.size === 0) failed.fill(0);
    else for (let row = 0; row < this.rows; row++) failed[row] = (failed[row] ?? 0) & ~(1 << bit);
    return this.#changed();
  }

  has(id: string): boolean {
    return this.#bits.has(id);
  }

  /** The rows that pass, ascending. */
  passing(): Uint32Array {
    if (this.#passing) return this.#passing;
    if (this.#bits.size === 0) return (this.#passing = this.#all ??= everyRow(this.rows));
    const found = new Uint32Array(this.rows);
    let count = 0;
    for (let row = 0; row < this.rows; row++) if (this.#failed[row] === 0) found[count++] = row;
    return (this.#passing = found.subarray(0, count));
  }

  passes(row: number): boolean {
    return this.#failed[row] === 0;
  }

  /**
   * How many rows of each value and group pass all filters but the one called `id`: the count of value v in group g stands at
   * v * `groups.size` + g.
   */
  count(id: string, facet: Pick<Facet, 'codes' | 'size'>, groups: Pick<Facet, 'codes' | 'size'>): Uint32Array {
    const counts = new Uint32Array(facet.size * groups.size);
    const { codes } = facet;
    const { codes: groupCodes, size } = groups;
    const bit = this.#bits.get(id);
    if (bit === undefined) {
      const rows = this.passing();
      // Nothing is filtered, or nearly nothing: going through in order is kinder to the memory than through a list.
      if (rows.length === this.rows) {
        for (let row = 0; row < this.rows; row++) {
          const at = (codes[row] ?? 0) * size + (groupCodes[row] ?? 0);
          counts[at] = (counts[at] ?? 0) + 1;
        }
        return counts;
      }
      for (const row of rows) {
        const at = (codes[row] ?? 0) * size + (groupCodes[row] ?? 0);
        counts[at] = (counts[at] ?? 0) + 1;
      }
      return counts;
    }
    const own = ~(1 << bit);
    const failed = this.#failed;
    for (let row = 0; row < this.rows; row++) {
      if (((failed[row] ?? 0) & own) !== 0) continue;
      const at = (codes[row] ?? 0) * size + (groupCodes[row] ?? 0);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    return counts;
  }

  #changed(): true {
    this.#passing = undefined;
    return true;
  }

  #bitOf(id: string): number | undefined {
    const bit = this.#bits.get(id) ?? this.#freeBit();
    if (bit !== undefined) this.#bits.set(id, bit);
    return bit;
  }

  #freeBit(): number | undefined {
    const taken = new Set(this.#bits.values());
    for (let bit = 0; bit < MOST_FILTERS; bit++) if (!taken.has(bit)) return bit;
    return undefined;
  }
}

function everyRow(rows: number): Uint32Array {
  const all = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) all[row] = row;
  return all;
}
