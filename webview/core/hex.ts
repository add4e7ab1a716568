/** Reading and showing the `0x` strings of the protocol. */

/** Parses an address or value; undefined where it is none. */
export function parseHex(text: string | undefined): bigint | undefined {
  return text !== undefined && /^0x[0-9a-f]+$/i.test(text) ? BigInt(text) : undefined;
}

/** One spelling per address, for comparing: lower case, no leading zeros, no prefix. */
export function addressKey(text: string): string {
  const value = parseHex(text);
  return value === undefined ? text : value.toString(16);
}

/** A 64-bit word as 16 digits, split so that the leading zeros can be shown quieter. */
export function wordDigits(text: string): { readonly zeros: string; readonly digits: string } {
  const value = parseHex(text);
  if (value === undefined) return { zeros: '', digits: text };
  const all = value.toString(16).padStart(16, '0');
  const significant = all.replace(/^0+(?=.)/, '');
  if (value === 0n) return { zeros: all, digits: '' };
  return { zeros: all.slice(0, all.length - significant.length), digits: significant };
}

/** An address without its prefix, at least 12 digits: what user space needs. */
export function addressDigits(address: bigint): string {
  return BigInt.asUintN(64, address).toString(16).padStart(12, '0');
}

/** `+16`, `-8`: a distance in bytes with its sign; the minus is a real one, as wide as a plus. */
export function signedOffset(bytes: number): string {
  return bytes < 0 ? `−${-bytes}` : `+${bytes}`;
}

/** A size for people: 315 kB, 10.2 GB. */
export function readableSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${units[unit] ?? ''}`;
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1) || path;
}
