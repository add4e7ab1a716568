import type { CompressedInput } from './compressedInput.js';
import { LzmaDecoder } from './lzmaDecoder.js';
import { SlidingWindow } from './slidingWindow.js';

/** A chunk gives 2 MiB at most. */
const LARGEST_CHUNK = 2 << 20;

/**
 * The decompressed pieces of one LZMA2 stream, chunk by chunk. A piece is valid until the next is asked for.
 *
 * @throws StreamError where the stream ends too early or is damaged
 */
export function* lzma2Pieces(input: CompressedInput, dictionarySize: number): Generator<Uint8Array, void> {
  const window = new SlidingWindow(dictionarySize, LARGEST_CHUNK);
  const decoder = new LzmaDecoder();
  let needsDictionary = true;
  let needsProperties = true;
  for (;;) {
    const place = input.position;
    const control = input.take(1, 'a block')[0] ?? 0;
    if (control === 0) return;
    if (control === 1 || control >= 0xe0) {
      window.reset();
      needsDictionary = false;
      needsProperties = true;
    } else if (needsDictionary) throw input.corrupt('a chunk that builds on none', place);
    window.prepare();
    const start = window.position;

    if (control < 0x80) {
      if (control > 2) throw input.corrupt('a chunk of unknown kind', place);
      const size = input.take(2, 'a block');
      window.append(input.take(((size[0] ?? 0) << 8) + (size[1] ?? 0) + 1, 'a block'));
      yield window.bytes.subarray(start, window.position);
      continue;
    }

    const sizes = input.take(4, 'a block');
    const length = ((control & 0x1f) << 16) + ((sizes[0] ?? 0) << 8) + (sizes[1] ?? 0) + 1;
    const packed = ((sizes[2] ?? 0) << 8) + (sizes[3] ?? 0) + 1;
    if (control >= 0xc0) {
      if (!decoder.setProperties(input.take(1, 'a block')[0] ?? 0))
        throw input.corrupt('a chunk with impossible properties', place);
      needsProperties = false;
    } else if (needsProperties) throw input.corrupt('a chunk without properties', place);
    else if (control >= 0xa0) decoder.reset();
    const sound = decoder.chunk(input.peek(packed), window, length);
    // What lies before the cut or the damage is given nevertheless.
    yield window.bytes.subarray(start, window.position);
    input.skip(packed, 'a block');
    if (!sound) throw input.corrupt('a chunk that cannot be decoded', place);
  }
}
