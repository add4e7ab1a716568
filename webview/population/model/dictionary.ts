/** The texts of a column in ascending order, decoded when they are first asked for: of a million sources a screenful is read. */
export class Dictionary {
  readonly size: number;
  readonly #ends: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #decoded: (string | undefined)[] = [];
  readonly #decoder = new TextDecoder();
  #codes: Map<string, number> | undefined;
  #folded: string | undefined;

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
    if (needle === '') return held.fill(1);
    const wanted = folded(new TextEncoder().encode(needle));
    // Kept: a search is typed letter by letter.
    const texts = (this.#folded ??= folded(this.#bytes));
    let code = 1;
    for (let at = texts.indexOf(wanted); at >= 0;) {
      while ((this.#ends[code - 1] ?? Infinity) <= at) code++;
      const end = this.#ends[code - 1] ?? Infinity;
      // What is found across the border of two texts is in neither.
      const inside = at + wanted.length <= end;
      if (inside) held[code] = 1;
      // The rest of this text tells nothing more.
      at = texts.indexOf(wanted, inside ? end : at + 1);
    }
    return held;
  }

  #start(code: number): number {
    return code < 2 ? 0 : (this.#ends[code - 2] ?? 0);
  }
}

/** Bytes as a string of one character each, which the browser searches faster than any loop does; A to Z as a to z. */
function folded(bytes: Uint8Array): string {
  const lower = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    lower[at] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  }
  return new TextDecoder('latin1').decode(lower);
}
