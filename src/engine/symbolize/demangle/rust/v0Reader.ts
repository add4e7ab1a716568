import { FormatError } from '../../../base/byteCursor.js';
import { BoundedText } from '../boundedText.js';
import { decodePunycode } from './punycode.js';

/**
 * Where the reading of a v0 name stands. The name is printed while it is read: a back reference is read again at each use. The counts
 * of `BoundedText` bound that, since following one costs a step and skipped parts follow none.
 */
export class V0Reader {
  readonly out = new BoundedText({ length: 65_536, depth: 400, steps: 100_000 });
  position = 0;
  /** Lifetimes bound by the `for<...>` around, counted from the outermost. */
  boundLifetimes = 0;
  #silent = false;

  /** @param text the symbol without `_R` and without suffix; back references count from its start */
  constructor(
    readonly text: string,
    readonly rules: V0Rules,
  ) {}

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  get isSilent(): boolean {
    return this.#silent;
  }

  peek(): string {
    return this.text.charAt(this.position);
  }

  next(): string {
    return this.text.charAt(this.position++);
  }

  eat(character: string): boolean {
    if (this.peek() !== character) return false;
    this.position++;
    return true;
  }

  fail(what: string): never {
    throw new FormatError('not-mangled', what, BigInt(this.position));
  }

  write(text: string): void {
    if (!this.#silent) this.out.write(text);
  }

  /** Reads without printing. */
  silently(rule: () => void): void {
    const outer = this.#silent;
    this.#silent = true;
    rule();
    this.#silent = outer;
  }

  /** `_` is 0, digits in base 62 and `_` are one more than the digits say. */
  base62(): number {
    if (this.eat('_')) return 0;
    let value = 0;
    while (!this.eat('_')) {
      value = value * 62 + this.#digit62();
      if (value > 0xffffffff) this.fail('number too large');
    }
    return value + 1;
  }

  /** A tag and a number in base 62, plus one; 0 without the tag. */
  optionalBase62(tag: string): number {
    return this.eat(tag) ? this.base62() + 1 : 0;
  }

  /** `s <base 62>`?: a crate's hash or the number of a closure, of 64 bits, in hexadecimal. */
  disambiguator(): string {
    if (!this.eat('s')) return '0';
    if (this.eat('_')) return '1';
    // In two words of 32 bits: this is the hottest loop, and bigint is slow.
    let high = 0;
    let low = 0;
    for (let done = false; !done;) {
      done = this.eat('_');
      const product = done ? low + 2 : low * 62 + this.#digit62();
      low = product >>> 0;
      high = ((done ? high : high * 62) + Math.floor(product / WORD)) >>> 0;
    }
    return high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0');
  }

  /** `u`? length `_`? bytes */
  identifier(): string {
    const isPunycode = this.eat('u');
    const length = this.#decimal();
    this.eat('_');
    const start = this.position;
    this.position += length;
    if (this.position > this.text.length) this.fail('identifier cut short');
    const text = this.text.slice(start, this.position);
    return isPunycode ? (decodePunycode(text) ?? this.fail('malformed Punycode')) : text;
  }

  /** `B <base 62>`, after the `B`: prints what stands at an earlier place; where nothing is printed, nothing is followed. */
  backReference(rule: () => void): void {
    const target = this.base62();
    if (target >= this.position - 1) this.fail('reference forwards');
    if (this.#silent) return;
    const resume = this.position;
    this.position = target;
    rule();
    this.position = resume;
  }

  /** Items up to and including a closing `E`, printed with a separator; returns how many. */
  list(rule: () => void, separator = ', '): number {
    let count = 0;
    for (; !this.eat('E'); count++) {
      if (count > 0) this.write(separator);
      rule();
    }
    return count;
  }

  #digit62(): number {
    const c = this.next();
    if (c >= '0' && c <= '9') return c.charCodeAt(0) - 48;
    if (c >= 'a' && c <= 'z') return c.charCodeAt(0) - 97 + 10;
    if (c >= 'A' && c <= 'Z') return c.charCodeAt(0) - 65 + 36;
    return this.fail('base 62 digit expected');
  }

  #decimal(): number {
    const start = this.position;
    let value = 0;
    for (let c = this.peek(); c >= '0' && c <= '9'; c = this.peek()) {
      value = value * 10 + Number(c);
      this.position++;
      // No leading zeros; and no identifier is longer than a symbol.
      if (value === 0 || value > 0xffffff) break;
    }
    if (this.position === start) this.fail('length expected');
    return value;
  }
}

const WORD = 0x1_0000_0000;

/** The rules through which the grammar recurses, so that its files depend on this one and not on each other. */
export interface V0Rules {
  /** Prints a path and leaves its generic arguments open; says whether it has any. */
  openPath(r: V0Reader, inValue: boolean): boolean;
  type(r: V0Reader): void;
}
