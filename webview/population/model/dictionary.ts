/** The texts of a column in ascending order, decoded when they are first asked for: of a million sources a screenful is read. */
export class Dictionary {
  readonly size: number;
  readonly #ends: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #decoded: (string | undefined)[] = [];
  readonly #decoder = new TextDecoder();
  #codes: Map<string, number> | undefined;

  constructor(ends: Uint32Array, bytes: Uint8Array) {
    this.size = ends.length;
    this.#ends = ends;
    this.#bytes = bytes;
  }

  /** The text of a code from 1 to `size`; empty for 0, which stands for no value. */
  text(code: number): string {
    if (code < 1 || code > this.size) return '';
    return (this.#decoded[code] ??= this.#decoder.decode(
      this.#bytes.subarray(this.#start(code), this.#ends[code - 1]),
    ));
  }

  /** The code of a text; `undefined` where no row has it. */
  codeOf(text: string): number | undefined {
    if (!this.#codes) {
      this.#codes = new Map();
      for (let code = 1; code <= this.size; code++) this.#codes.set(this.text(code), code);
    }
    return this.#codes.get(text);
  }

  /** For each code, 1 where its text holds `needle`, letters of ASCII without their case. */
  holding(needle: string): Uint8Array {
    const held = new Uint8Array(this.size + 1);
    const wanted = new TextEncoder().encode(needle).map(lower);
    const [first] = wanted;
    if (first === undefined) return held.fill(1);
    const bytes = this.#bytes;
    const last = wanted.length - 1;
    let code = 1;
    let end = this.#ends[0] ?? 0;
    for (let at = 0; at + last < bytes.length; at++) {
      if (lower(bytes[at] ?? 0) !== first) continue;
      let same = 1;
      while (same <= last && lower(bytes[at + same] ?? 0) === wanted[same]) same++;
      if (same <= last) continue;
      while (end <= at) end = this.#ends[code++] ?? Infinity;
      // What is found across the border of two texts is in neither.
      if (at + last >= end) continue;
      held[code] = 1;
      // The rest of this text tells nothing more.
      at = end - 1;
    }
    return held;
  }

  #start(code: number): number {
    return code < 2 ? 0 : (this.#ends[code - 2] ?? 0);
  }
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
