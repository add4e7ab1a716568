/** Numbers of 64 bits, written as 16 hexadecimal digits, in the order they came: 13 to 27 bytes each, whatever the number of them. */
export class HexIndex {
  #high = new Uint32Array(FIRST);
  #low = new Uint32Array(FIRST);
  /** For each place one more than the number that lies there; 0 where it is free. */
  #places = new Uint32Array(2 * FIRST);
  size = 0;

  /** The how-manieth it was, from 0. */
  get(digits: string): number | undefined {
    const number = this.#places[this.#placeOf(highOf(digits), lowOf(digits))] ?? 0;
    return number === 0 ? undefined : number - 1;
  }

  /** The same, after it was added unless it is there. */
  add(digits: string): number {
    const [high, low] = [highOf(digits), lowOf(digits)];
    const place = this.#placeOf(high, low);
    const known = this.#places[place] ?? 0;
    if (known !== 0) return known - 1;
    if (this.size === this.#high.length) this.#grow();
    this.#high[this.size] = high;
    this.#low[this.size] = low;
    this.#places[place] = ++this.size;
    if (this.size > this.#places.length * FULL) this.#spread();
    return this.size - 1;
  }

  #placeOf(high: number, low: number): number {
    const mask = this.#places.length - 1;
    let at = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    for (;;) {
      const number = this.#places[at] ?? 0;
      if (number === 0 || (this.#high[number - 1] === high && this.#low[number - 1] === low)) return at;
      at = (at + 1) & mask;
    }
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(2 * high.length);
    this.#high.set(high);
    this.#low = new Uint32Array(2 * low.length);
    this.#low.set(low);
  }

  #spread(): void {
    this.#places = new Uint32Array(2 * this.#places.length);
    for (let number = 0; number < this.size; number++)
      this.#places[this.#placeOf(this.#high[number] ?? 0, this.#low[number] ?? 0)] = number + 1;
  }
}

const FIRST = 1 << 10;
/** How full the places may be before there are twice as many. */
const FULL = 0.75;

function highOf(digits: string): number {
  return parseInt(digits.slice(0, 8), 16) >>> 0;
}

function lowOf(digits: string): number {
  return parseInt(digits.slice(8, 16), 16) >>> 0;
}
