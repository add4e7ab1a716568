/** Why a compressed stream gives no more bytes. */
export type StreamErrorCode =
  /** The file ends, or cannot be read on, inside the stream. */
  | 'truncated-stream'
  /** What stands there cannot have been written by a compressor, or a checksum does not match. */
  | 'corrupt-stream'
  /** A feature of the format that is not built in. */
  | 'unsupported-stream'
  /** Decompressing on would take more time or room than is allowed. */
  | 'stream-limit'
  /** The file goes on, but its next bytes were not fetched. */
  | 'not-fetched';

/** What decoders throw among themselves; it never leaves the byte source. */
export class StreamError extends Error {
  constructor(
    readonly code: StreamErrorCode,
    /** A few words: what is wrong. */
    readonly detail: string,
    /** Byte of the compressed file. */
    readonly offset: number,
  ) {
    super(`${detail} at compressed byte ${offset}`);
    this.name = 'StreamError';
  }
}
