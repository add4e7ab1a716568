import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../engine/base/byteSource.js';
import { CompressedSource } from '../io/compression/compressedSource.js';
import type { Compression } from '../io/compression/formats.js';
import { isElfCore } from './elfCoreMagic.js';

/** Enough for `isElfCore`. */
const HEADER = 64;

/** Whether the first bytes that come out of a compressed file are an ELF core; `false` when nothing comes out. */
export function compressedHoldsCore(path: string, compression: Compression): boolean {
  const descriptor = openSync(path, 'r');
  const source = new CompressedSource(compression, fileBytes(descriptor));
  try {
    return isElfCore(source.read(0n, HEADER).bytes);
  } finally {
    source.close();
    closeSync(descriptor);
  }
}

/** As little of a file as is asked for, with nothing kept: one of thousands in a folder. */
function fileBytes(descriptor: number): ByteSource {
  return {
    size: BigInt(fstatSync(descriptor).size),
    read(offset, length) {
      const bytes = new Uint8Array(length);
      try {
        const count = readSync(descriptor, bytes, 0, length, offset);
        return count < length ? { bytes: bytes.subarray(0, count), rest: 'end' } : { bytes };
      } catch {
        return { bytes: bytes.subarray(0, 0), rest: 'unreadable' };
      }
    },
  };
}
