import { HexIndex } from './hexIndex.js';

/** A set of numbers of 64 bits, written as 16 hexadecimal digits. */
export class HexSet {
  readonly #numbers = new HexIndex();

  get size(): number {
    return this.#numbers.size;
  }

  has(digits: string): boolean {
    return this.#numbers.get(digits) !== undefined;
  }

  /** @returns whether it was not there yet */
  add(digits: string): boolean {
    const { size } = this.#numbers;
    return this.#numbers.add(digits) === size;
  }
}
