import { type CompressedInput, u32 } from './compressedInput.js';
import { isSkippableMagic } from './formats.js';
import { StreamError } from './streamError.js';
import { nativeFrame, portableFrame, type ZstdFrameDecoder } from './zstdFrameDecoders.js';
import { HAS_NATIVE_ZSTD } from './syncZlib.js';

const FRAME = 0xfd2fb528;
/** More is wanted by `zstd --long=28` and up only; the zstd command refuses it too unless told. */
const LARGEST_WINDOW = 128 * 2 ** 20;
const LARGEST_BLOCK = 128 * 1024;

/**
 * The decompressed pieces of a zstd file: frames one after the other, skippable ones among them. Frames are fed to their decoder
 * block by block, so that no more is decoded than was asked and each place of damage is known. A piece is valid until the next is
 * asked for.
 *
 * @throws StreamError where the stream ends too early or is damaged
 */
export function* zstdPieces(input: CompressedInput, native = HAS_NATIVE_ZSTD): Generator<Uint8Array, void> {
  for (let first = true; first || !input.atEnd; first = false) {
    const start = input.position;
    const magic = u32(input.take(4, 'the head of a frame'));
    if (magic === FRAME) yield* frame(input, start, native);
    else if (isSkippableMagic(magic)) {
      input.skip(u32(input.take(4, 'a skippable frame')), 'a skippable frame');
    } else throw input.corrupt('no frame begins where one should', start);
  }
}

/** What the head of a frame tells (RFC 8878, 3.1.1.1). */
export interface ZstdFrameHeader {
  /** With the magic number. */
  readonly bytes: Uint8Array;
  readonly windowSize: number;
  readonly contentSize: number | undefined;
  readonly hasChecksum: boolean;
}

function frameHeader(input: CompressedInput, start: number): ZstdFrameHeader {
  const descriptor = input.peek(1)[0] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeCode = descriptor >> 6;
  const sizeBytes = sizeCode === 0 ? (single ? 1 : 0) : 1 << sizeCode;
  const head = input.take(1 + (single ? 0 : 1) + dictionaryBytes + sizeBytes, 'the head of a frame');
  const bytes = new Uint8Array(4 + head.length);
  bytes.set([0x28, 0xb5, 0x2f, 0xfd]);
  bytes.set(head, 4);
  if ((descriptor & 0x08) !== 0) throw input.corrupt('a reserved bit is set in the head of a frame', start);
  const sizeAt = bytes.length - sizeBytes;
  if (bytes.subarray(sizeAt - dictionaryBytes, sizeAt).some((byte) => byte !== 0))
    throw new StreamError('unsupported-stream', 'a frame that needs a dictionary', start);
  const contentSize = sizeBytes === 0 ? undefined : contentSizeOf(bytes.subarray(sizeAt));
  const exponent = (bytes[5] ?? 0) >> 3;
  const windowSize = single ? (contentSize ?? 0) : 2 ** (10 + exponent) * (1 + ((bytes[5] ?? 0) & 7) / 8);
  if (windowSize > LARGEST_WINDOW)
    throw new StreamError(
      'unsupported-stream',
      `a frame that needs ${Math.ceil(windowSize / 2 ** 20)} MiB of memory; decompress it first`,
      start,
    );
  return { bytes, windowSize, contentSize, hasChecksum: (descriptor & 0x04) !== 0 };
}

function contentSizeOf(field: Uint8Array): number {
  if (field.length === 1) return field[0] ?? 0;
  if (field.length === 2) return ((field[0] ?? 0) | ((field[1] ?? 0) << 8)) + 256;
  return u32(field) + (field.length === 8 ? u32(field, 4) * 2 ** 32 : 0);
}

function* frame(input: CompressedInput, start: number, native: boolean): Generator<Uint8Array, void> {
  const header = frameHeader(input, start);
  const largest = Math.min(header.windowSize, LARGEST_BLOCK);
  const decoder: ZstdFrameDecoder = native ? nativeFrame(header) : portableFrame(header);
  let total = 0;
  let last = false;
  try {
    while (!last) {
      const place = input.position;
      const head = input.peek(3);
      if (head.length < 3) throw input.cut('inside the head of a block');
      const word = (head[0] ?? 0) | ((head[1] ?? 0) << 8) | ((head[2] ?? 0) << 16);
      last = (word & 1) !== 0;
      const type = (word >> 1) & 3;
      const size = word >> 3;
      if (type === 3 || size > largest) throw input.corrupt('a block of a kind or size that cannot be', place);
      const block = input.take(3 + (type === 1 ? 1 : size), 'a block');
      const step = decoder.block(block, last);
      total += step.output.length;
      if (step.output.length > largest || total > (header.contentSize ?? Infinity))
        throw input.corrupt('a block that gives more than its frame allows', place);
      if (step.output.length > 0) yield step.output;
      if (step.error !== undefined) throw input.corrupt(step.error, place);
    }
    if (header.hasChecksum) {
      const place = input.position;
      const problem = decoder.checksum(input.take(4, 'the checksum of a frame'));
      if (problem !== undefined) throw input.corrupt(problem, place);
    }
  } finally {
    decoder.close();
  }
  if (header.contentSize !== undefined && total !== header.contentSize)
    throw input.corrupt(`a frame of ${total} bytes that promised ${header.contentSize}`);
}
