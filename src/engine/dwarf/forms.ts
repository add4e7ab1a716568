import { type ByteCursor, FormatError } from '../base/byteCursor.js';
import { Form } from './dwarfCodes.js';
import { skipLeb, uleb, wordNumber } from './leb.js';

/** What the size of some forms depends on. */
export interface UnitShape {
  readonly version: number;
  readonly addressSize: 4 | 8;
  /** 8 in 64-bit DWARF. */
  readonly offsetSize: 4 | 8;
}

/**
 * The value of an attribute by class (DWARF 5 §7.5.5), not yet looked up in other sections. Offsets count from the start of the
 * section named.
 * - `reference`: of a DIE, from the start of its own unit; `infoReference`: from the start of `.debug_info`; `altReference`: in the
 *   file dwz moved it to
 * - `index`: into the unit's part of `.debug_addr`, `.debug_str_offsets` or a list table
 */
export type AttributeValue =
  | { readonly kind: 'address'; readonly address: number }
  | { readonly kind: 'addressIndex' | 'stringIndex' | 'rangeListIndex' | 'locationListIndex'; readonly index: number }
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'block' | 'expression' | 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'reference' | 'infoReference' | 'altReference' | 'sectionOffset'; readonly offset: number }
  | { readonly kind: 'stringOffset' | 'lineStringOffset' | 'altStringOffset'; readonly offset: number }
  | { readonly kind: 'signature'; readonly signature: bigint };

/** @throws FormatError for an unknown form: its size and with it everything behind it is lost */
export function readForm(cursor: ByteCursor, form: number, shape: UnitShape, implicit = 0n): AttributeValue {
  switch (form) {
    case Form.addr:
      return { kind: 'address', address: wordNumber(cursor, shape.addressSize) };
    case Form.data1:
      return { kind: 'constant', value: BigInt(cursor.u8()) };
    case Form.data2:
      return { kind: 'constant', value: BigInt(cursor.u16()) };
    case Form.data4:
      return { kind: 'constant', value: BigInt(cursor.u32()) };
    case Form.data8:
      return { kind: 'constant', value: cursor.u64() };
    case Form.udata:
      return { kind: 'constant', value: cursor.uleb() };
    case Form.sdata:
      return { kind: 'constant', value: cursor.sleb() };
    case Form.implicitConst:
      return { kind: 'constant', value: implicit };
    case Form.data16:
      return { kind: 'block', bytes: cursor.take(16) };
    case Form.block1:
      return { kind: 'block', bytes: cursor.take(cursor.u8()) };
    case Form.block2:
      return { kind: 'block', bytes: cursor.take(cursor.u16()) };
    case Form.block4:
      return { kind: 'block', bytes: cursor.take(cursor.u32()) };
    case Form.block:
      return { kind: 'block', bytes: cursor.take(uleb(cursor)) };
    case Form.exprloc:
      return { kind: 'expression', bytes: cursor.take(uleb(cursor)) };
    case Form.flag:
      return { kind: 'flag', value: cursor.u8() !== 0 };
    case Form.flagPresent:
      return { kind: 'flag', value: true };
    case Form.string:
      return { kind: 'text', bytes: cursor.cString() };
    case Form.strp:
      return { kind: 'stringOffset', offset: wordNumber(cursor, shape.offsetSize) };
    case Form.lineStrp:
      return { kind: 'lineStringOffset', offset: wordNumber(cursor, shape.offsetSize) };
    case Form.strpSup:
    case Form.gnuStrpAlt:
      return { kind: 'altStringOffset', offset: wordNumber(cursor, shape.offsetSize) };
    case Form.strx:
    case Form.gnuStrIndex:
      return { kind: 'stringIndex', index: uleb(cursor) };
    case Form.strx1:
      return { kind: 'stringIndex', index: cursor.u8() };
    case Form.strx2:
      return { kind: 'stringIndex', index: cursor.u16() };
    case Form.strx3:
      return { kind: 'stringIndex', index: cursor.u24() };
    case Form.strx4:
      return { kind: 'stringIndex', index: cursor.u32() };
    case Form.addrx:
    case Form.gnuAddrIndex:
      return { kind: 'addressIndex', index: uleb(cursor) };
    case Form.addrx1:
      return { kind: 'addressIndex', index: cursor.u8() };
    case Form.addrx2:
      return { kind: 'addressIndex', index: cursor.u16() };
    case Form.addrx3:
      return { kind: 'addressIndex', index: cursor.u24() };
    case Form.addrx4:
      return { kind: 'addressIndex', index: cursor.u32() };
    case Form.ref1:
      return { kind: 'reference', offset: cursor.u8() };
    case Form.ref2:
      return { kind: 'reference', offset: cursor.u16() };
    case Form.ref4:
      return { kind: 'reference', offset: cursor.u32() };
    case Form.ref8:
      return { kind: 'reference', offset: wordNumber(cursor, 8) };
    case Form.refUdata:
      return { kind: 'reference', offset: uleb(cursor) };
    case Form.refAddr:
      return { kind: 'infoReference', offset: wordNumber(cursor, referenceSize(shape)) };
    case Form.refSup4:
      return { kind: 'altReference', offset: cursor.u32() };
    case Form.refSup8:
      return { kind: 'altReference', offset: wordNumber(cursor, 8) };
    case Form.gnuRefAlt:
      return { kind: 'altReference', offset: wordNumber(cursor, shape.offsetSize) };
    case Form.refSig8:
      return { kind: 'signature', signature: cursor.u64() };
    case Form.secOffset:
      return { kind: 'sectionOffset', offset: wordNumber(cursor, shape.offsetSize) };
    case Form.loclistx:
      return { kind: 'locationListIndex', index: uleb(cursor) };
    case Form.rnglistx:
      return { kind: 'rangeListIndex', index: uleb(cursor) };
    case Form.indirect:
      return readForm(cursor, directForm(cursor), shape);
    default:
      throw unknownForm(form);
  }
}

/** Moves behind a value. @throws FormatError for an unknown form */
export function skipForm(cursor: ByteCursor, form: number, shape: UnitShape): void {
  const size = formSize(form, shape);
  if (size !== undefined) {
    cursor.skip(size);
    return;
  }
  switch (form) {
    case Form.sdata:
    case Form.udata:
    case Form.strx:
    case Form.addrx:
    case Form.refUdata:
    case Form.loclistx:
    case Form.rnglistx:
    case Form.gnuAddrIndex:
    case Form.gnuStrIndex:
      skipLeb(cursor);
      return;
    case Form.block1:
      cursor.skip(cursor.u8());
      return;
    case Form.block2:
      cursor.skip(cursor.u16());
      return;
    case Form.block4:
      cursor.skip(cursor.u32());
      return;
    case Form.block:
    case Form.exprloc:
      cursor.skip(uleb(cursor));
      return;
    case Form.string:
      cursor.cString();
      return;
    case Form.indirect:
      skipForm(cursor, directForm(cursor), shape);
      return;
    default:
      throw unknownForm(form);
  }
}

/** In bytes; `undefined` when the value itself tells, or the form is unknown. */
export function formSize(form: number, shape: UnitShape): number | undefined {
  switch (form) {
    case Form.flagPresent:
    case Form.implicitConst:
      return 0;
    case Form.data1:
    case Form.flag:
    case Form.ref1:
    case Form.strx1:
    case Form.addrx1:
      return 1;
    case Form.data2:
    case Form.ref2:
    case Form.strx2:
    case Form.addrx2:
      return 2;
    case Form.strx3:
    case Form.addrx3:
      return 3;
    case Form.data4:
    case Form.ref4:
    case Form.refSup4:
    case Form.strx4:
    case Form.addrx4:
      return 4;
    case Form.data8:
    case Form.ref8:
    case Form.refSup8:
    case Form.refSig8:
      return 8;
    case Form.data16:
      return 16;
    case Form.addr:
      return shape.addressSize;
    case Form.refAddr:
      return referenceSize(shape);
    case Form.strp:
    case Form.lineStrp:
    case Form.strpSup:
    case Form.secOffset:
    case Form.gnuRefAlt:
    case Form.gnuStrpAlt:
      return shape.offsetSize;
    default:
      return undefined;
  }
}

/** DWARF 2 made it the size of an address, later versions that of an offset. */
function referenceSize(shape: UnitShape): 4 | 8 {
  return shape.version === 2 ? shape.addressSize : shape.offsetSize;
}

/** DW_FORM_indirect names the form in front of the value; naming itself or a constant that is elsewhere makes no sense. */
function directForm(cursor: ByteCursor): number {
  const form = uleb(cursor);
  if (form === Form.indirect || form === Form.implicitConst) throw unknownForm(form);
  return form;
}

function unknownForm(form: number): FormatError {
  return new FormatError('bad-form', `attribute form 0x${form.toString(16)} is not known`);
}
