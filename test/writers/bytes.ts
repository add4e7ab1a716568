/** Bytes being put together, in either byte order. */
export class Bytes {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(readonly littleEndian = true) {}

  get length(): number {
    return this.#length;
  }

  u8(...values: readonly number[]): this {
    for (const value of values) this.#bytes[this.#room(1)] = value;
    return this;
  }

  u16(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.#room(2);
      this.#view.setUint16(at, value, this.littleEndian);
    }
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) {
      const at = this.#room(4);
      this.#view.setUint32(at, value, this.littleEndian);
    }
    return this;
  }

  u64(...values: readonly bigint[]): this {
    for (const value of values) {
      const at = this.#room(8);
      this.#view.setBigUint64(at, BigInt.asUintN(64, value), this.littleEndian);
    }
    return this;
  }

  /** Words of 4 or 8 bytes. */
  word(size: 4 | 8, ...values: readonly (bigint | number)[]): this {
    for (const value of values) {
      if (size === 8) this.u64(BigInt(value));
      else this.u32(Number(BigInt.asUintN(32, BigInt(value))));
    }
    return this;
  }

  append(other: ArrayLike<number>): this {
    const at = this.#room(other.length);
    this.#bytes.set(other, at);
    return this;
  }

  /** UTF-8, with a NUL behind it. */
  text(value: string): this {
    return this.append(new TextEncoder().encode(value)).u8(0);
  }

  /** A field of `size` bytes: what of the text fits, then zeros. */
  field(value: string, size: number): this {
    const bytes = new Uint8Array(size);
    bytes.set(new TextEncoder().encode(value).subarray(0, size));
    return this.append(bytes);
  }

  zeros(count: number): this {
    this.#room(count);
    return this;
  }

  /** Zeros up to an offset. */
  upTo(offset: number): this {
    if (offset < this.#length) throw new Error(`already at ${this.#length}, behind ${offset}`);
    return this.zeros(offset - this.#length);
  }

  /** Zeros up to a multiple. */
  align(alignment: number): this {
    return this.upTo(Math.ceil(this.#length / alignment) * alignment);
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

/** Little-endian 64-bit words one after another. */
export function words(...values: readonly bigint[]): Uint8Array {
  return new Bytes().u64(...values).bytes();
}

/** Bytes written as hex digits, spaces between them or not. */
export function hexToBytes(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
