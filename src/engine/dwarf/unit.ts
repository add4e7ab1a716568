import { ByteCursor, FormatError } from '../base/byteCursor.js';
import { pathText } from '../base/text.js';
import type { AbbreviationTable } from './abbreviations.js';
import { type Die, readDie } from './die.js';
import { Attribute } from './dwarfCodes.js';
import type { DwarfFile } from './dwarfFile.js';
import type { AttributeValue } from './forms.js';
import { uleb, wordNumber } from './leb.js';
import { type RangeContext, readRangeList, readRangePairs } from './rangeLists.js';
import type { UnitHeader } from './unitHeader.js';

/** Offsets at which a unit's part of each shared section begins. */
export interface UnitBases {
  readonly stringOffsets: number;
  /** Into `.debug_addr` of the main file, also for a split unit. */
  readonly addresses: number;
  readonly rangeLists: number;
  /** GNU split DWARF 4: added to every DW_AT_ranges of the split unit. */
  readonly ranges: number;
  /** DW_AT_low_pc of the unit: what range lists count from. */
  readonly lowPc: number;
}

/** What a split unit takes from the main file. */
export interface SplitOrigin {
  readonly skeleton: Unit;
  /** Parts of the `.dwp` sections that are this unit's; all 0 in a `.dwo`. */
  readonly abbreviations: number;
  readonly stringOffsets: number;
  readonly rangeLists: number;
}

const FIRST_WINDOW = 256;

/** Larger units are not read whole; the largest seen, from link-time optimization, have a few ten million bytes. */
const LARGEST = 1 << 28;

/**
 * A unit of `.debug_info` and the means to read its DIEs and look up their values. Small reads take a window of the section; the
 * whole unit is read only by `load`. Methods throw `FormatError`, but those that say `undefined`.
 */
export class Unit {
  #bytes: Uint8Array | undefined;
  #root: Die | undefined;
  #bases: UnitBases | undefined;

  constructor(
    readonly file: DwarfFile,
    readonly header: UnitHeader,
    readonly origin?: SplitOrigin,
  ) {}

  /** A cursor over the whole unit; its first byte is at `header.offset`. */
  load(): ByteCursor {
    const { offset, end } = this.header;
    if (end - offset > LARGEST) throw new FormatError('too-large', 'unit too large', BigInt(offset));
    // A copy, because a source may reuse what it returned.
    this.#bytes ??= this.file
      .section('.debug_info')
      .bytes(offset, end - offset)
      .slice();
    return new ByteCursor(this.#bytes, this.file.sections.littleEndian, BigInt(offset));
  }

  /** Forgets what `load` read. */
  unload(): void {
    this.#bytes = undefined;
  }

  /** Hold on to it in a loop; the file may forget it later. */
  get abbreviations(): AbbreviationTable {
    return this.file.abbreviations(this.header.abbreviationsOffset + (this.origin?.abbreviations ?? 0), this.header);
  }

  /** How many bytes the unit holds in memory. */
  get heldBytes(): number {
    return this.#bytes?.length ?? 0;
  }

  get root(): Die {
    return (this.#root ??= this.die(this.header.firstDie));
  }

  /** @param offset in `.debug_info` */
  die(offset: number): Die {
    const { header } = this;
    if (!(offset >= header.firstDie && offset < header.end)) {
      throw new FormatError('bad-reference', 'reference outside its unit', BigInt(header.offset));
    }
    if (this.#bytes !== undefined) return this.#dieIn(this.load().seek(offset - header.offset), offset, header.offset);
    const section = this.file.section('.debug_info');
    for (let window = FIRST_WINDOW; ; window *= 8) {
      const length = Math.min(window, header.end - offset);
      try {
        return this.#dieIn(section.cursor(offset, length), offset, offset);
      } catch (problem) {
        const tooShort = problem instanceof FormatError && problem.code === 'out-of-bounds';
        if (!tooShort || length === header.end - offset) throw problem;
      }
    }
  }

  #dieIn(cursor: ByteCursor, offset: number, base: number): Die {
    const code = uleb(cursor);
    if (code === 0) throw new FormatError('bad-reference', 'no entry there', BigInt(offset));
    return readDie(cursor, this.abbreviations.get(code), this.header, offset, base);
  }

  get bases(): UnitBases {
    return (this.#bases ??= this.#findBases());
  }

  #findBases(): UnitBases {
    const { root, origin, header } = this;
    const own = (...names: number[]): number | undefined => {
      for (const name of names) {
        const value = offsetOf(root.attributes.get(name));
        if (value !== undefined) return value;
      }
      return undefined;
    };
    // Without a base, the table begins behind the head of the section (DWARF 5 §7.26 to §7.29).
    const wide = header.offsetSize === 8;
    const behindHead = header.version >= 5 ? (wide ? 16 : 8) : 0;
    const behindListHead = header.version >= 5 ? (wide ? 20 : 12) : 0;
    const bases = {
      stringOffsets: own(Attribute.stringOffsetsBase) ?? (origin?.stringOffsets ?? 0) + behindHead,
      addresses: own(Attribute.addressBase, Attribute.gnuAddressBase) ?? origin?.skeleton.bases.addresses ?? behindHead,
      rangeLists: own(Attribute.rangeListsBase) ?? (origin?.rangeLists ?? 0) + behindListHead,
      ranges: origin === undefined ? 0 : (origin.skeleton.#gnuRangesBase() ?? 0),
      lowPc: origin?.skeleton.bases.lowPc ?? 0,
    };
    // The low pc may itself be an index into .debug_addr, so the other bases come first.
    this.#bases = bases;
    const low = this.address(root.attributes.get(Attribute.lowPc));
    return low === undefined ? bases : { ...bases, lowPc: low };
  }

  #gnuRangesBase(): number | undefined {
    return offsetOf(this.root.attributes.get(Attribute.gnuRangesBase));
  }

  /** A link address; `undefined` when `value` is none. */
  address(value: AttributeValue | undefined): number | undefined {
    if (value?.kind === 'address') return value.address;
    return value?.kind === 'addressIndex' ? this.addressAt(value.index) : undefined;
  }

  /** Entry `index` of the unit's part of `.debug_addr`. */
  addressAt(index: number): number {
    const { addressSize } = this.header;
    const main = this.origin?.skeleton.file ?? this.file;
    return wordNumber(
      main.section('.debug_addr').cursor(this.bases.addresses + index * addressSize, addressSize),
      addressSize,
    );
  }

  /** `undefined` when `value` is no string. */
  text(value: AttributeValue | undefined): string | undefined {
    switch (value?.kind) {
      case 'text':
        return pathText(value.bytes);
      case 'stringOffset':
        return this.file.section('.debug_str').text(value.offset);
      case 'lineStringOffset':
        return this.file.section('.debug_line_str').text(value.offset);
      case 'altStringOffset':
        return this.file.alt?.section('.debug_str').text(value.offset);
      case 'stringIndex': {
        const { offsetSize } = this.header;
        const at = this.bases.stringOffsets + value.index * offsetSize;
        const offset = wordNumber(this.file.section('.debug_str_offsets').cursor(at, offsetSize), offsetSize);
        return this.file.section('.debug_str').text(offset);
      }
      default:
        return undefined;
    }
  }

  /** A number that is not negative and not an address; `undefined` when `value` is none. */
  count(value: AttributeValue | undefined): number | undefined {
    if (value?.kind !== 'constant' || value.value < 0n) return undefined;
    const count = Number(value.value);
    return Number.isSafeInteger(count) ? count : undefined;
  }

  /** Pairs of start and end of the code a DIE stands for, as link addresses; empty when it has none (DWARF 5 §2.17). */
  ranges(die: Die): number[] {
    const list = die.attributes.get(Attribute.ranges);
    if (list?.kind === 'rangeListIndex') return this.#rangeList(this.#rangeListOffset(list.index));
    const offset = offsetOf(list);
    if (offset !== undefined) {
      if (this.header.version >= 5) return this.#rangeList(offset + (this.origin?.rangeLists ?? 0));
      // GNU split DWARF 4 leaves the lists in the main file.
      const file = this.origin?.skeleton.file ?? this.file;
      return readRangePairs(file.section('.debug_ranges'), offset + this.bases.ranges, this.#rangeContext());
    }
    const low = this.address(die.attributes.get(Attribute.lowPc));
    if (low === undefined) return [];
    const high = die.attributes.get(Attribute.highPc);
    // An address, or since DWARF 4 a length.
    const end = this.address(high) ?? low + (this.count(high) ?? 0);
    return end > low ? [low, end] : [];
  }

  #rangeList(offset: number): number[] {
    return readRangeList(this.file.section('.debug_rnglists'), offset, this.#rangeContext());
  }

  #rangeContext(): RangeContext {
    const { addressSize } = this.header;
    return {
      addressSize,
      lowPc: this.bases.lowPc,
      addressAt: (index) => this.addressAt(index),
      spend: () => {
        this.file.spend();
      },
    };
  }

  #rangeListOffset(index: number): number {
    const { offsetSize } = this.header;
    const base = this.bases.rangeLists;
    const section = this.file.section('.debug_rnglists');
    return base + wordNumber(section.cursor(base + index * offsetSize, offsetSize), offsetSize);
  }
}

/** Of a section: DWARF 2 and 3 used plain constants for offsets. */
export function offsetOf(value: AttributeValue | undefined): number | undefined {
  if (value?.kind === 'sectionOffset') return value.offset;
  return value?.kind === 'constant' && value.value >= 0n ? Number(value.value) : undefined;
}
