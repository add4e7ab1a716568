/** Bytes that are chosen in a dump: from an anchor to a head, both included, in either direction. */
export class ByteSelection {
  #anchor: bigint;
  #head: bigint;

  constructor(at: bigint) {
    this.#anchor = at;
    this.#head = at;
  }

  get head(): bigint {
    return this.#head;
  }

  /** Lowest address, and how many bytes. */
  get start(): bigint {
    return this.#anchor < this.#head ? this.#anchor : this.#head;
  }

  get length(): number {
    const distance = this.#head - this.#anchor;
    return Number(distance < 0n ? -distance : distance) + 1;
  }

  /** Moves the head; without `extend` the anchor goes with it. */
  moveTo(head: bigint, extend: boolean): void {
    this.#head = head < 0n ? 0n : head > LAST ? LAST : head;
    if (!extend) this.#anchor = this.#head;
  }

  /** Makes the selection whole elements of `size` bytes: within a word the order of the digits is not that of the bytes. */
  snapped(size: number): { readonly start: bigint; readonly length: number } {
    const unit = BigInt(size);
    const start = this.start - (this.start % unit);
    const last = this.start + BigInt(this.length) - 1n;
    const end = last - (last % unit) + unit;
    return { start, length: Number(end - start) };
  }
}

const LAST = 2n ** 64n - 1n;
