import { ByteCursor, FormatError } from '../base/byteCursor.js';
import type { SectionReader } from './debugSections.js';
import type { UnitShape } from './forms.js';
import { wordNumber } from './leb.js';

/** `other`: of a version or type that this engine does not read; only its extent is known. */
export type UnitKind = 'compile' | 'partial' | 'skeleton' | 'splitCompile' | 'type' | 'other';

/** The head of a unit in `.debug_info` (DWARF 5 §7.5.1). Offsets count from the start of the section. */
export interface UnitHeader extends UnitShape {
  readonly offset: number;
  /** Where the next unit begins; the section's end when the unit claims more. */
  readonly end: number;
  readonly firstDie: number;
  readonly kind: UnitKind;
  readonly abbreviationsOffset: number;
  /** DWARF 5 skeleton and split units only; before, it is an attribute. */
  readonly dwoId?: bigint;
}

const KINDS: readonly (UnitKind | undefined)[] = [
  undefined,
  'compile',
  'type',
  'partial',
  'skeleton',
  'splitCompile',
  'type',
];

/** Longest head: 64-bit DWARF 5 with a type signature. */
const LONGEST = 40;

/** @throws FormatError when there is no unit at `offset` */
export function readUnitHeader(section: SectionReader, offset: number): UnitHeader {
  const cursor = new ByteCursor(section.upTo(offset, LONGEST), section.littleEndian, BigInt(offset));
  const { length, offsetSize } = readInitialLength(cursor);
  const end = Math.min(offset + cursor.position + length, section.size);
  const version = cursor.u16();
  const extent = { offset, end, version, offsetSize };
  if (version < 2 || version > 5) return other(extent, cursor);
  let kind: UnitKind = 'compile';
  let addressSize: number;
  let abbreviationsOffset: number;
  if (version === 5) {
    kind = KINDS[cursor.u8()] ?? 'other';
    addressSize = cursor.u8();
    abbreviationsOffset = wordNumber(cursor, offsetSize);
  } else {
    abbreviationsOffset = wordNumber(cursor, offsetSize);
    addressSize = cursor.u8();
  }
  if ((addressSize !== 4 && addressSize !== 8) || kind === 'other') return other(extent, cursor);
  const head = { ...extent, kind, addressSize, abbreviationsOffset } as const;
  if (kind === 'skeleton' || kind === 'splitCompile') {
    const dwoId = cursor.u64();
    return { ...head, dwoId, firstDie: offset + cursor.position };
  }
  if (kind === 'type') cursor.skip(8 + offsetSize);
  return { ...head, firstDie: offset + cursor.position };
}

/** DWARF 5 §7.4: the length of what follows, and by it whether this is 64-bit DWARF. */
export function readInitialLength(cursor: ByteCursor): { length: number; offsetSize: 4 | 8 } {
  const length = cursor.u32();
  if (length === 0xffffffff) return { length: wordNumber(cursor, 8), offsetSize: 8 };
  if (length >= 0xfffffff0) throw new FormatError('bad-length', 'reserved length', cursor.origin);
  return { length, offsetSize: 4 };
}

function other(extent: Pick<UnitHeader, 'offset' | 'end' | 'version' | 'offsetSize'>, cursor: ByteCursor): UnitHeader {
  return {
    ...extent,
    kind: 'other',
    addressSize: 8,
    abbreviationsOffset: 0,
    firstDie: extent.offset + cursor.position,
  };
}
