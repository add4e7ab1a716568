import { FormatError } from '../base/byteCursor.js';
import type { AddressIndex } from './addressIndex.js';
import type { Die } from './die.js';
import { Attribute } from './dwarfCodes.js';
import { indexFunctions } from './functionIndex.js';
import { type InlinedCall, readInlinedCalls } from './inlineTree.js';
import { LineTable } from './line/lineTable.js';
import { LruCache } from './lruCache.js';
import { offsetOf, type Unit } from './unit.js';

/** A function with code and what is inlined into it. */
export interface FunctionCode {
  readonly die: Die;
  /** Link address of the entry; `undefined` when no attribute tells. */
  readonly lowPc: number | undefined;
  readonly calls: readonly InlinedCall[];
}

/** The code side of a unit: its functions and its line table, each decoded on first use. Methods throw `FormatError`. */
export class CompileUnit {
  #functions: AddressIndex | undefined;
  #allFunctions: AddressIndex | undefined;
  #lines: LineTable | 'none' | undefined;
  readonly #code = new LruCache<number, FunctionCode>(2 << 20);

  /**
   * @param unit has the functions
   * @param lineUnit has the line table: the skeleton, where `unit` is split, otherwise the same
   */
  constructor(
    readonly unit: Unit,
    readonly lineUnit: Unit,
  ) {}

  /** An estimate of what is held in memory now. */
  get bytes(): number {
    const lines = this.#lines === undefined || this.#lines === 'none' ? 0 : this.#lines.bytes;
    return 4096 + this.unit.heldBytes + (this.#functions?.bytes ?? 0) + (this.#allFunctions?.bytes ?? 0) + lines;
  }

  /** The function whose code holds the address; `undefined` when none does. */
  function(address: number): FunctionCode | undefined {
    this.#functions ??= indexFunctions(this.unit, false);
    let offset = this.#functions.find(address, 1)[0];
    if (offset === undefined) {
      this.#allFunctions ??= indexFunctions(this.unit, true);
      offset = this.#allFunctions.find(address, 1)[0];
    }
    return offset === undefined ? undefined : this.#functionAt(offset);
  }

  #functionAt(offset: number): FunctionCode {
    const known = this.#code.get(offset);
    if (known !== undefined) return known;
    const die = this.unit.die(offset);
    const calls = readInlinedCalls(this.unit, die);
    const { attributes } = die;
    const lowPc =
      this.unit.address(attributes.get(Attribute.lowPc)) ??
      this.unit.address(attributes.get(Attribute.entryPc)) ??
      this.unit.ranges(die)[0];
    const code = { die, lowPc, calls };
    this.#code.set(offset, code, 1024 + calls.length * 1024);
    return code;
  }

  /** `undefined` when the unit has no line table that can be read. */
  get lines(): LineTable | undefined {
    this.#lines ??= this.#readLines() ?? 'none';
    return this.#lines === 'none' ? undefined : this.#lines;
  }

  #readLines(): LineTable | undefined {
    const unit = this.lineUnit;
    const offset = offsetOf(unit.root.attributes.get(Attribute.statementList));
    if (offset === undefined) return undefined;
    try {
      return LineTable.read({
        file: unit.file,
        offset,
        addressSize: unit.header.addressSize,
        directory: unit.text(unit.root.attributes.get(Attribute.compilationDirectory)),
        text: (value) => unit.text(value),
      });
    } catch (problem) {
      if (problem instanceof FormatError && problem.code !== 'not-fetched') return undefined;
      throw problem;
    }
  }
}
