import { FormatError } from '../base/byteCursor.js';
import type { DwarfFile } from './dwarfFile.js';
import type { AttributeValue } from './forms.js';
import { LruCache } from './lruCache.js';
import { Unit } from './unit.js';
import { readUnitHeader } from './unitHeader.js';

/** A DIE in a unit. */
export interface DieReference {
  readonly unit: Unit;
  readonly offset: number;
}

/** The units of a file and of its dwz companion, for references between them. Methods throw `FormatError`. */
export class UnitPool {
  readonly #units = new LruCache<number, Unit>(4 << 20);
  #alt: UnitPool | undefined;

  constructor(readonly file: DwarfFile) {}

  unit(offset: number): Unit {
    const known = this.#units.get(offset);
    if (known !== undefined) return known;
    const header = readUnitHeader(this.file.section('.debug_info'), offset);
    if (header.kind === 'other') throw new FormatError('bad-unit-version', 'unit of unknown kind', BigInt(offset));
    const unit = new Unit(this.file, header);
    this.#units.set(offset, unit, 1024);
    return unit;
  }

  /**
   * What a reference in `unit` points to.
   * @returns `undefined`: `value` is none, or to a type unit or a file that is not here
   */
  follow(unit: Unit, value: AttributeValue | undefined): DieReference | undefined {
    switch (value?.kind) {
      case 'reference':
        return { unit, offset: unit.header.offset + value.offset };
      case 'infoReference':
        return this.#inInfo(unit, value.offset);
      case 'altReference':
        // From the companion itself such a reference is one into itself.
        return unit.file === this.file ? this.#altPool()?.around(value.offset) : undefined;
      default:
        return undefined;
    }
  }

  /** The DIE at an offset of `.debug_info`. */
  around(offset: number): DieReference {
    return { unit: this.unit(this.file.unitAround(offset)), offset };
  }

  #inInfo(unit: Unit, offset: number): DieReference | undefined {
    if (offset >= unit.header.firstDie && offset < unit.header.end) return { unit, offset };
    // Split units stand alone.
    if (unit.origin !== undefined) return undefined;
    if (unit.file === this.file) return this.around(offset);
    const alt = this.#altPool();
    return unit.file === alt?.file ? alt.around(offset) : undefined;
  }

  #altPool(): UnitPool | undefined {
    const { alt } = this.file;
    if (this.#alt === undefined && alt !== undefined) this.#alt = new UnitPool(alt);
    return this.#alt;
  }
}
