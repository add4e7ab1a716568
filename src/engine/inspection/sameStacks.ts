import type { FrameRow } from '../../shared/report.js';

/** Threads that stand in the same functions, in the order of the first of each. */
export interface StackGroup<T> {
  readonly first: T;
  /** Ids of all, ascending by place in the core; the first is that of `first`. */
  readonly tids: readonly number[];
}

/**
 * Puts threads with equal stacks together: the same instructions in the same order, whatever their registers and wherever their
 * stacks lie, and the same end.
 */
export class StackGroups<T extends { readonly tid: number }> {
  readonly #groups = new Map<string, { readonly first: T; readonly tids: number[] }>();

  /** @returns the thread that has had this stack before; `undefined` for the first */
  add(thread: T, frames: readonly FrameRow[], stop: string): T | undefined {
    // A pc stands for its inline chain too.
    const key = `${frames.map(({ pc }) => pc).join()} ${stop}`;
    const known = this.#groups.get(key);
    if (known === undefined) this.#groups.set(key, { first: thread, tids: [thread.tid] });
    else known.tids.push(thread.tid);
    return known?.first;
  }

  get all(): readonly StackGroup<T>[] {
    return [...this.#groups.values()];
  }
}

/** Ids as a reader wants them: runs as ranges, and no more than fit on a line. */
export function tidList(tids: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < tids.length;) {
    let end = i;
    while (end + 1 < tids.length && tids[end + 1] === (tids[end] ?? 0) + 1) end++;
    ranges.push(end > i + 1 ? `${tids[i]}-${tids[end]}` : tids.slice(i, end + 1).join(', '));
    i = end + 1;
  }
  const shown = ranges.slice(0, MOST_RANGES).join(', ');
  return ranges.length > MOST_RANGES ? `${shown}...` : shown;
}

const MOST_RANGES = 12;
