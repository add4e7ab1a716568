/**
 * A bounded reader over bytes in one byte order. Every read checks its bounds and throws `FormatError`, which only decoders catch:
 * they return what they had read so far plus a diagnostic.
 */
export class ByteCursor {
  readonly #view: DataView;
  #position: number;

  /**
   * @param bytes what may be read, and nothing outside it
   * @param origin file offset or address of `bytes[0]`, used in error messages only
   */
  constructor(
    readonly bytes: Uint8Array,
    readonly littleEndian = true,
    readonly origin = 0n,
    start = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.bytes.length - this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.bytes.length;
  }

  seek(position: number): this {
    if (!(position >= 0 && position <= this.bytes.length)) throw this.#error(`seek to ${position}`);
    this.#position = position;
    return this;
  }

  skip(count: number): this {
    return this.seek(this.#position + count);
  }

  /** Moves forward to the next multiple of `alignment`, counted from the first byte. */
  align(alignment: number): this {
    const over = this.#position % alignment;
    return over === 0 ? this : this.skip(Math.min(alignment - over, this.remaining));
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), this.littleEndian);
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2), this.littleEndian);
  }

  u24(): number {
    const at = this.#take(3);
    const [a, b, c] = [this.#view.getUint8(at), this.#view.getUint8(at + 1), this.#view.getUint8(at + 2)];
    return this.littleEndian ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), this.littleEndian);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), this.littleEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), this.littleEndian);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), this.littleEndian);
  }

  /** An unsigned word of 4 or 8 bytes. */
  word(size: 4 | 8): bigint {
    return size === 8 ? this.u64() : BigInt(this.u32());
  }

  /** DWARF 5 §7.6 unsigned LEB128; more than ten bytes is an error. */
  uleb(): bigint {
    let result = 0n;
    let small = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.u8();
      // The first four groups fit a 32-bit integer: bigint only where it is needed.
      if (shift < 28) small |= (byte & 0x7f) << shift;
      else result |= BigInt(byte & 0x7f) << BigInt(shift);
      if ((byte & 0x80) === 0) return BigInt.asUintN(64, result | BigInt(small));
    }
    throw this.#error('unsigned LEB128 of more than ten bytes');
  }

  /** DWARF 5 §7.6 signed LEB128; more than ten bytes is an error. */
  sleb(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.u8();
      result |= BigInt(byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return BigInt.asIntN(64, (byte & 0x40) !== 0 ? result - (1n << (shift + 7n)) : result);
    }
    throw this.#error('signed LEB128 of more than ten bytes');
  }

  /** Unsigned LEB128 as a number; a value that is not a safe integer is an error. */
  ulebNumber(): number {
    const value = this.uleb();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#error('LEB128 value out of range');
    return Number(value);
  }

  /** A view, not a copy. */
  take(count: number): Uint8Array {
    const at = this.#take(count);
    return this.bytes.subarray(at, at + count);
  }

  /** The bytes up to a NUL, which is consumed but not returned; without a NUL, an error. */
  cString(): Uint8Array {
    const end = this.bytes.indexOf(0, this.#position);
    if (end < 0) throw this.#error('string without an end');
    const text = this.bytes.subarray(this.#position, end);
    this.#position = end + 1;
    return text;
  }

  /** A cursor of its own over the next `count` bytes, which this one skips. */
  sub(count: number): ByteCursor {
    const origin = this.origin + BigInt(this.#position);
    return new ByteCursor(this.take(count), this.littleEndian, origin);
  }

  #take(count: number): number {
    const at = this.#position;
    if (!(count >= 0 && at + count <= this.bytes.length))
      throw this.#error(`${count} bytes wanted, ${this.remaining} left`);
    this.#position = at + count;
    return at;
  }

  #error(what: string): FormatError {
    return new FormatError('out-of-bounds', what, this.origin + BigInt(this.#position));
  }
}

/** The one error decoders throw and catch among themselves; it never passes the engine's door. */
export class FormatError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly offset?: bigint,
  ) {
    super(offset === undefined ? message : `${message} at 0x${offset.toString(16)}`);
    this.name = 'FormatError';
  }
}
