/**
 * Spells a vector register, given as hex with the lowest byte first, as lines of sixteen bytes. Numbers are little-endian, lowest
 * element first.
 */
export function formatVector(hex: string, format: VectorFormat): string[] {
  const bytes = bytesOf(hex);
  const lines: string[] = [];
  for (let start = 0; start < bytes.length; start += 16)
    lines.push(formatLine(bytes.subarray(start, start + 16), format));
  return lines;
}

export type VectorFormat = 'bytes' | 'u32' | 'u64' | 'float' | 'double';

/** The formats on offer. */
export const VECTOR_FORMATS: readonly { readonly value: VectorFormat; readonly label: string }[] = [
  { value: 'bytes', label: 'Bytes' },
  { value: 'u32', label: '32-bit integers' },
  { value: 'u64', label: '64-bit integers' },
  { value: 'float', label: 'Floats' },
  { value: 'double', label: 'Doubles' },
];

function bytesOf(hex: string): Uint8Array {
  const digits = hex.replace(/^0x/, '');
  const bytes = new Uint8Array(Math.floor(digits.length / 2));
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

function formatLine(bytes: Uint8Array, format: VectorFormat): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'bytes':
      return every(bytes, 4, (at) =>
        Array.from(bytes.subarray(at, at + 4), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      );
    case 'u32':
      return every(bytes, 4, (at) => String(view.getUint32(at, true)));
    case 'u64':
      return every(bytes, 8, (at) => String(view.getBigUint64(at, true)));
    case 'float':
      return every(bytes, 4, (at) => shortNumber(view.getFloat32(at, true)));
    case 'double':
      return every(bytes, 8, (at) => shortNumber(view.getFloat64(at, true)));
  }
}

function every(bytes: Uint8Array, size: number, spell: (at: number) => string): string {
  const parts: string[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) parts.push(spell(at));
  return parts.join(' ');
}

function shortNumber(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value);
}
