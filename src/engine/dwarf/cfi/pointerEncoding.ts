import { type ByteCursor, FormatError } from '../../base/byteCursor.js';

/** DW_EH_PE_omit: there is no pointer. */
export const OMITTED = 0xff;
/** DW_EH_PE_absptr: a plain address. */
export const ABSOLUTE = 0x00;
/** DW_EH_PE_pcrel | DW_EH_PE_sdata4: what every current toolchain emits in `.eh_frame`. */
export const PC_RELATIVE_I32 = 0x1b;

/** What encoded pointers may be relative to. All are link addresses. */
export interface PointerBases {
  /** Of the first byte of the cursor. */
  readonly section: bigint;
  readonly text?: bigint | undefined;
  readonly data?: bigint | undefined;
  readonly functionStart?: bigint | undefined;
  readonly addressSize: 4 | 8;
}

/** `indirect`: `address` is that of a cell in memory which holds the pointer. */
export interface EncodedPointer {
  readonly address: bigint;
  readonly indirect: boolean;
}

/**
 * Reads a pointer as `.eh_frame` and `.eh_frame_hdr` encode it (LSB Core, DWARF Extensions, "DWARF Exception Header Encoding").
 * `undefined`: omitted, null, or relative to a base that is not known; the cursor is behind it all the same.
 * @throws FormatError for an encoding that does not exist, or at the end of the bytes
 */
export function readEncodedPointer(
  cursor: ByteCursor,
  encoding: number,
  bases: PointerBases,
): EncodedPointer | undefined {
  if (encoding === OMITTED) return undefined;
  const application = encoding & 0x70;
  if (application === 0x50) alignToAddress(cursor, bases);
  const position = bases.section + BigInt(cursor.position);
  const raw = readEncodedValue(cursor, encoding & 0x0f, bases.addressSize);
  // A null stays null whatever it is relative to.
  if (raw === 0n) return undefined;
  const base = baseOf(application, position, bases);
  if (base === undefined) return undefined;
  return { address: BigInt.asUintN(bases.addressSize * 8, base + raw), indirect: (encoding & 0x80) !== 0 };
}

/** The low four bits of an encoding: size and signedness. */
export function readEncodedValue(cursor: ByteCursor, format: number, addressSize: 4 | 8): bigint {
  switch (format) {
    case 0x00:
      return cursor.word(addressSize);
    case 0x01:
      return cursor.uleb();
    case 0x02:
      return BigInt(cursor.u16());
    case 0x03:
      return BigInt(cursor.u32());
    case 0x04:
      return cursor.u64();
    case 0x08:
      return addressSize === 8 ? cursor.i64() : BigInt(cursor.i32());
    case 0x09:
      return cursor.sleb();
    case 0x0a:
      return BigInt(cursor.i16());
    case 0x0b:
      return BigInt(cursor.i32());
    case 0x0c:
      return cursor.i64();
    default:
      throw new FormatError('bad-pointer-encoding', `pointer format 0x${format.toString(16)} does not exist`);
  }
}

function baseOf(application: number, position: bigint, bases: PointerBases): bigint | undefined {
  switch (application) {
    case 0x00:
    case 0x50:
      return 0n;
    case 0x10:
      return position;
    case 0x20:
      return bases.text;
    case 0x30:
      return bases.data;
    case 0x40:
      return bases.functionStart;
    default:
      throw new FormatError('bad-pointer-encoding', `pointer base 0x${application.toString(16)} does not exist`);
  }
}

function alignToAddress(cursor: ByteCursor, bases: PointerBases): void {
  const size = BigInt(bases.addressSize);
  const over = (bases.section + BigInt(cursor.position)) % size;
  if (over !== 0n) cursor.skip(Number(size - over));
}
