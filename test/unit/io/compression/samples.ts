import { readFileSync } from 'node:fs';
import { bytesSource } from '../../../../src/engine/base/byteSource.js';
import { CompressedSource, type DecodeLimits } from '../../../../src/io/compression/compressedSource.js';
import { compressionOf } from '../../../../src/io/compression/formats.js';

/** Samples of `sampleBytes()`, of several frames, members or streams among them. */
export const WHOLE = [
  'sized.zst',
  'unsized.zst',
  'frames.zst',
  'named.gz',
  'members.gz',
  'crc64.xz',
  'blocks.xz',
  'streams.xz',
  'independent.lz4',
  'linked.lz4',
  'legacy.lz4',
  'frames.lz4',
] as const;

export function samplePath(name: string): string {
  return new URL(`samples/${name}`, import.meta.url).pathname;
}

export function sample(name: string): Uint8Array {
  return new Uint8Array(readFileSync(samplePath(name)));
}

/** A compressed file in memory, opened. */
export function opened(bytes: Uint8Array, limits?: DecodeLimits): CompressedSource {
  const compression = compressionOf(bytes);
  if (compression === undefined) throw new Error('not a compressed file');
  return new CompressedSource(compression, bytesSource(bytes), limits);
}

/** More than any sample holds. */
export const ALL = 1 << 20;
