import { bytesSource } from '../engine/base/byteSource.js';
import { CompressedInput } from './compression/compressedInput.js';
import { xzPieces } from './compression/xzStreams.js';

/** Symbol tables of large programs have some ten million bytes. */
const LARGEST = 128 * 2 ** 20;

/** Decompresses an xz stream in memory; `undefined` when it is damaged or gives more than 128 MiB. */
export function unxz(bytes: Uint8Array): Uint8Array | undefined {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (const piece of xzPieces(new CompressedInput(bytesSource(bytes)))) {
      length += piece.length;
      if (length > LARGEST) return undefined;
      pieces.push(piece.slice());
    }
  } catch {
    // What a damaged stream gave before is not to be trusted: symbols would be missing without a word.
    return undefined;
  }
  return Buffer.concat(pieces, length);
}
