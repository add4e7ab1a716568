import type { Range } from './fetchedSource.js';

/**
 * What is fetched around a miss, by how often the core was asked before: the first misses are the rest of the notes and the stack, of
 * which the extent is known; later ones follow pointers, one after the other, and rounds are few.
 */
const BLOCKS = [4096, 8192, 16384, 65536] as const;
const LARGEST_BLOCK = 65536;
/** Requests cost more than bytes: ranges that are so many blocks apart are one. */
const GAP = 4;

/** Misses rounded to whole blocks of the file, those near each other joined. Ascending, within the file. */
export function mergeMisses(misses: readonly Range[], size: number, round: number): Range[] {
  const block = BLOCKS[round] ?? LARGEST_BLOCK;
  const gap = Math.min(GAP * block, LARGEST_BLOCK);
  const merged: { start: number; end: number }[] = [];
  const rounded = misses
    .map(({ start, end }) => ({
      start: Math.max(0, Math.floor(start / block) * block),
      end: Math.min(size, Math.ceil(end / block) * block),
    }))
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start);
  for (const range of rounded) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end + gap) last.end = Math.max(last.end, range.end);
    else merged.push(range);
  }
  return merged;
}
