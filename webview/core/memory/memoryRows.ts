import type { MemoryAnswer } from '../../../src/shared/queries.js';

/** Bytes of one row. */
export const ROW_BYTES = 16;

/** Sixteen bytes; `undefined` where one is not there, and why. */
export interface MemoryRow {
  readonly address: bigint;
  readonly bytes: readonly (number | undefined)[];
  readonly absent: string | undefined;
}

/** How the bytes of a row are spelled. */
export type MemoryFormat = 'bytes' | 'u16' | 'u32' | 'u64';

/** The formats on offer, with the bytes of one element. */
export const MEMORY_FORMATS: readonly {
  readonly value: MemoryFormat;
  readonly label: string;
  readonly size: number;
}[] = [
  { value: 'bytes', label: 'Bytes', size: 1 },
  { value: 'u16', label: '2-byte words', size: 2 },
  { value: 'u32', label: '4-byte words', size: 4 },
  { value: 'u64', label: '8-byte words', size: 8 },
];

/** Cuts an answer into rows; it must begin at a multiple of sixteen. */
export function rowsOfAnswer(answer: MemoryAnswer): MemoryRow[] {
  const start = BigInt(answer.address);
  const all: (number | undefined)[] = [];
  const reasons: string[] = [];
  for (const run of answer.runs) {
    if ('bytes' in run) {
      for (let i = 0; i + 2 <= run.bytes.length; i += 2) all.push(Number.parseInt(run.bytes.slice(i, i + 2), 16));
    } else {
      for (let i = 0; i < run.length; i++) {
        reasons[Math.floor(all.length / ROW_BYTES)] = run.absent;
        all.push(undefined);
      }
    }
  }
  return Array.from({ length: Math.ceil(all.length / ROW_BYTES) }, (_, row) => ({
    address: start + BigInt(row * ROW_BYTES),
    bytes: all.slice(row * ROW_BYTES, (row + 1) * ROW_BYTES),
    absent: reasons[row],
  }));
}

/** The elements of a row as text, lowest address first, each with its highest digit first. */
export function spellElements({ bytes }: MemoryRow, size: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const element = bytes.slice(at, at + size).reverse();
    parts.push(element.map((byte) => (byte === undefined ? '··' : byte.toString(16).padStart(2, '0'))).join(''));
  }
  return parts;
}

/** The row as text in a format. */
export function spellRow(row: MemoryRow, size: number): string {
  const parts = spellElements(row, size);
  // A gap in the middle, as in every dump.
  const half = parts.length / 2;
  return half >= 2 ? `${parts.slice(0, half).join(' ')}  ${parts.slice(half).join(' ')}` : parts.join(' ');
}

/** Printable ASCII, dots for the rest. */
export function asciiOf({ bytes }: MemoryRow): string {
  return bytes
    .map((byte) => (byte === undefined ? ' ' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
    .join('');
}

/** The 8-byte word at `offset` in the row. */
export function wordAt({ bytes }: Pick<MemoryRow, 'bytes'>, offset: number): string | undefined {
  const word = bytes.slice(offset, offset + 8);
  if (word.length < 8 || word.includes(undefined)) return undefined;
  const value = word.reduceRight<bigint>((sum, byte) => (sum << 8n) | BigInt(byte ?? 0), 0n);
  return `0x${value.toString(16)}`;
}
