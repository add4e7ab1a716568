import { closeSync, openSync, readSync } from 'node:fs';
import { type Compression, decompressStart } from '../io/decompress.js';
import { isElfCore } from './elfCoreMagic.js';

/** Compressed bytes looked at to see what a stream holds. */
const PROBE = 256 * 1024;

/** Whether the first bytes that come out of a compressed file are an ELF core; `false` when nothing comes out. */
export function compressedHoldsCore(path: string, compression: Compression): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(PROBE);
    const count = readSync(descriptor, bytes, 0, PROBE, 0);
    return isElfCore(decompressStart(compression, bytes.subarray(0, count)));
  } catch {
    return false;
  } finally {
    closeSync(descriptor);
  }
}
