import { type CompressedInput, u32 } from './compressedInput.js';
import { isSkippableMagic } from './formats.js';
import { nativeFrame, portableFrame, type ZstdFrameDecoder } from './zstdFrameDecoders.js';
import { readFrameHeader } from './zstdFrameHeader.js';
import { HAS_NATIVE_ZSTD } from './syncZlib.js';

const FRAME = 0xfd2fb528;

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

function* frame(input: CompressedInput, start: number, native: boolean): Generator<Uint8Array, void> {
  const header = readFrameHeader(input, start);
  const largest = header.largestBlock;
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
      const step = decoder.block(block);
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
