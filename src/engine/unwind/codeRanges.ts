import type { CoreMemory } from '../core/coreMemory.js';
import type { ModuleMap } from '../modules/moduleMap.js';

/**
 * Which words can point into executable memory at all. Thousands of words of a stack are asked about, and most of them are none: as
 * halves they are refused before a number of 64 bits is made of them.
 */
export class CodeRanges {
  /** Start and end of every range in turn, ascending and apart. Bounds of pages are exact as doubles, of all 64 bits. */
  readonly #bounds: Float64Array;

  /** @param ranges half-open, of whole pages, in any order, overlapping or not; inverted ones are ignored */
  constructor(ranges: readonly { readonly start: bigint; readonly end: bigint }[]) {
    const sorted = ranges
      .filter(({ start, end }) => start < end)
      .map(({ start, end }) => ({ start: Number(start), end: Number(end) }));
    sorted.sort((a, b) => a.start - b.start);
    const bounds: number[] = [];
    let last = -1;
    for (const { start, end } of sorted) {
      if (start > last) bounds.push(start, end);
      else if (end > last) bounds[bounds.length - 1] = end;
      last = Math.max(last, end);
    }
    this.#bounds = Float64Array.from(bounds);
  }

  /**
   * Whether a return address with these halves can be one.
   *
   * @returns `false` when neither it nor the byte before it is executable; `true` says no more than that it has to be looked at
   */
  mayHold(high: number, low: number): boolean {
    const word = high * 0x1_0000_0000 + low;
    const bounds = this.#bounds;
    let from = 0;
    let to = bounds.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((bounds[middle] ?? 0) <= word) from = middle + 1;
      else to = middle;
    }
    // Behind a start, or just at an end, which a call may stand before.
    return from % 2 === 1 || (from > 0 && bounds[from - 1] === word);
  }
}

/** The executable memory of a process. */
export function codeRangesOf(core: CoreMemory, modules: ModuleMap): CodeRanges {
  const segments = core.segments().filter((segment) => segment.executable);
  const ranges = modules.modules.flatMap((module) => module.ranges.filter((range) => range.executable));
  return new CodeRanges([
    ...segments.map(({ vaddr, memsz }) => ({ start: vaddr, end: vaddr + memsz })),
    ...ranges.map(({ start, end }) => ({ start, end })),
  ]);
}
