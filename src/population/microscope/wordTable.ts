import { asSingle } from './word.js';
import { coreWords, type KeptWords } from './coreWords.js';
import { seededRandom } from '../statistics/random.js';

/** Registers and stack words of crashes, by position. */
export interface WordTable {
  /** For each entry its row in the table of crashes. */
  readonly rows: Int32Array;
  readonly positions: readonly WordPosition[];
  readonly words: readonly string[];
  /** Rows that keep words: more than there are entries where a sample was taken. */
  readonly kept: number;
}

export interface WordPosition {
  /** `rip`, `[rsp-8]`, `[frame-16]`. */
  readonly name: string;
  /** For each entry an index into `words`; -1 where the position is not known. */
  readonly codes: Int32Array;
}

export interface WordTableOptions {
  /** Entries that are kept of each stratum; of more a random sample, the same every time. */
  readonly mostOfStratum: number;
  /** Which stratum a row belongs to; `undefined` for rows that are not wanted. */
  readonly stratum: (row: number) => number | undefined;
}

const SEED = 20_260_715;
/** More positions than registers and slots in a window: what is beyond comes from no core. */
const MOST_POSITIONS = 1000;

/** Gathers the words of rows; of too many rows, a sample of each stratum. */
export class WordTableBuilder {
  readonly #options: WordTableOptions;
  readonly #rows: number[] = [];
  readonly #columns = new Map<string, Int32Array>();
  readonly #words: string[] = [];
  readonly #codeOf = new Map<string, number>();
  readonly #strata = new Map<number, { seen: number; entries: number[] }>();
  readonly #random = seededRandom(SEED);
  #kept = 0;

  constructor(options: WordTableOptions) {
    this.#options = options;
  }

  /** Takes a row; one without words is passed over. */
  add(row: number, kept: KeptWords): void {
    const stratum = this.#options.stratum(row);
    if (stratum === undefined) return;
    const words = coreWords(kept);
    if (words.size === 0) return;
    this.#kept++;
    const entry = this.#placeFor(stratum);
    if (entry === undefined) return;
    this.#rows[entry] = row;
    for (const codes of this.#columns.values()) codes[entry] = -1;
    for (const [position, word] of words) this.#set(position, entry, word);
  }

  finish(): WordTable {
    const count = this.#rows.length;
    const positions = [...this.#columns]
      .map(([name, codes]) => ({ name, codes: this.#withoutSingles(exactly(codes, count)) }))
      .sort((a, b) => placeOf(a.name) - placeOf(b.name) || offsetOf(a.name) - offsetOf(b.name));
    return { rows: Int32Array.from(this.#rows), positions, words: this.#words, kept: this.#kept };
  }

  /** Where the row goes: behind the others, in the place of one that is given up (algorithm R), or nowhere. */
  #placeFor(stratum: number): number | undefined {
    let known = this.#strata.get(stratum);
    if (known === undefined) this.#strata.set(stratum, (known = { seen: 0, entries: [] }));
    known.seen++;
    if (known.entries.length < this.#options.mostOfStratum) {
      known.entries.push(this.#rows.length);
      return this.#rows.length;
    }
    return known.entries[Math.floor(this.#random() * known.seen)];
  }

  #set(position: string, entry: number, word: string): void {
    let codes = this.#columns.get(position);
    if (codes === undefined) {
      if (this.#columns.size >= MOST_POSITIONS) return;
      codes = new Int32Array(Math.max(64, 2 * (entry + 1))).fill(-1);
    } else if (entry >= codes.length) {
      const grown = new Int32Array(2 * (entry + 1)).fill(-1);
      grown.set(codes);
      codes = grown;
    }
    this.#columns.set(position, codes);
    codes[entry] = this.#code(word);
  }

  #code(word: string): number {
    let code = this.#codeOf.get(word);
    if (code === undefined) {
      code = this.#words.length;
      this.#words.push(word);
      this.#codeOf.set(word, code);
    }
    return code;
  }

  #withoutSingles(codes: Int32Array): Int32Array {
    const counts = new Map<number, number>();
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    return codes.map((code) =>
      code < 0 || counts.get(code) !== 1 ? code : this.#code(asSingle(this.#words[code] ?? '')),
    );
  }
}

function exactly(codes: Int32Array, count: number): Int32Array {
  const exact = new Int32Array(count).fill(-1);
  exact.set(codes.subarray(0, count));
  return exact;
}

/** Registers that are looked at before all others. */
const FIRST = ['rip', 'pc', 'rsp mod 16', 'rbp'];

/** Registers first, then slots from the stack pointer, then from the frame. */
function placeOf(position: string): number {
  if (position.startsWith('[')) return position.startsWith('[rsp') ? 1 : 2;
  const place = FIRST.indexOf(position);
  return place < 0 ? 0 : place - FIRST.length;
}

function offsetOf(position: string): number {
  return Number(/^\[\w+([+-]\d+)\]$/.exec(position)?.[1] ?? 0);
}
