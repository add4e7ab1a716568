/** A set of numbers of 64 bits, written as 16 hexadecimal digits: 8 to 16 bytes each, whatever the number of them. */
export class HexSet {
  #high = new Uint32Array(1 << 10);
  #low = new Uint32Array(1 << 10);
  #count = 0;
  /** Zero marks a free place, so it is kept apart. */
  #zero = false;

  has(digits: string): boolean {
    const high = parseInt(digits.slice(0, 8), 16);
    const low = parseInt(digits.slice(8, 16), 16);
    if (high === 0 && low === 0) return this.#zero;
    const at = this.#place(high, low);
    return this.#high[at] === high && this.#low[at] === low;
  }

  /** @returns whether it was not there yet */
  add(digits: string): boolean {
    const high = parseInt(digits.slice(0, 8), 16);
    const low = parseInt(digits.slice(8, 16), 16);
    if (high === 0 && low === 0) {
      const fresh = !this.#zero;
      this.#zero = true;
      return fresh;
    }
    const at = this.#place(high, low);
    if (this.#high[at] === high && this.#low[at] === low) return false;
    this.#high[at] = high;
    this.#low[at] = low;
    if (++this.#count > this.#high.length * FULL) this.#grow();
    return true;
  }

  #place(high: number, low: number): number {
    const mask = this.#high.length - 1;
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    while ((this.#high[at] !== 0 || this.#low[at] !== 0) && (this.#high[at] !== high || this.#low[at] !== low))
      at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [highs, lows] = [this.#high, this.#low];
    this.#high = new Uint32Array(2 * highs.length);
    this.#low = new Uint32Array(2 * highs.length);
    for (let i = 0; i < highs.length; i++) {
      const [high = 0, low = 0] = [highs[i], lows[i]];
      if (high === 0 && low === 0) continue;
      const at = this.#place(high, low);
      this.#high[at] = high;
      this.#low[at] = low;
    }
  }
}

/** How full the table may be before it is doubled. */
const FULL = 0.75;
