/**
 * CRC-32 of IEEE 802.3, which `.gnu_debuglink` uses (gdb manual, "Separate Debug Files").
 *
 * @param before of the bytes that came before, to go on with
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const table = (crcTable ??= makeTable());
  let crc = ~before;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}

let crcTable: Int32Array | undefined;

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, index) => {
    let value = index;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
    return value;
  });
}
