import type { ByteSource } from '../../engine/base/byteSource.js';
import { CompressedInput } from './compressedInput.js';
import type { Compression } from './formats.js';
import { gzipPieces } from './gzipMembers.js';
import { lz4Pieces } from './lz4Frames.js';
import { xzPieces } from './xzStreams.js';
import { zstdPieces } from './zstdFrames.js';

/** A compressed file being decompressed from front to back. */
export interface Pieces {
  readonly input: CompressedInput;
  /** Each piece is valid until the next is asked for; throws StreamError where the stream is cut or damaged. */
  readonly pieces: Generator<Uint8Array, void>;
}

export function piecesOf(compression: Compression, source: ByteSource): Pieces {
  const input = new CompressedInput(source);
  return { input, pieces: DECODERS[compression](input) };
}

const DECODERS: Readonly<Record<Compression, (input: CompressedInput) => Generator<Uint8Array, void>>> = {
  zstd: zstdPieces,
  gzip: gzipPieces,
  xz: xzPieces,
  lz4: lz4Pieces,
};
