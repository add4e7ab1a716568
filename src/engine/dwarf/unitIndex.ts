import { FormatError } from '../base/byteCursor.js';
import { AddressIndex } from './addressIndex.js';
import { readAddressRanges } from './aranges.js';
import type { DwarfFile } from './dwarfFile.js';
import { Unit } from './unit.js';
import { readUnitHeader } from './unitHeader.js';

/** More ranges than the largest program has. */
const MOST_NUMBERS = 3 << 21;

/** Which units may cover an address. */
export class UnitIndex {
  #stated: { index: AddressIndex; units: ReadonlySet<number> } | undefined;
  #scanned: AddressIndex | undefined;

  constructor(private readonly file: DwarfFile) {}

  /**
   * Offsets of units, the likeliest first: those that `.debug_aranges` names, and after them, where that table leaves units out as
   * clang's and rustc's do, those whose own entry has the address. That takes one pass over all of these, on first need.
   * @throws FormatError when a section cannot be read now
   */
  *find(address: number): Generator<number> {
    this.#stated ??= this.#readStated();
    yield* this.#stated.index.find(address);
    this.#scanned ??= this.#scan(this.#stated.units);
    yield* this.#scanned.find(address);
  }

  #readStated(): { index: AddressIndex; units: ReadonlySet<number> } {
    const section = this.file.find('.debug_aranges');
    if (section === undefined) return { index: new AddressIndex([]), units: new Set() };
    const { ranges, units } = readAddressRanges(section);
    return { index: new AddressIndex(ranges), units };
  }

  #scan(known: ReadonlySet<number>): AddressIndex {
    const ranges: number[] = [];
    for (const offset of this.file.unitOffsets()) {
      if (known.has(offset) || ranges.length >= MOST_NUMBERS) continue;
      try {
        const header = readUnitHeader(this.file.section('.debug_info'), offset);
        if (header.kind !== 'compile' && header.kind !== 'skeleton') continue;
        const unit = new Unit(this.file, header);
        const own = unit.ranges(unit.root);
        for (let i = 0; i + 1 < own.length; i += 2) ranges.push(own[i] ?? 0, own[i + 1] ?? 0, offset);
      } catch (problem) {
        if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
      }
    }
    return new AddressIndex(ranges);
  }
}
