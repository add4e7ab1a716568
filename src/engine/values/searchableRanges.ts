import type { CoreMemory } from '../core/coreMemory.js';
import type { ModuleMap } from '../modules/moduleMap.js';

/** A range of memory whose bytes are in a file: [start, end). */
export interface SearchableRange {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * Where there are bytes to look through: what the core holds and, with `modules`, the pages of matching files that it left out.
 * Ascending and disjoint.
 */
export function searchableRanges(core: CoreMemory, modules: ModuleMap | undefined): readonly SearchableRange[] {
  const dumped = disjoint(
    core
      .segments()
      .map(({ vaddr, filesz, memsz }) => ({ start: vaddr, end: vaddr + (filesz < memsz ? filesz : memsz) })),
  );
  const ofFiles = (modules?.modules ?? []).flatMap(({ image, ranges }) =>
    // The process may have changed writable pages: the file does not answer for them.
    image === undefined ? [] : ranges.filter((range) => !range.writable),
  );
  return merged(dumped, without(disjoint(ofFiles), dumped));
}

function ascending(ranges: readonly SearchableRange[]): SearchableRange[] {
  return ranges
    .filter(({ start, end }) => end > start)
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
}

/** Damaged headers can name the same memory twice: each byte counts once. */
function disjoint(ranges: readonly SearchableRange[]): readonly SearchableRange[] {
  const result: SearchableRange[] = [];
  let reached = 0n;
  for (const { start, end } of ascending(ranges)) {
    const from = start > reached ? start : reached;
    if (end > from) result.push({ start: from, end });
    if (end > reached) reached = end;
  }
  return result;
}

/** The parts of `ranges` that no range of `others` covers; both ascending and disjoint. */
function without(ranges: readonly SearchableRange[], others: readonly SearchableRange[]): readonly SearchableRange[] {
  const result: SearchableRange[] = [];
  let next = 0;
  for (const { start, end } of ranges) {
    let from = start;
    while ((others[next]?.end ?? end) <= from && next < others.length) next++;
    for (let i = next; i < others.length; i++) {
      const other = others[i];
      if (other === undefined || other.start >= end) break;
      if (other.start > from) result.push({ start: from, end: other.start });
      if (other.end > from) from = other.end;
    }
    if (end > from) result.push({ start: from, end });
  }
  return result;
}

function merged(a: readonly SearchableRange[], b: readonly SearchableRange[]): readonly SearchableRange[] {
  return ascending([...a, ...b]);
}
