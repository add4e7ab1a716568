/** Little-endian bytes being put together by hand, for sections of DWARF. */
export class DwarfBytes {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  u8(...values: number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff);
    return this;
  }

  u16(value: number): this {
    return this.u8(value, value >> 8);
  }

  u32(value: number): this {
    return this.u8(value, value >> 8, value >> 16, value >> 24);
  }

  u64(value: bigint): this {
    for (let i = 0n; i < 8n; i++) this.u8(Number((value >> (i * 8n)) & 0xffn));
    return this;
  }

  uleb(value: number | bigint): this {
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      this.u8(rest === 0n ? low : low | 0x80);
    } while (rest !== 0n);
    return this;
  }

  sleb(value: number | bigint): this {
    let rest = BigInt(value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
      this.u8(done ? low : low | 0x80);
      if (done) return this;
    }
  }

  text(value: string): this {
    return this.u8(...new TextEncoder().encode(value), 0);
  }

  append(other: DwarfBytes | Uint8Array | readonly number[]): this {
    for (const byte of other instanceof DwarfBytes ? other.#bytes : other) this.#bytes.push(byte);
    return this;
  }

  /** Overwrites four bytes written before. */
  patch32(at: number, value: number): this {
    for (let i = 0; i < 4; i++) this.#bytes[at + i] = (value >> (8 * i)) & 0xff;
    return this;
  }

  /** A 32-bit length, then what `write` adds, padded to a multiple of `alignment` with zeros. */
  sized(write: (body: DwarfBytes) => void, alignment = 1): this {
    const body = new DwarfBytes();
    write(body);
    while ((body.length + 4) % alignment !== 0) body.u8(0);
    return this.u32(body.length).append(body);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}
