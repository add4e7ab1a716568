import { type CompressedInput, u32 } from './compressedInput.js';
import { StreamError } from './streamError.js';

/** More is wanted by `zstd --long=28` and up only; the zstd command refuses it too unless told. */
const LARGEST_WINDOW = 128 * 2 ** 20;
const LARGEST_BLOCK = 128 * 1024;

/** What the head of a frame tells (RFC 8878, 3.1.1.1). */
export interface ZstdFrameHeader {
  /** With the magic number. */
  readonly bytes: Uint8Array;
  readonly windowSize: number;
  readonly contentSize: number | undefined;
  readonly hasChecksum: boolean;
  /** Bytes that a block may take and give. */
  readonly largestBlock: number;
}

/** @throws StreamError for what is damaged or not built in */
export function readFrameHeader(input: CompressedInput, start: number): ZstdFrameHeader {
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
  return {
    bytes,
    windowSize,
    contentSize,
    hasChecksum: (descriptor & 0x04) !== 0,
    largestBlock: Math.min(windowSize, LARGEST_BLOCK),
  };
}

function contentSizeOf(field: Uint8Array): number {
  if (field.length === 1) return field[0] ?? 0;
  if (field.length === 2) return ((field[0] ?? 0) | ((field[1] ?? 0) << 8)) + 256;
  return u32(field) + (field.length === 8 ? u32(field, 4) * 2 ** 32 : 0);
}
