import { copyMatch } from './lz4Block.js';
import type { SlidingWindow } from './slidingWindow.js';

const INITIAL = 1024;
const TOP = 0x1000000;
const RANGE = 0;
const CODE = 1;
const STATES = 12;
const POSITION_STATES = 16;
const LENGTH_STATES = 4;
const SHORTEST = 2;

/** Places of the probability models in one array. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITION_STATES;
const IS_REP0 = IS_REP + STATES;
const IS_REP1 = IS_REP0 + STATES;
const IS_REP2 = IS_REP1 + STATES;
const IS_REP0_LONG = IS_REP2 + STATES;
const SLOTS = IS_REP0_LONG + STATES * POSITION_STATES;
const SPECIAL = SLOTS + LENGTH_STATES * 64;
const ALIGN = SPECIAL + 128;
const MATCH_LENGTH = ALIGN + 16;
const LENGTH_SIZE = 2 + POSITION_STATES * 16 + 256;
const REP_LENGTH = MATCH_LENGTH + LENGTH_SIZE;
const LITERALS = REP_LENGTH + LENGTH_SIZE;

/** The LZMA decoder inside LZMA2 (as in the xz file format): state and models live over several chunks. */
export class LzmaDecoder {
  #probabilities = new Uint16Array(LITERALS);
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  #lc = 0;
  #literalMask = 0;
  #positionMask = 0;

  // The range coder.
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Its two numbers of 32 bits without sign: as fields of the object each change would be an allocation. */
  readonly #coder = new Uint32Array(2);

  /** Takes the properties byte; `false` when it is invalid. */
  setProperties(byte: number): boolean {
    if (byte >= 9 * 5 * 5) return false;
    this.#lc = byte % 9;
    const lp = Math.floor(byte / 9) % 5;
    const pb = Math.floor(byte / 45);
    if (this.#lc + lp > 4) return false;
    this.#literalMask = (1 << lp) - 1;
    this.#positionMask = (1 << pb) - 1;
    this.#probabilities = new Uint16Array(LITERALS + (0x300 << (this.#lc + lp)));
    this.reset();
    return true;
  }

  reset(): void {
    this.#probabilities.fill(INITIAL);
    this.#state = this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
  }

  /** Decodes a chunk of exactly `length` bytes into the window; `false` when it is damaged, with what came before in the window. */
  chunk(input: Uint8Array, window: SlidingWindow, length: number): boolean {
    this.#input = input;
    this.#coder[RANGE] = 0xffffffff;
    this.#coder[CODE] = ((input[1] ?? 0) << 24) | ((input[2] ?? 0) << 16) | ((input[3] ?? 0) << 8) | (input[4] ?? 0);
    this.#at = 5;
    if (input.length < 5 || input[0] !== 0) return false;
    const end = window.position + length;
    const { bytes } = window;
    while (window.position < end) {
      const positionState = window.total & this.#positionMask;
      if (this.#bit(IS_MATCH + this.#state * POSITION_STATES + positionState) === 0) {
        if (!this.#literal(window, bytes)) return false;
        continue;
      }
      const matchLength = this.#match(positionState);
      const possible = this.#rep0 < window.reach && matchLength <= end - window.position;
      if (!possible || this.#at > input.length) return false;
      copyMatch(bytes, window.position, this.#rep0 + 1, matchLength);
      window.advance(matchLength);
    }
    if (this.#coder[RANGE] < TOP) this.#normalize();
    return this.#at === input.length && this.#coder[CODE] === 0;
  }

  /** `false` behind the end of the input. */
  #literal(window: SlidingWindow, bytes: Uint8Array): boolean {
    const at = window.position;
    const previous = window.reach > 0 ? (bytes[at - 1] as number) : 0;
    const context = ((window.total & this.#literalMask) << this.#lc) + (previous >> (8 - this.#lc));
    const base = LITERALS + 0x300 * context;
    let symbol = 1;
    if (this.#state >= 7) {
      // After a match the byte that the match would have gone on with steers the models.
      let expected = window.reach > this.#rep0 ? (bytes[at - this.#rep0 - 1] as number) : 0;
      while (symbol < 0x100) {
        const wanted = (expected >> 7) & 1;
        expected <<= 1;
        const bit = this.#bit(base + ((1 + wanted) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== wanted) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(base + symbol);
    if (this.#at > this.#input.length) return false;
    bytes[at] = symbol;
    window.advance(1);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
    return true;
  }

  /** Decodes length and distance of a match, the distance into `rep0`, one less than it is. */
  #match(positionState: number): number {
    const state = this.#state;
    if (this.#bit(IS_REP + state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      this.#state = state < 7 ? 7 : 10;
      const length = this.#length(MATCH_LENGTH, positionState);
      this.#rep0 = this.#distance(length);
      return length;
    }
    if (this.#bit(IS_REP0 + state) === 0) {
      if (this.#bit(IS_REP0_LONG + state * POSITION_STATES + positionState) === 0) {
        this.#state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let distance = this.#rep1;
      if (this.#bit(IS_REP1 + state) === 1) {
        distance = this.#rep2;
        if (this.#bit(IS_REP2 + state) === 1) {
          distance = this.#rep3;
          this.#rep3 = this.#rep2;
        }
        this.#rep2 = this.#rep1;
      }
      this.#rep1 = this.#rep0;
      this.#rep0 = distance;
    }
    this.#state = state < 7 ? 8 : 11;
    return this.#length(REP_LENGTH, positionState);
  }

  #length(base: number, positionState: number): number {
    if (this.#bit(base) === 0) return SHORTEST + this.#tree(base + 2 + positionState * 16, 8);
    if (this.#bit(base + 1) === 0) return SHORTEST + 8 + this.#tree(base + 2 + positionState * 16 + 8, 8);
    return SHORTEST + 16 + this.#tree(base + 2 + POSITION_STATES * 16, 256);
  }

  #distance(length: number): number {
    const lengthState = Math.min(length - SHORTEST, LENGTH_STATES - 1);
    const slot = this.#tree(SLOTS + lengthState * 64, 64);
    if (slot < 4) return slot;
    const direct = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << direct) >>> 0;
    if (slot < 14) return base + this.#reverseTree(SPECIAL + base - slot - 1, direct);
    return base + ((this.#directBits(direct - 4) << 4) >>> 0) + this.#reverseTree(ALIGN, 4);
  }

  #tree(base: number, size: number): number {
    let symbol = 1;
    while (symbol < size) symbol = (symbol << 1) | this.#bit(base + symbol);
    return symbol - size;
  }

  #reverseTree(base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #directBits(count: number): number {
    const coder = this.#coder;
    let value = 0;
    for (let i = 0; i < count; i++) {
      if ((coder[RANGE] as number) < TOP) this.#normalize();
      const half = (coder[RANGE] as number) >>> 1;
      const code = coder[CODE] as number;
      const bit = code >= half ? 1 : 0;
      coder[RANGE] = half;
      if (bit === 1) coder[CODE] = code - half;
      value = (value << 1) | bit;
    }
    return value >>> 0;
  }

  #bit(model: number): number {
    const coder = this.#coder;
    if ((coder[RANGE] as number) < TOP) this.#normalize();
    const models = this.#probabilities;
    const probability = models[model] as number;
    const range = coder[RANGE] as number;
    const code = coder[CODE] as number;
    const bound = Math.imul(range >>> 11, probability) >>> 0;
    if (code < bound) {
      coder[RANGE] = bound;
      models[model] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    coder[RANGE] = range - bound;
    coder[CODE] = code - bound;
    models[model] = probability - (probability >> 5);
    return 1;
  }

  /** Behind the end of the input zeros come in; the caller sees that too much was taken. */
  #normalize(): void {
    const coder = this.#coder;
    coder[RANGE] = (coder[RANGE] as number) << 8;
    coder[CODE] = ((coder[CODE] as number) << 8) | (this.#input[this.#at] ?? 0);
    this.#at++;
  }
}
