import { runtimeAddress } from '../base/addresses.js';
import type { MemoryView } from '../base/memoryView.js';
import type { Steps } from '../base/steps.js';
import type { SearchableRange } from './searchableRanges.js';
import type { SearchPattern } from './searchPattern.js';

/** Bytes read at once: a millisecond's work or less. */
const CHUNK = 1 << 20;

/** What became of a search, beside its hits. */
export interface SearchSum {
  readonly searched: bigint;
  /** Of the ranges, what turned out not to be there: a truncated core, a damaged file. */
  readonly notThere: bigint;
}

/**
 * Looks through ranges for a pattern, ascending. A hit may reach from one range into the next where memory goes on.
 *
 * @param found called with the address of every hit
 */
export function* searchMemory(
  memory: MemoryView,
  ranges: readonly SearchableRange[],
  pattern: SearchPattern,
  found: (address: bigint) => void,
): Steps<SearchSum> {
  let base = 0n;
  return yield* eachChunk(memory, ranges, pattern, (bytes, start, own) => {
    base = start;
    pattern.scan(bytes, own, (position) => {
      found(base + BigInt(position));
    });
  });
}

/**
 * Walks ranges in chunks, each with up to `length` - 1 bytes of what follows it.
 *
 * @param visit is given bytes from `start` on, of which `own` belong to the chunk
 */
export function* eachChunk(
  memory: MemoryView,
  ranges: readonly SearchableRange[],
  shape: Pick<SearchPattern, 'length' | 'alignment'>,
  visit: (bytes: Uint8Array, start: bigint, own: number) => void,
): Steps<SearchSum> {
  const total = ranges.reduce((sum, { start, end }) => sum + (end - start), 0n);
  let searched = 0n;
  let notThere = 0n;
  for (const range of ranges) {
    const alignment = BigInt(shape.alignment);
    let at = range.start + ((alignment - (range.start % alignment)) % alignment);
    while (at < range.end) {
      const left = range.end - at;
      const wanted = left < BigInt(CHUNK) ? Number(left) : CHUNK;
      const { bytes } = memory.read(runtimeAddress(at), wanted + shape.length - 1);
      const own = Math.min(wanted, bytes.length);
      if (own > 0) visit(bytes, at, own);
      searched += BigInt(own);
      at += BigInt(own);
      if (own < wanted) {
        notThere += range.end - at;
        break;
      }
      yield Number(searched + notThere) / Number(total);
    }
  }
  return { searched, notThere };
}
