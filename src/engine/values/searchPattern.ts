/** What memory is looked through for. Addresses are found in ascending order. */
export interface SearchPattern {
  /** How many bytes decide about one place. */
  readonly length: number;
  /** Hits lie at multiples of it. */
  readonly alignment: 1 | 8;
  /**
   * Calls `found` with the position of every hit that starts in `bytes` before `end`.
   *
   * @param bytes from an address that is a multiple of `alignment`; up to `length` - 1 more than `end`
   */
  scan(bytes: Uint8Array, end: number, found: (position: number) => void): void;
}

/** Byte strings, at any address; with several, each place counts once. */
export function bytesPattern(needles: readonly Uint8Array[]): SearchPattern {
  const scanners = needles.map((needle) => ({ needle, skip: skipTable(needle) }));
  return {
    length: needles.reduce((longest, needle) => Math.max(longest, needle.length), 1),
    alignment: 1,
    scan(bytes, end, found) {
      const [only, ...others] = scanners;
      if (only === undefined) return;
      if (others.length === 0) {
        findAll(only.needle, only.skip, bytes, end, found);
        return;
      }
      const positions: number[] = [];
      for (const { needle, skip } of scanners)
        findAll(needle, skip, bytes, end, (position) => positions.push(position));
      for (const position of [...new Set(positions)].sort((a, b) => a - b)) found(position);
    },
  };
}

/** Words at multiples of 8 whose value lies in [start, end). */
export function pointersPattern(start: bigint, end: bigint): SearchPattern {
  const last = end - 1n;
  const [lowHigh, lowLow] = [Number(start >> 32n), Number(start & 0xffffffffn)];
  const [highHigh, highLow] = [Number(last >> 32n), Number(last & 0xffffffffn)];
  return {
    length: 8,
    alignment: 8,
    scan(bytes, until, found) {
      if (end <= start) return;
      const words = wordsOf(bytes);
      const count = Math.min(words.length >> 1, Math.ceil(until / 8));
      for (let i = 0; i < count; i++) {
        const high = words[2 * i + 1] ?? 0;
        if (high < lowHigh || high > highHigh) continue;
        const low = words[2 * i] ?? 0;
        if ((high > lowHigh || low >= lowLow) && (high < highHigh || low <= highLow)) found(8 * i);
      }
    },
  };
}

/** The bytes as 32-bit words, lowest first, without copying where they lie well. Every machine that Node runs on is little-endian. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

/** Horspool's table: how far to move on when a byte stands under the needle's last. */
function skipTable(needle: Uint8Array): Uint32Array {
  const skip = new Uint32Array(256).fill(needle.length);
  for (let i = 0; i < needle.length - 1; i++) skip[needle[i] ?? 0] = needle.length - 1 - i;
  return skip;
}

function findAll(
  needle: Uint8Array,
  skip: Uint32Array,
  bytes: Uint8Array,
  end: number,
  found: (position: number) => void,
): void {
  const last = needle.length - 1;
  const final = needle[last] ?? 0;
  for (let at = 0; at < end && at + last < bytes.length;) {
    const under = bytes[at + last] ?? 0;
    if (under === final && matches(needle, bytes, at)) {
      found(at);
      at++;
    } else at += skip[under] ?? 1;
  }
}

function matches(needle: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < needle.length - 1; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}
