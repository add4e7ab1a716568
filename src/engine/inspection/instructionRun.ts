import type { Disassembler, Instruction } from '../arch/disassembler.js';
import { runtimeAddress } from '../base/addresses.js';
import type { Absence, MemoryView } from '../base/memoryView.js';

/** A stretch of code: an instruction, bytes that are none, or bytes that are not there. */
export interface CodePiece {
  readonly address: bigint;
  /** Bytes of memory that it stands for. */
  readonly length: number;
  readonly bytes: Uint8Array;
  readonly instruction?: Instruction;
  readonly absent?: Absence;
}

/** Code and what is known of where its functions start. */
export interface CodeReader {
  readonly memory: MemoryView;
  readonly disassembler: Disassembler;
  /** The start of the function that holds an address; `undefined` when it is not known. */
  functionStart(address: bigint): bigint | undefined;
}

const PAGE = 4096n;
const LONGEST_INSTRUCTION = 15;
/** Of a longer function only its end is decoded: x86 code comes into step by itself. */
const LONGEST_WALK = 1 << 16;
const TOP = 1n << 64n;

/** `count` pieces from an address on; fewer where the address space ends. */
export function piecesFrom(code: CodeReader, address: bigint, count: number): CodePiece[] {
  const pieces: CodePiece[] = [];
  let bytes = new Uint8Array(0);
  for (let at = address, start = address; pieces.length < count && at < TOP;) {
    let rest = bytes.subarray(Number(at - start));
    if (rest.length < LONGEST_INSTRUCTION) {
      const read = code.memory.read(runtimeAddress(at), Number(min(PAGE, TOP - at)));
      if (read.bytes.length === 0) {
        const length = Number(min(PAGE - (at % PAGE), TOP - at));
        pieces.push({ address: at, length, bytes: read.bytes, absent: read.rest ?? 'unmapped' });
        at += BigInt(length);
        continue;
      }
      bytes = Uint8Array.from(read.bytes);
      start = at;
      rest = bytes;
    }
    const piece = pieceOf(code, at, rest);
    pieces.push(piece);
    at += BigInt(piece.length);
  }
  return pieces;
}

/**
 * `count` pieces that end at an address; fewer where the address space begins. Decoding starts at the start of the function that
 * holds them, so that it is in step; bytes that cannot be brought into step with the address are given as bytes.
 */
export function piecesBefore(code: CodeReader, address: bigint, count: number): CodePiece[] {
  const groups: CodePiece[][] = [];
  let have = 0;
  for (let end = address; have < count && end > 0n;) {
    const group = hole(code, end) ?? piecesInto(code, end, count - have);
    groups.unshift(group);
    have += group.length;
    end = group[0]?.address ?? 0n;
  }
  return groups.flat().slice(-count);
}

function pieceOf(code: CodeReader, address: bigint, bytes: Uint8Array): CodePiece {
  const instruction = code.disassembler.decode(bytes.subarray(0, LONGEST_INSTRUCTION), runtimeAddress(address));
  if (instruction === undefined) return { address, length: 1, bytes: bytes.slice(0, 1) };
  return { address, length: instruction.length, bytes: bytes.slice(0, instruction.length), instruction };
}

/** The part of the page before `end` that is not there, when the byte before `end` is not. */
function hole(code: CodeReader, end: bigint): CodePiece[] | undefined {
  const last = code.memory.read(runtimeAddress(end - 1n), 1);
  if (last.bytes.length > 0) return undefined;
  const page = end - 1n - ((end - 1n) % PAGE);
  const known = code.memory.read(runtimeAddress(page), Number(end - page)).bytes.length;
  const start = page + BigInt(known);
  return [{ address: start, length: Number(end - start), bytes: new Uint8Array(0), absent: last.rest ?? 'unmapped' }];
}

/** Pieces of the function, or of the stretch, whose last byte is before `end`. At least one. */
function piecesInto(code: CodeReader, end: bigint, wanted: number): CodePiece[] {
  const anchor = anchorBefore(code, end);
  if (anchor !== undefined && end - anchor <= BigInt(LONGEST_WALK) && known(code, anchor, end))
    return decodeInto(code, anchor, end);
  const span = BigInt(Math.min(LONGEST_WALK, (wanted + 4) * LONGEST_INSTRUCTION + 64));
  const start = firstKnown(code, anchor !== undefined && anchor > end - span ? anchor : max(0n, end - span), end);
  let best: CodePiece[] | undefined;
  for (let from = start; from < end && from < start + BigInt(LONGEST_INSTRUCTION); from++) {
    const pieces = decodeInto(code, from, end);
    // The last piece ends exactly there and everything on the way is an instruction.
    if (pieces.every(({ instruction }) => instruction !== undefined)) return pieces.slice(-wanted);
    best ??= pieces;
  }
  return (best ?? []).slice(-Math.max(1, wanted));
}

/** The start of the function before `end`; of padding, that of the function it follows. */
function anchorBefore(code: CodeReader, end: bigint): bigint | undefined {
  for (let at = end - 1n; at >= 0n && at >= end - MOST_PADDING; at--) {
    const start = code.functionStart(at);
    if (start !== undefined) return start < end ? start : undefined;
  }
  return undefined;
}

const MOST_PADDING = 64n;

function decodeInto(code: CodeReader, start: bigint, end: bigint): CodePiece[] {
  const { bytes } = code.memory.read(runtimeAddress(start), Number(end - start));
  const pieces: CodePiece[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const piece = pieceOf(code, start + BigInt(offset), bytes.subarray(offset));
    pieces.push(piece);
    offset += piece.length;
  }
  return pieces;
}

function known(code: CodeReader, start: bigint, end: bigint): boolean {
  return code.memory.read(runtimeAddress(start), Number(end - start)).rest === undefined;
}

/** The lowest address from which all bytes up to `end` are there; at least the last byte is. */
function firstKnown(code: CodeReader, start: bigint, end: bigint): bigint {
  if (known(code, start, end)) return start;
  let low = start;
  let high = end - 1n;
  while (low + 1n < high) {
    const middle = (low + high) >> 1n;
    if (known(code, middle, end)) high = middle;
    else low = middle;
  }
  return high;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
