import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { Compression } from '../io/decompress.js';
import { isElfCore } from './elfCoreMagic.js';

/** Compressed bytes looked at to see what a stream holds. */
const PROBE = 256 * 1024;

/** Whether the first bytes that come out of a compressed file are an ELF core; `false` when nothing comes out. */
export function compressedHoldsCore(path: string, compression: Compression): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(PROBE);
    const count = readSync(descriptor, bytes, 0, PROBE, 0);
    return isElfCore(firstBytes(compression, bytes.subarray(0, count)));
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}

function firstBytes(compression: Compression, bytes: Uint8Array): Uint8Array {
  switch (compression) {
    case 'gzip':
      // A cut stream gives what it holds so far.
      return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    case 'zstd': {
      let first: Uint8Array = new Uint8Array(0);
      const stream = new Decompress((chunk) => {
        if (first.length === 0) first = chunk;
      });
      stream.push(bytes);
      return first;
    }
    case 'xz':
    case 'lz4':
      return new Uint8Array(0);
  }
}
