/**
 * Half-open ranges [start, end) over 64-bit values, each with something attached, found by binary search. Where ranges overlap,
 * the one that starts last answers.
 */
export class IntervalMap<T> {
  readonly #entries: Interval<T>[] = [];
  #sorted = true;
  /** Largest end of entries 0..i, so that a lookup knows when no earlier range can reach. */
  #reach: bigint[] = [];

  /** Empty and inverted ranges are ignored. */
  add(start: bigint, end: bigint, value: T): void {
    if (end <= start) return;
    this.#entries.push({ start, end, value });
    this.#sorted = false;
  }

  get size(): number {
    return this.#entries.length;
  }

  /** In ascending order of start. */
  entries(): readonly Interval<T>[] {
    this.#sort();
    return this.#entries;
  }

  /** The range that holds `point`. */
  find(point: bigint): Interval<T> | undefined {
    this.#sort();
    for (let i = this.#lastStartingAtOrBefore(point); i >= 0; i--) {
      const entry = this.#entries[i];
      if (entry === undefined || (this.#reach[i] ?? 0n) <= point) return undefined;
      if (entry.end > point) return entry;
    }
    return undefined;
  }

  /** The first range that starts after `point`: tells how far a hole reaches. */
  next(point: bigint): Interval<T> | undefined {
    this.#sort();
    return this.#entries[this.#lastStartingAtOrBefore(point) + 1];
  }

  /** The nearest range that ends at or before `point`. */
  previous(point: bigint): Interval<T> | undefined {
    this.#sort();
    for (let i = this.#lastStartingAtOrBefore(point); i >= 0; i--) {
      const entry = this.#entries[i];
      if (entry !== undefined && entry.end <= point) return entry;
    }
    return undefined;
  }

  #lastStartingAtOrBefore(point: bigint): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && entry.start <= point) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#entries.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    let reach = 0n;
    this.#reach = this.#entries.map((entry) => (reach = entry.end > reach ? entry.end : reach));
    this.#sorted = true;
  }
}

export interface Interval<T> {
  readonly start: bigint;
  readonly end: bigint;
  readonly value: T;
}
