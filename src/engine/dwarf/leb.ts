import { type ByteCursor, FormatError } from '../base/byteCursor.js';

/** Unsigned LEB128 as a number, without bigints: for loops over millions. Above 2^53 it is an error. */
export function uleb(cursor: ByteCursor): number {
  const first = cursor.u8();
  if (first < 0x80) return first;
  let result = first & 0x7f;
  for (let factor = 0x80; factor <= 2 ** 63; factor *= 0x80) {
    const byte = cursor.u8();
    result += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      if (result > Number.MAX_SAFE_INTEGER) break;
      return result;
    }
  }
  throw new FormatError('bad-leb', 'LEB128 value out of range', cursor.origin + BigInt(cursor.position));
}

/** Signed LEB128 as a number; beyond 2^53 it is an error. */
export function sleb(cursor: ByteCursor): number {
  let result = 0;
  for (let factor = 1; factor <= 2 ** 63; factor *= 0x80) {
    const byte = cursor.u8();
    result += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      if ((byte & 0x40) !== 0) result -= factor * 0x80;
      if (!Number.isSafeInteger(result)) break;
      return result;
    }
  }
  throw new FormatError('bad-leb', 'LEB128 value out of range', cursor.origin + BigInt(cursor.position));
}

/** Either kind; the value does not matter. */
export function skipLeb(cursor: ByteCursor): void {
  while (cursor.u8() >= 0x80);
}

/**
 * An unsigned word as a number. Above 2^53 it is not exact, which is harmless for what it is used for: no link address or offset
 * of a user-space file is that large, so such a value (a linker's mark for discarded code) only has to stay large.
 */
export function wordNumber(cursor: ByteCursor, size: 4 | 8): number {
  if (size === 4) return cursor.u32();
  const first = cursor.u32();
  const second = cursor.u32();
  return cursor.littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
}
