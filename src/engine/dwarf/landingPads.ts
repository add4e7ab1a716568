import { ByteCursor, FormatError } from '../base/byteCursor.js';
import { OMITTED, readEncodedPointer, readEncodedValue } from './cfi/pointerEncoding.js';

/** A range of a function's calls and where an exception that comes out of them lands; link addresses. */
export interface CallSiteRecord {
  readonly start: bigint;
  readonly end: bigint;
  readonly landingPad: bigint;
  /** Nothing is caught there: the pad runs destructors and resumes the unwinding. */
  readonly cleanup: boolean;
}

/** More than any function has. */
const MOST_RECORDS = 4096;
const BASE = { text: undefined, data: undefined, addressSize: 8 } as const;

/**
 * The call-site table of a language-specific data area as GCC and Clang emit it (Itanium C++ ABI: Exception Handling, exception tables).
 *
 * @param bytes from the area's start, more than enough
 * @param area its link address
 * @returns the records that have a landing pad, in the order of the table; as many as could be read
 */
export function readLandingPads(bytes: Uint8Array, area: bigint, functionStart: bigint): readonly CallSiteRecord[] {
  const records: CallSiteRecord[] = [];
  try {
    const cursor = new ByteCursor(bytes, true);
    const base = readEncodedPointer(cursor, cursor.u8(), { ...BASE, section: area, functionStart });
    const pads = base?.address ?? functionStart;
    if (cursor.u8() !== OMITTED) cursor.uleb();
    const format = cursor.u8() & 0x0f;
    const end = cursor.uleb() + BigInt(cursor.position);
    while (BigInt(cursor.position) < end && records.length < MOST_RECORDS) {
      const start = functionStart + readEncodedValue(cursor, format, 8);
      const length = readEncodedValue(cursor, format, 8);
      const pad = readEncodedValue(cursor, format, 8);
      const action = cursor.uleb();
      if (pad !== 0n) records.push({ start, end: start + length, landingPad: pads + pad, cleanup: action === 0n });
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return records;
}
