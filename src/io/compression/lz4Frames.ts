import { type CompressedInput, u32 } from './compressedInput.js';
import { isSkippableMagic } from './formats.js';
import { decodeLz4Block } from './lz4Block.js';
import { StreamError } from './streamError.js';
import { XxHash32, xxHash32 } from './xxHash32.js';

const FRAME = 0x184d2204;
const LEGACY_FRAME = 0x184c2102;
const LEGACY_BLOCK = 8 << 20;
/** How far back matches reach. */
const WINDOW = 64 * 1024;

/**
 * The decompressed pieces of an lz4 file: frames one after the other, skippable and legacy ones among them. A piece is valid until
 * the next is asked for.
 *
 * @throws StreamError where the stream ends too early or is damaged
 */
export function* lz4Pieces(input: CompressedInput): Generator<Uint8Array, void> {
  for (let first = true; first || !input.atEnd; first = false) {
    const start = input.position;
    const magic = u32(input.take(4, 'the head of a frame'));
    if (magic === FRAME) yield* frame(input);
    else if (magic === LEGACY_FRAME) yield* legacyFrame(input);
    else if (isSkippableMagic(magic)) {
      input.skip(u32(input.take(4, 'a skippable frame')), 'a skippable frame');
    } else throw input.corrupt('no frame begins where one should', start);
  }
}

interface FrameHeader {
  readonly linked: boolean;
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
  readonly contentSize: number | undefined;
  readonly largestBlock: number;
}

function* frame(input: CompressedInput): Generator<Uint8Array, void> {
  const header = frameHeader(input);
  // History first, then the block: a match is a copy within one array. A small file needs no large one.
  let out = new Uint8Array(0);
  let history = 0;
  let total = 0;
  const hash = header.contentChecksum ? new XxHash32() : undefined;
  for (;;) {
    const start = input.position;
    const word = u32(input.take(4, 'the head of a block'));
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > header.largestBlock) throw input.corrupt('a block larger than its frame allows', start);
    const block = input.peek(size);
    if (out.length === 0) out = new Uint8Array(WINDOW + header.largestBlock);
    const decoded = blockInto(out, history, block, word >>> 31 === 1, header.largestBlock);
    const end = decoded < 0 ? ~decoded : decoded;
    // What lies before the cut or the damage is given nevertheless.
    if (decoded < 0 || block.length < size) yield out.subarray(history, end);
    input.skip(size, 'a block');
    if (decoded < 0) throw input.corrupt('a block that cannot be decoded', start);
    if (header.blockChecksums) {
      const expected = xxHash32(block);
      if (u32(input.take(4, 'the checksum of a block')) !== expected)
        throw input.corrupt('a block whose checksum does not match', start);
    }
    const piece = out.subarray(history, end);
    total += piece.length;
    hash?.update(piece);
    yield piece;
    history = header.linked ? keepWindow(out, end) : 0;
  }
  const end = input.position;
  if (hash !== undefined && u32(input.take(4, 'the checksum of a frame')) !== hash.digest())
    throw input.corrupt('a frame whose checksum does not match', end);
  if (header.contentSize !== undefined && header.contentSize !== total)
    throw input.corrupt(`a frame of ${total} bytes that promised ${header.contentSize}`, end);
}

/** https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, "Frame Descriptor". */
function frameHeader(input: CompressedInput): FrameHeader {
  const start = input.position;
  const flags = input.peek(1)[0] ?? 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  const length = 2 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0);
  const bytes = input.take(length + 1, 'the head of a frame');
  if (flags >> 6 !== 1) throw new StreamError('unsupported-stream', `version ${flags >> 6} of the lz4 format`, start);
  if (((xxHash32(bytes.subarray(0, length)) >>> 8) & 0xff) !== bytes[length])
    throw input.corrupt('the head of a frame, whose checksum does not match', start);
  if (hasDictionary) throw new StreamError('unsupported-stream', 'a frame that needs a dictionary', start);
  const sizeCode = ((bytes[1] ?? 0) >> 4) & 7;
  if (sizeCode < 4) throw input.corrupt('the head of a frame with an unknown block size', start);
  return {
    linked: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 0x04) !== 0,
    contentSize: hasSize ? u32(bytes, 2) + u32(bytes, 6) * 2 ** 32 : undefined,
    largestBlock: 1 << (8 + 2 * sizeCode),
  };
}

/** Blocks of 8 MiB without any checksum; the next frame or the end of the file ends it. */
function* legacyFrame(input: CompressedInput): Generator<Uint8Array, void> {
  const out = new Uint8Array(LEGACY_BLOCK);
  for (;;) {
    const head = input.peek(4);
    if (head.length === 0) return;
    const size = u32(head);
    if (head.length === 4 && (size === FRAME || size === LEGACY_FRAME || isSkippableMagic(size))) return;
    const start = input.position;
    input.take(4, 'the head of a block');
    if (size > LEGACY_BLOCK + LEGACY_BLOCK / 255 + 16)
      throw input.corrupt('a block larger than its frame allows', start);
    const decoded = decodeLz4Block(input.peek(size), out, 0, out.length);
    yield out.subarray(0, decoded < 0 ? ~decoded : decoded);
    input.skip(size, 'a block');
    if (decoded < 0) throw input.corrupt('a block that cannot be decoded', start);
  }
}

function blockInto(out: Uint8Array, at: number, block: Uint8Array, stored: boolean, largest: number): number {
  if (!stored) return decodeLz4Block(block, out, at, at + largest);
  out.set(block, at);
  return at + block.length;
}

/** Moves the last 64 KiB to the front; returns how many bytes that are. */
function keepWindow(out: Uint8Array, end: number): number {
  const kept = Math.min(end, WINDOW);
  out.copyWithin(0, end - kept, end);
  return kept;
}
