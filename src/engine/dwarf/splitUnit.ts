import { FormatError } from '../base/byteCursor.js';
import type { DebugSections } from './debugSections.js';
import { Attribute } from './dwarfCodes.js';
import { DwarfFile } from './dwarfFile.js';
import { findInPackage } from './packageIndex.js';
import { offsetOf, Unit } from './unit.js';
import { readUnitHeader } from './unitHeader.js';

/** Opens the files that skeleton units name (DWARF 5 §3.1.2; before, the GNU extension of DWARF 4). */
export class SplitFiles {
  readonly #files = new WeakMap<DebugSections, DwarfFile>();
  #count = 0;

  /**
   * The split unit that holds the functions of a skeleton; `undefined` when `unit` is a whole unit, or the file is not here or does
   * not have this unit.
   * @throws FormatError
   */
  open(unit: Unit): Unit | undefined {
    const { attributes } = unit.root;
    const path = unit.text(attributes.get(Attribute.dwoName) ?? attributes.get(Attribute.gnuDwoName));
    const id = unit.header.dwoId ?? idOf(unit);
    if (path === undefined || id === undefined) return undefined;
    const directory = unit.text(attributes.get(Attribute.compilationDirectory));
    const full = path.startsWith('/') || directory === undefined ? path : `${directory}/${path}`;
    for (const sections of unit.file.sections.openSplit?.(full, id) ?? []) {
      let file = this.#files.get(sections);
      if (file === undefined)
        this.#files.set(sections, (file = new DwarfFile(sections, true, `split-${++this.#count}`)));
      const found = findIn(file, unit, id);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** A damaged file is as good as one without the unit; a missing read will be repeated. */
function findIn(file: DwarfFile, skeleton: Unit, id: bigint): Unit | undefined {
  try {
    return findInPackage(file, skeleton, id) ?? findInFile(file, skeleton, id);
  } catch (problem) {
    if (!(problem instanceof FormatError) || problem.code === 'not-fetched') throw problem;
    return undefined;
  }
}

/** A `.dwo` has one unit with code, and perhaps type units. */
function findInFile(file: DwarfFile, skeleton: Unit, id: bigint): Unit | undefined {
  if (file.named('.debug_cu_index') !== undefined) return undefined;
  for (const offset of file.unitOffsets()) {
    const header = readUnitHeader(file.section('.debug_info'), offset);
    if (header.kind !== 'compile' && header.kind !== 'splitCompile') continue;
    const unit = new Unit(file, header, { skeleton, abbreviations: 0, stringOffsets: 0, rangeLists: 0 });
    if ((header.dwoId ?? idOf(unit)) === id) return unit;
  }
  return undefined;
}

function idOf(unit: Unit): bigint | undefined {
  const value = unit.root.attributes.get(Attribute.gnuDwoId);
  if (value?.kind === 'constant') return BigInt.asUintN(64, value.value);
  const offset = offsetOf(value);
  if (offset !== undefined) throw new FormatError('bad-dwo-id', 'split unit id of unknown form');
  return undefined;
}
