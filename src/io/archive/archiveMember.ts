import type { ByteSource } from '../../engine/base/byteSource.js';

/** A file in an archive. */
export interface ArchiveMember {
  readonly name: string;
  /** Bytes it takes up in the archive. */
  readonly size: number;
  /** Milliseconds since 1970, where the archive tells. */
  readonly modified?: number;
  /** Its bytes, or a gzip stream that holds them. */
  readonly source: () => ByteSource;
}

/** The file is not the archive it looks like, or one that cannot be read: the rest of a sentence about it. */
export class ArchiveError extends Error {}

/** More members are no archive of cores. */
export const MOST_MEMBERS = 1 << 20;
