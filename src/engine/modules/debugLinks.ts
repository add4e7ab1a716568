import { ByteCursor } from '../base/byteCursor.js';
import { hexBytes, pathText } from '../base/text.js';

/** What `.gnu_debuglink` says: the name of the debug file, without folder, and the CRC-32 of its contents. */
export interface DebugLink {
  readonly name: string;
  readonly crc: number;
}

/** What `.gnu_debugaltlink` or `.debug_sup` says: where dwz put what several files share, and how to know that file. */
export interface AlternateLink {
  /** Absolute, or relative to the folder of the file that has the link. */
  readonly path: string;
  /** Its build id, or the checksum of DWARF 5; lower-case hex. */
  readonly id: string;
}

/**
 * `.gnu_debuglink`: a file name, padded to four bytes, and a CRC (gdb manual, "Separate Debug Files"). A name with a folder in it is
 * not believed.
 */
export function decodeDebugLink(section: Uint8Array, littleEndian: boolean): DebugLink | undefined {
  const end = section.indexOf(0);
  const at = (end + 4) & ~3;
  if (end <= 0 || at + 4 > section.length) return undefined;
  const name = pathText(section.subarray(0, end));
  if (name.includes('/') || name === '..') return undefined;
  return { name, crc: new ByteCursor(section, littleEndian, 0n, at).u32() };
}

/** `.gnu_debugaltlink`: a path and, behind its end, the build id of the file there. */
export function decodeAlternateLink(section: Uint8Array): AlternateLink | undefined {
  const end = section.indexOf(0);
  const id = section.subarray(end + 1);
  if (end <= 0 || id.length === 0 || id.length > LONGEST_ID) return undefined;
  return { path: pathText(section.subarray(0, end)), id: hexBytes(id) };
}

/**
 * `.debug_sup` (DWARF 5 §7.3.6): version, whether this file is the supplementary one, a path, and a checksum that stands in both.
 */
export function decodeSupplementary(
  section: Uint8Array,
  littleEndian: boolean,
): (AlternateLink & { readonly isSupplementary: boolean }) | undefined {
  if (section.length < 5) return undefined;
  const cursor = new ByteCursor(section, littleEndian);
  if (cursor.u16() !== 5) return undefined;
  const isSupplementary = cursor.u8() !== 0;
  const end = section.indexOf(0, 3);
  // The checksum is short: its length is one byte of LEB128.
  const length = section[end + 1] ?? 0;
  if (end < 0 || length === 0 || length > LONGEST_ID || end + 2 + length > section.length) return undefined;
  const id = hexBytes(section.subarray(end + 2, end + 2 + length));
  return { path: pathText(section.subarray(3, end)), id, isSupplementary };
}

const LONGEST_ID = 64;
