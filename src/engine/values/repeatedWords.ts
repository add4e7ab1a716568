import type { MemoryView } from '../base/memoryView.js';
import type { Steps } from '../base/steps.js';
import { eachChunk, type SearchSum } from './memorySearch.js';
import type { SearchableRange } from './searchableRanges.js';
import { wordsOf } from './searchPattern.js';

/** A word and how often it occurs. */
export interface RepeatedWord {
  readonly value: bigint;
  readonly count: number;
}

/** Places for candidates: a word that is more than half of what falls into its place is kept for certain. */
const BUCKETS = 1 << 16;
/** Words that are counted. */
const CANDIDATES = 256;
const WORDS = { length: 8, alignment: 8 } as const;

/**
 * The words at multiples of 8 that occur most often, 0 left out; those that occur once are not listed. Goes through memory twice with
 * a fixed amount of its own: first a majority vote in each bucket (Boyer and Moore) for candidates, then exact counts of these.
 */
export function* repeatedWords(
  memory: MemoryView,
  ranges: readonly SearchableRange[],
): Steps<{ readonly words: readonly RepeatedWord[]; readonly sum: SearchSum }> {
  const low = new Uint32Array(BUCKETS);
  const high = new Uint32Array(BUCKETS);
  const votes = new Float64Array(BUCKETS);
  const firstPass = eachChunk(memory, ranges, WORDS, (bytes, _start, own) => {
    const words = wordsOf(bytes);
    const end = Math.min(words.length - 1, own >> 2);
    for (let i = 0; i < end; i += 2) {
      const [l, h] = [words[i] ?? 0, words[i + 1] ?? 0];
      if (l === 0 && h === 0) continue;
      const bucket = bucketOf(l, h);
      const count = votes[bucket] ?? 0;
      if (low[bucket] === l && high[bucket] === h) votes[bucket] = count + 1;
      else if (count > 0) votes[bucket] = count - 1;
      else {
        low[bucket] = l;
        high[bucket] = h;
        votes[bucket] = 1;
      }
    }
  });
  yield* halfOf(firstPass, 0);
  const chosen = [...votes.keys()]
    .filter((bucket) => (votes[bucket] ?? 0) > 0)
    .sort((a, b) => (votes[b] ?? 0) - (votes[a] ?? 0))
    .slice(0, CANDIDATES);
  const wanted = new Uint8Array(BUCKETS);
  for (const bucket of chosen) wanted[bucket] = 1;
  const counts = new Float64Array(BUCKETS);
  const secondPass = eachChunk(memory, ranges, WORDS, (bytes, _start, own) => {
    const words = wordsOf(bytes);
    const end = Math.min(words.length - 1, own >> 2);
    for (let i = 0; i < end; i += 2) {
      const [l, h] = [words[i] ?? 0, words[i + 1] ?? 0];
      const bucket = bucketOf(l, h);
      if (wanted[bucket] === 1 && low[bucket] === l && high[bucket] === h) counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
  });
  const sum = yield* halfOf(secondPass, 0.5);
  const words = chosen
    .map((bucket) => ({
      value: (BigInt(high[bucket] ?? 0) << 32n) | BigInt(low[bucket] ?? 0),
      count: counts[bucket] ?? 0,
    }))
    .filter(({ count }) => count > 1)
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { words, sum };
}

function bucketOf(low: number, high: number): number {
  return (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca77)) >>> 16;
}

function* halfOf<T>(steps: Steps<T>, start: number): Steps<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    yield start + step.value / 2;
  }
}
