import { BackwardBits, damaged, readFseTable } from './zstdTables.js';

/** For each of the next `width` bits, the byte they begin with and how many bits that takes. */
export interface HuffmanTable {
  readonly width: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
}

export interface Literals {
  readonly bytes: Uint8Array;
  /** Bytes of the block that they took. */
  readonly length: number;
  /** The table used, kept for the next block. */
  readonly table: HuffmanTable | undefined;
}

/** The literals at the start of a compressed block (RFC 8878, 3.1.1.3.1). */
export function readLiterals(block: Uint8Array, before: HuffmanTable | undefined, most: number): Literals {
  const type = (block[0] ?? 0) & 3;
  const format = ((block[0] ?? 0) >> 2) & 3;
  const word = (block[0] ?? 0) + (block[1] ?? 0) * 2 ** 8 + (block[2] ?? 0) * 2 ** 16 + (block[3] ?? 0) * 2 ** 24;
  if (type < 2) {
    const head = [1, 2, 1, 3][format] ?? 1;
    const size = head === 1 ? (word % 256) >> 3 : Math.floor((word % 2 ** (8 * head)) / 16);
    const stored = type === 0 ? size : 1;
    if (size > most || head + stored > block.length) damaged('literals that are too long');
    const bytes = type === 0 ? block.subarray(head, head + size) : new Uint8Array(size).fill(block[head] ?? 0);
    return { bytes, length: head + stored, table: before };
  }
  const head = [3, 3, 4, 5][format] ?? 3;
  const width = [10, 10, 14, 18][format] ?? 10;
  const all = word + (block[4] ?? 0) * 2 ** 32;
  const size = Math.floor(all / 16) % 2 ** width;
  const packed = Math.floor(all / 2 ** (4 + width)) % 2 ** width;
  if (size > most || head + packed > block.length) damaged('literals that are too long');
  let body = block.subarray(head, head + packed);
  let table = before;
  if (type === 2) {
    const read = readHuffman(body);
    table = read.table;
    body = body.subarray(read.length);
  }
  if (table === undefined) return damaged('literals without a table');
  const bytes = new Uint8Array(size);
  if (format === 0) decodeStream(body, bytes, table);
  else decodeFour(body, bytes, table);
  return { bytes, length: head + packed, table };
}

function decodeFour(body: Uint8Array, out: Uint8Array, table: HuffmanTable): void {
  const part = (out.length + 3) >> 2;
  if (body.length < 6 || 3 * part > out.length) damaged('literals that are too short');
  let at = 6;
  for (let stream = 0; stream < 4; stream++) {
    const end = stream === 3 ? body.length : at + (body[2 * stream] ?? 0) + ((body[2 * stream + 1] ?? 0) << 8);
    if (end > body.length) damaged('literals that are too long');
    decodeStream(
      body.subarray(at, end),
      out.subarray(stream * part, stream === 3 ? out.length : (stream + 1) * part),
      table,
    );
    at = end;
  }
}

function decodeStream(body: Uint8Array, out: Uint8Array, { width, symbols, bits }: HuffmanTable): void {
  let { left } = new BackwardBits(body);
  const mask = (1 << width) - 1;
  for (let i = 0; i < out.length; i++) {
    // Most of a frame's time is spent here: the bits are fetched in place.
    const from = left - width;
    const at = from >> 3;
    const code =
      from >= 0
        ? (((body[at] as number) | ((body[at + 1] ?? 0) << 8) | ((body[at + 2] ?? 0) << 16)) >> (from & 7)) & mask
        : left > 0
          ? (((body[0] as number) | ((body[1] ?? 0) << 8)) << -from) & mask
          : 0;
    out[i] = symbols[code] as number;
    left -= bits[code] as number;
  }
  if (left !== 0) damaged('literals that do not end where they should');
}

/** RFC 8878, 4.2.1: the weights of all symbols but the last, whose weight follows. */
function readHuffman(bytes: Uint8Array): { readonly table: HuffmanTable; readonly length: number } {
  const head = bytes[0] ?? 0;
  const length = 1 + (head >= 128 ? (head - 126) >> 1 : head);
  if (length > bytes.length) damaged('a broken table of literals');
  const weights = head >= 128 ? directWeights(bytes, head - 127) : packedWeights(bytes.subarray(1, length));
  let sum = 0;
  for (const weight of weights) sum += weight === 0 ? 0 : 1 << (weight - 1);
  const width = 32 - Math.clz32(sum);
  const rest = (1 << width) - sum;
  if (sum === 0 || width > 11 || (rest & (rest - 1)) !== 0) damaged('a broken table of literals');
  weights.push(32 - Math.clz32(rest));
  const symbols = new Uint8Array(1 << width);
  const bits = new Uint8Array(1 << width);
  let place = 0;
  for (let weight = 1; weight <= width; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      const count = 1 << (weight - 1);
      symbols.fill(symbol, place, place + count);
      bits.fill(width + 1 - weight, place, place + count);
      place += count;
    });
  }
  return { table: { width, symbols, bits }, length };
}

function directWeights(bytes: Uint8Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const byte = bytes[1 + (i >> 1)] ?? 0;
    return (i & 1) === 0 ? byte >> 4 : byte & 15;
  });
}

function packedWeights(bytes: Uint8Array): number[] {
  const { table, length } = readFseTable(bytes, { accuracy: 6, symbol: 12 });
  const input = new BackwardBits(bytes.subarray(length));
  const states = [input.take(table.accuracy), input.take(table.accuracy)];
  const weights: number[] = [];
  // Two states take turns; when the bits run out, the other has one symbol left.
  for (let turn = 0; weights.length < 255; turn ^= 1) {
    const state = states[turn] ?? 0;
    weights.push(table.symbols[state] ?? 0);
    const width = table.bits[state] ?? 0;
    if (input.left < width) {
      weights.push(table.symbols[states[turn ^ 1] ?? 0] ?? 0);
      return weights;
    }
    states[turn] = (table.bases[state] ?? 0) + input.take(width);
  }
  return damaged('a broken table of literals');
}
