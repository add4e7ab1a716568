import { FormatError } from '../base/byteCursor.js';
import type { DwarfFile } from './dwarfFile.js';
import { Unit } from './unit.js';
import { readUnitHeader } from './unitHeader.js';

/** Columns of the index that matter here (DWARF 5 §7.3.5.3). The GNU version of DWARF 4 numbers them alike. */
const Column = { info: 1, abbreviations: 3, stringOffsets: 6, rangeLists: 8 } as const;

const MOST_COLUMNS = 64;

/**
 * The unit with an id in a `.dwp` package (DWARF 5 §7.3.5); `undefined` when the file is no package or has no such unit.
 * @throws FormatError
 */
export function findInPackage(file: DwarfFile, skeleton: Unit, id: bigint): Unit | undefined {
  const index = file.named('.debug_cu_index');
  if (index === undefined) return undefined;
  const head = index.cursor(0, 16);
  // DWARF 5 has a half-word and padding, GNU's version 2 a word: alike in little-endian, and told apart otherwise.
  const version = head.u16() || head.u16();
  if (version !== 2 && version !== 5) throw new FormatError('bad-index-version', `package index version ${version}`);
  head.seek(4);
  const [columns, units, slots] = [head.u32(), head.u32(), head.u32()];
  if (columns > MOST_COLUMNS || slots === 0 || (slots & (slots - 1)) !== 0) return undefined;
  const row = findRow(slots, id, (slot) => index.cursor(16 + slot * 8, 8).u64());
  if (row === undefined) return undefined;
  const rowNumber = index.cursor(16 + slots * 8 + row * 4, 4).u32();
  if (rowNumber === 0 || rowNumber > units) return undefined;
  const table = 16 + slots * 12;
  const names = index.cursor(table, columns * 4);
  const offsets = index.cursor(table + rowNumber * columns * 4, columns * 4);
  const parts = new Map<number, number>();
  for (let i = 0; i < columns; i++) parts.set(names.u32(), offsets.u32());
  const part = (column: number): number => parts.get(column) ?? 0;
  const header = readUnitHeader(file.section('.debug_info'), part(Column.info));
  return new Unit(file, header, {
    skeleton,
    abbreviations: part(Column.abbreviations),
    stringOffsets: part(Column.stringOffsets),
    rangeLists: version === 5 ? part(Column.rangeLists) : 0,
  });
}

/** Open addressing with a second hash for the step; an empty slot holds 0. */
function findRow(slots: number, id: bigint, idAt: (slot: number) => bigint): number | undefined {
  const mask = BigInt(slots - 1);
  const step = Number(((id >> 32n) & mask) | 1n);
  let slot = Number(id & mask);
  for (let tries = 0; tries < slots; tries++) {
    const found = idAt(slot);
    if (found === id) return slot;
    if (found === 0n) return undefined;
    slot = (slot + step) % slots;
  }
  return undefined;
}
