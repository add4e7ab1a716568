/**
 * Random access to a file's bytes, answered at once. A source over a remote object answers `notFetched` for what it does not hold
 * and remembers the miss; whoever runs the engine fetches it and runs the query again.
 */
export interface ByteSource {
  /** Length of the whole file in bytes. */
  readonly size: bigint;
  /**
   * The bytes from `offset`, fewer than `length` when `rest` says why. Never throws; bytes are valid until the next call only
   * if the source says so, so keep copies of what must last.
   */
  read(offset: bigint, length: number): SourceRead;
}

/** `rest` is absent exactly when `bytes` is as long as was asked. */
export interface SourceRead {
  readonly bytes: Uint8Array;
  readonly rest?: 'end' | 'notFetched' | 'unreadable';
}

/** A source over bytes already in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: BigInt(bytes.length),
    read(offset, length) {
      if (offset >= BigInt(bytes.length)) return { bytes: bytes.subarray(0, 0), rest: 'end' };
      const start = Number(offset);
      const end = Math.min(bytes.length, start + length);
      const part = bytes.subarray(start, end);
      return part.length < length ? { bytes: part, rest: 'end' } : { bytes: part };
    },
  };
}
