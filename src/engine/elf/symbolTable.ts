import { ByteCursor } from '../base/byteCursor.js';
import { stringAt } from './sections.js';

const STT_FUNC = 2;
const STT_NOTYPE = 0;
const STT_OBJECT = 1;
const STT_GNU_IFUNC = 10;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;
const STB_LOCAL = 0;
const STB_WEAK = 2;

/** Kinds of binding, in the order of preference. */
const GLOBAL = 0;
const WEAK = 1;
const LOCAL = 2;

/** One defined symbol of a binary. */
export interface ElfSymbol {
  /** As the file has it, mangled. */
  readonly name: string;
  /** Link address. */
  readonly value: bigint;
  /** Bytes; 0 when the file does not say. */
  readonly size: number;
  readonly kind: 'function' | 'object' | 'other';
}

/**
 * The defined symbols of .symtab and .dynsym, sorted by address and looked up by binary search. Values are kept as doubles: link
 * addresses of user-space binaries stay far below 2^53, and larger ones are left out.
 */
export class SymbolTable {
  readonly #tables: readonly RawTable[];
  readonly #order: Uint32Array;
  /** Largest end of the symbols up to this one in the order: how far back a lookup has to go. */
  readonly #reach: Float64Array;
  readonly #values: Float64Array;
  readonly #sizes: Float64Array;
  readonly #table: Uint8Array;
  readonly #index: Uint32Array;
  readonly #kinds: Uint8Array;
  readonly #binding: Uint8Array;
  readonly #named = new Map<string, ElfSymbol | undefined>();

  /** @param tables raw bytes of symbol tables with their string tables, the more complete one first */
  constructor(tables: readonly RawTable[]) {
    this.#tables = tables;
    let count = 0;
    for (const table of tables) count += Math.floor(table.symbols.length / entrySize(table));
    this.#values = new Float64Array(count);
    this.#sizes = new Float64Array(count);
    this.#table = new Uint8Array(count);
    this.#index = new Uint32Array(count);
    this.#kinds = new Uint8Array(count);
    this.#binding = new Uint8Array(count);
    const kept = this.#decode();
    this.#order = new Uint32Array(kept).map((_, i) => i);
    // Of symbols at one address: sized before unsized, functions before others, strong names before weak ones and those before local ones.
    this.#order.sort(
      (a, b) =>
        (this.#values[a] ?? 0) - (this.#values[b] ?? 0) ||
        Number(this.#sizes[a] === 0) - Number(this.#sizes[b] === 0) ||
        (this.#kinds[a] ?? 0) - (this.#kinds[b] ?? 0) ||
        (this.#binding[a] ?? 0) - (this.#binding[b] ?? 0) ||
        a - b,
    );
    let reach = 0;
    this.#reach = Float64Array.from(this.#order, (slot) => {
      reach = Math.max(reach, (this.#values[slot] ?? 0) + (this.#sizes[slot] ?? 0));
      return reach;
    });
  }

  get size(): number {
    return this.#order.length;
  }

  /**
   * The symbol whose range holds `address`, or, of symbols without a size, the nearest one before it.
   *
   * @returns `undefined` when a sized symbol ends before the address, or nothing comes before it
   */
  find(address: bigint, functionsOnly = false): ElfSymbol | undefined {
    const target = Number(address);
    if (!Number.isSafeInteger(target)) return undefined;
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#valueAt(middle) <= target) low = middle + 1;
      else high = middle;
    }
    let unsized: number | undefined;
    let sizedEnded = false;
    for (let i = low - 1, looked = 0; i >= 0 && looked < LONGEST_NEST; i--, looked++) {
      const decided = sizedEnded || (unsized !== undefined && this.#valueAt(i) < this.#valueAt(unsized));
      if (decided && (this.#reach[i] ?? 0) <= target) break;
      const slot = this.#order[i] ?? 0;
      const kind = this.#kinds[slot];
      if (functionsOnly && kind === 1) continue;
      const value = this.#values[slot] ?? 0;
      const size = this.#sizes[slot] ?? 0;
      if (size > 0) {
        if (target < value + size) return this.#symbol(this.#bestAt(i, functionsOnly));
        // One that ends before the target also ends the reach of unsized ones before it and at its own address.
        if (unsized === undefined || this.#valueAt(unsized) === value) {
          unsized = undefined;
          sizedEnded = true;
        }
      } else if (unsized === undefined && kind !== 1 && !sizedEnded) unsized = i;
    }
    return unsized === undefined ? undefined : this.#symbol(unsized);
  }

  /** The first symbol called `name`; a linear search, once for each of the few names that rules ask for. */
  findByName(name: string): ElfSymbol | undefined {
    if (this.#named.has(name)) return this.#named.get(name);
    const found = this.#order.findIndex((slot) => this.#nameAt(slot) === name);
    const symbol = found < 0 ? undefined : this.#symbol(found);
    if (this.#named.size >= MOST_NAMES) this.#named.clear();
    this.#named.set(name, symbol);
    return symbol;
  }

  /** Every symbol, ascending by address. */
  *all(): Iterable<ElfSymbol> {
    for (let i = 0; i < this.#order.length; i++) yield this.#symbol(i);
  }

  /**
   * Of the sized symbols at one address the one that people know it by: `raise`, not its aliases `gsignal` and `__raise`. Those are
   * names without underscores before names with them, then strong names before weak ones, then short names.
   */
  #bestAt(i: number, functionsOnly: boolean): number {
    const value = this.#valueAt(i);
    let first = i;
    for (let k = i - 1; k >= 0 && this.#valueAt(k) === value; k--) {
      const slot = this.#order[k] ?? 0;
      if ((this.#sizes[slot] ?? 0) > 0 && !(functionsOnly && this.#kinds[slot] === 1)) first = k;
    }
    const slot = this.#order[first] ?? 0;
    let best = first;
    let bestRank = this.#rankOf(slot);
    for (let k = first + 1; k < this.#order.length && k - first < MOST_ALIASES && this.#valueAt(k) === value; k++) {
      const other = this.#order[k] ?? 0;
      const alike =
        this.#kinds[other] === this.#kinds[slot] &&
        this.#sizes[other] === this.#sizes[slot] &&
        this.#table[other] === this.#table[slot];
      if (!alike) continue;
      if ((this.#binding[other] === LOCAL) !== (this.#binding[slot] === LOCAL)) break;
      const rank = this.#rankOf(other);
      if (rank >= bestRank) continue;
      best = k;
      bestRank = rank;
    }
    return best;
  }

  /** Smaller is better known. */
  #rankOf(slot: number): number {
    const name = this.#nameAt(slot);
    const version = name.indexOf('@');
    const length = version < 0 ? name.length : version;
    const underscores = /^_*/.exec(name)?.[0].length ?? 0;
    return (
      (Math.min(underscores, 3) * 2 + (this.#binding[slot] === GLOBAL ? 0 : 1)) * 65_536 + Math.min(length, 65_535)
    );
  }

  #symbol(i: number): ElfSymbol {
    const slot = this.#order[i] ?? 0;
    return {
      name: this.#nameAt(slot),
      value: BigInt(this.#values[slot] ?? 0),
      size: this.#sizes[slot] ?? 0,
      kind: this.#kinds[slot] === 0 ? 'function' : this.#kinds[slot] === 1 ? 'object' : 'other',
    };
  }

  #valueAt(i: number): number {
    return this.#values[this.#order[i] ?? 0] ?? 0;
  }

  #nameAt(slot: number): string {
    const table = this.#tables[this.#table[slot] ?? 0];
    if (table === undefined) return '';
    const at = (this.#index[slot] ?? 0) * entrySize(table);
    return stringAt(table.strings, new ByteCursor(table.symbols, table.littleEndian).seek(at).u32());
  }

  #decode(): number {
    let kept = 0;
    this.#tables.forEach((table, t) => {
      const size = entrySize(table);
      const cursor = new ByteCursor(table.symbols, table.littleEndian);
      for (let i = 0; (i + 1) * size <= table.symbols.length; i++) {
        const { info, section, value, length } = readEntry(cursor.seek(i * size), table.is64);
        const type = info & 15;
        if (section === SHN_UNDEF || section === SHN_ABS) continue;
        if (type !== STT_FUNC && type !== STT_GNU_IFUNC && type !== STT_OBJECT && type !== STT_NOTYPE) continue;
        if (value > BigInt(Number.MAX_SAFE_INTEGER) || length > BigInt(Number.MAX_SAFE_INTEGER)) continue;
        this.#values[kept] = Number(value);
        this.#sizes[kept] = Number(length);
        this.#table[kept] = t;
        this.#index[kept] = i;
        this.#kinds[kept] = type === STT_OBJECT ? 1 : type === STT_NOTYPE ? 2 : 0;
        this.#binding[kept] = info >> 4 === STB_LOCAL ? LOCAL : info >> 4 === STB_WEAK ? WEAK : GLOBAL;
        kept++;
      }
    });
    return kept;
  }
}

/** A symbol table as the file holds it. */
export interface RawTable {
  readonly symbols: Uint8Array;
  readonly strings: Uint8Array;
  readonly is64: boolean;
  readonly littleEndian: boolean;
}

const MOST_NAMES = 256;
/** Names of one address that are looked at; more only in a file that means harm. */
const MOST_ALIASES = 64;
/** How many symbols may start between a function's start and an address in it; more only in a file that means harm. */
const LONGEST_NEST = 4096;

function entrySize(table: RawTable): number {
  return table.is64 ? 24 : 16;
}

function readEntry(
  cursor: ByteCursor,
  is64: boolean,
): { info: number; section: number; value: bigint; length: bigint } {
  cursor.skip(4);
  if (is64) {
    const info = cursor.u8();
    cursor.skip(1);
    return { info, section: cursor.u16(), value: cursor.u64(), length: cursor.u64() };
  }
  const value = BigInt(cursor.u32());
  const length = BigInt(cursor.u32());
  const info = cursor.u8();
  cursor.skip(1);
  return { info, section: cursor.u16(), value, length };
}
