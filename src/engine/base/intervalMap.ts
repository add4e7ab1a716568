/**
 * Half-open ranges [start, end) over 64-bit values, each with something attached, found by binary search. Where ranges overlap,
 * the one that starts last answers, of those that start together the one added last.
 */
export class IntervalMap<T> {
  readonly #entries: Interval<T>[] = [];
  /** Disjoint parts of the entries, ascending; the entries themselves where none overlap. */
  #parts: readonly Part<T>[] = [];
  #sorted = true;
  /** Index of the part found last: most lookups come in runs. */
  #last = 0;

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
    const last = this.#parts[this.#last];
    if (last !== undefined && point >= last.start && point < last.end) return last.entry;
    const index = lastStartingAtOrBefore(this.#parts, point);
    const part = this.#parts[index];
    if (part === undefined || point >= part.end) return undefined;
    this.#last = index;
    return part.entry;
  }

  /** The first range that starts after `point`: tells how far a hole reaches. */
  next(point: bigint): Interval<T> | undefined {
    this.#sort();
    return this.#entries[lastStartingAtOrBefore(this.#entries, point) + 1];
  }

  /** For a point that no range holds: the range that ends nearest below it. */
  previous(point: bigint): Interval<T> | undefined {
    this.#sort();
    return this.#parts[lastStartingAtOrBefore(this.#parts, point)]?.entry;
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#entries.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    this.#parts = partsOf(this.#entries);
    this.#last = 0;
    this.#sorted = true;
  }
}

export interface Interval<T> {
  readonly start: bigint;
  readonly end: bigint;
  readonly value: T;
}

/** Where one entry is the answer. */
interface Part<T> {
  readonly start: bigint;
  readonly end: bigint;
  readonly entry: Interval<T>;
}

/** At most two parts for each entry, however many overlap: a hostile file cannot make lookups slow. */
function partsOf<T>(entries: readonly Interval<T>[]): readonly Part<T>[] {
  const parts: Part<T>[] = [];
  /** Entries that reach over `from`, the one that answers there last. */
  const open: Interval<T>[] = [];
  let from = 0n;
  const closeUntil = (limit: bigint | undefined): void => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const end = limit !== undefined && limit < top.end ? limit : top.end;
      if (end > from) {
        parts.push({ start: from, end, entry: top });
        from = end;
      }
      if (top.end > end) return;
      open.pop();
    }
  };
  for (const entry of entries) {
    closeUntil(entry.start);
    from = entry.start;
    open.push(entry);
  }
  closeUntil(undefined);
  return parts;
}

function lastStartingAtOrBefore(sorted: readonly { readonly start: bigint }[], point: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = sorted[middle];
    if (entry !== undefined && entry.start <= point) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
