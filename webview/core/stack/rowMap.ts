/** Which row of a list is which slot or heading, for any number of slots, in logarithmic time. */
export class RowMap<B extends { readonly slot: number }> {
  readonly lowest: number;
  readonly highest: number;
  readonly #bands: readonly B[];

  /** `bands` must be ordered by slot. */
  constructor(lowest: number, highest: number, bands: readonly B[]) {
    this.lowest = lowest;
    this.highest = highest;
    this.#bands = bands;
  }

  get count(): number {
    return Math.max(0, this.highest - this.lowest + 1) + this.#bands.length;
  }

  /** What row `row` is. */
  at(row: number): { readonly band: B } | { readonly slot: number } {
    // Band i stands in row (its slot - lowest) + i: the slots below it, and the bands before it.
    const before = this.#countWhere((band, index) => band.slot - this.lowest + index <= row);
    const last = this.#bands[before - 1];
    if (last && last.slot - this.lowest + before - 1 === row) return { band: last };
    return { slot: this.lowest + row - before };
  }

  /** The row of a slot. */
  rowOf(slot: number): number {
    return slot - this.lowest + this.#countWhere((band) => band.slot <= slot);
  }

  /** How many leading bands satisfy a condition that holds for a prefix of them. */
  #countWhere(holds: (band: B, index: number) => boolean): number {
    let low = 0;
    let high = this.#bands.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const band = this.#bands[middle];
      if (band && holds(band, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
