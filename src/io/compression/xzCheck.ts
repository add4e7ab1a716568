import { crc32 } from 'node:zlib';
import { Crc64 } from './crc64.js';

/** Bytes of a block's checksum by its type. */
export const CHECK_SIZES: readonly number[] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** The running checksum of a block. */
export interface Check {
  update(bytes: Uint8Array): void;
  /** `undefined` for none, or of a kind that is not known: such are not verified, as the format allows. */
  digest(): Uint8Array | undefined;
}

export function checkOf(type: number): Check {
  if (type === 1) {
    let sum = 0;
    return {
      update: (bytes) => {
        sum = crc32(bytes, sum);
      },
      digest: () => Uint8Array.of(sum, sum >>> 8, sum >>> 16, sum >>> 24),
    };
  }
  if (type === 4) {
    const crc = new Crc64();
    return {
      update: (bytes) => {
        crc.update(bytes);
      },
      digest: () => crc.digest(),
    };
  }
  if (type === 10) {
    // Loaded when asked for: few streams have this check, and it takes longer than labelling a core.
    const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
    return {
      update: (bytes) => {
        hash.update(bytes);
      },
      digest: () => hash.digest(),
    };
  }
  return { update: () => undefined, digest: () => undefined };
}
