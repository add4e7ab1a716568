import { copyMatch } from './lz4Block.js';
import { SlidingWindow } from './slidingWindow.js';
import { type HuffmanTable, readLiterals } from './zstdLiterals.js';
import { BackwardBits, damaged, type FseTable, fseTable, readFseTable, singleTable } from './zstdTables.js';

/** Lengths of literals and matches by code: the smallest, and how many bits are added (RFC 8878, 3.1.1.3.2.1.1). */
const LITERAL_BITS = [...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const MATCH_BITS = [...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
/** Reaches farther than any window that is allowed. */
const LARGEST_OFFSET_CODE = 28;
const LITERAL_BASES = bases(LITERAL_BITS, 0);
const MATCH_BASES = bases(MATCH_BITS, 3);

/** In the order of the file: literal lengths, offsets, match lengths. */
const KINDS = [
  {
    accuracy: 9,
    symbol: 35,
    standard: fixed(
      [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
      6,
    ),
  },
  {
    accuracy: 8,
    symbol: 31,
    standard: fixed([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5),
  },
  {
    accuracy: 9,
    symbol: 52,
    standard: fixed(
      [
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
      ],
      6,
    ),
  },
] as const;

type Tables = readonly [FseTable, FseTable, FseTable];

/** The blocks of one zstd frame, decoded strictly: work and memory are bounded by what a block may give. */
export class ZstdBlocks {
  readonly #window: SlidingWindow;
  #huffman: HuffmanTable | undefined;
  #tables: (FseTable | undefined)[] = [];
  readonly #offsets = Int32Array.of(1, 4, 8);

  /** @param largest bytes that a block may give */
  constructor(
    windowSize: number,
    private readonly largest: number,
  ) {
    this.#window = new SlidingWindow(Math.max(windowSize, 1), Math.max(largest, 1));
  }

  /**
   * What a block, its head of 3 bytes included, decodes to; valid until the next call.
   *
   * @throws ZstdDamage
   */
  block(bytes: Uint8Array): Uint8Array {
    const window = this.#window;
    window.prepare();
    const start = window.position;
    const head = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16);
    const body = bytes.subarray(3);
    const type = (head >> 1) & 3;
    if (type === 0) window.append(body);
    else if (type === 1) {
      window.bytes.fill(body[0] ?? 0, start, start + (head >> 3));
      window.advance(head >> 3);
    } else this.#compressed(body);
    return window.bytes.subarray(start, window.position);
  }

  #compressed(body: Uint8Array): void {
    const literals = readLiterals(body, this.#huffman, this.largest);
    this.#huffman = literals.table;
    let at = literals.length;
    let count = body[at++] ?? damaged('a block that ends behind its literals');
    if (count === 255) count = (body[at++] ?? 0) + ((body[at++] ?? 0) << 8) + 0x7f00;
    else if (count >= 128) count = ((count - 128) << 8) + (body[at++] ?? 0);
    if (count === 0) {
      this.#window.append(literals.bytes);
      return;
    }
    const modes = body[at++] ?? 0;
    if ((modes & 3) !== 0) damaged('reserved bits are set in a block');
    KINDS.forEach((kind, i) => {
      const mode = (modes >> (6 - 2 * i)) & 3;
      if (mode === 0) this.#tables[i] = kind.standard();
      else if (mode === 1) {
        const symbol = body[at++] ?? 255;
        if (symbol > kind.symbol) damaged('an unknown code in a block');
        this.#tables[i] = singleTable(symbol);
      } else if (mode === 2) {
        const read = readFseTable(body.subarray(at), kind);
        this.#tables[i] = read.table;
        at += read.length;
      }
    });
    const [literal, offset, match] = this.#tables;
    if (literal === undefined || offset === undefined || match === undefined) return damaged('a block without tables');
    this.#sequences(new BackwardBits(body.subarray(at)), count, [literal, offset, match], literals.bytes);
  }

  #sequences(bits: BackwardBits, count: number, [literal, offset, match]: Tables, literals: Uint8Array): void {
    const window = this.#window;
    const { bytes, reach, position: start } = window;
    const limit = start + this.largest;
    const { symbols: literalSymbols, bits: literalWidths, bases: literalNext } = literal;
    const { symbols: matchSymbols, bits: matchWidths, bases: matchNext } = match;
    const { symbols: offsetSymbols, bits: offsetWidths, bases: offsetNext } = offset;
    let literalState = bits.take(literal.accuracy);
    let offsetState = bits.take(offset.accuracy);
    let matchState = bits.take(match.accuracy);
    let at = start;
    let used = 0;
    for (let i = 1; ; i++) {
      const offsetCode = offsetSymbols[offsetState] as number;
      const matchCode = matchSymbols[matchState] as number;
      const literalCode = literalSymbols[literalState] as number;
      if (offsetCode > LARGEST_OFFSET_CODE) damaged('a match that reaches too far back');
      const offsetValue = (1 << offsetCode) + bits.takeLong(offsetCode);
      const matchLength = (MATCH_BASES[matchCode] as number) + bits.take(MATCH_BITS[matchCode] as number);
      const literalLength = (LITERAL_BASES[literalCode] as number) + bits.take(LITERAL_BITS[literalCode] as number);
      const distance = this.#distance(offsetValue, literalLength);
      if (used + literalLength > literals.length || at + literalLength + matchLength > limit)
        damaged('a block that gives more than its frame allows');
      for (let k = 0; k < literalLength; k++) bytes[at + k] = literals[used + k] as number;
      used += literalLength;
      at += literalLength;
      if (distance < 1 || distance > reach + at - start) damaged('a match that reaches too far back');
      copyMatch(bytes, at, distance, matchLength);
      at += matchLength;
      if (i === count) break;
      literalState = (literalNext[literalState] as number) + bits.take(literalWidths[literalState] as number);
      matchState = (matchNext[matchState] as number) + bits.take(matchWidths[matchState] as number);
      offsetState = (offsetNext[offsetState] as number) + bits.take(offsetWidths[offsetState] as number);
      if (bits.left < 0) damaged('a block whose bits run out');
    }
    if (bits.left !== 0) damaged('a block that does not end where it should');
    if (at + literals.length - used > limit) damaged('a block that gives more than its frame allows');
    window.advance(at - start);
    window.append(literals.subarray(used));
  }

  /** Values up to 3 stand for the last offsets (RFC 8878, 3.1.1.5). */
  #distance(value: number, literalLength: number): number {
    const last = this.#offsets;
    const which = value > 3 ? 0 : value + (literalLength === 0 ? 1 : 0);
    const first = last[0] as number;
    if (which === 1) return first;
    const distance = which === 0 ? value - 3 : which === 4 ? first - 1 : (last[which - 1] as number);
    if (which !== 2) last[2] = last[1] as number;
    last[1] = first;
    last[0] = distance;
    return distance;
  }
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

function bases(bits: readonly number[], first: number): readonly number[] {
  let base = first;
  return bits.map((width) => {
    const own = base;
    base += 1 << width;
    return own;
  });
}

/** The table for blocks that bring none, made when first asked for. */
function fixed(probabilities: readonly number[], accuracy: number): () => FseTable {
  let table: FseTable | undefined;
  return () => (table ??= fseTable(probabilities, accuracy));
}
