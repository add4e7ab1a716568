import type { ThreadRow } from '../../../src/shared/queries.js';

/** One row of a list of threads that was filtered or folded: a thread, and how many others stand where it stands. */
export interface ThreadGroup {
  readonly thread: ThreadRow;
  readonly count: number;
}

/**
 * The threads whose id, name or function holds `filter`; with `fold`, of those whose stacks are the same only the first. The crashed
 * thread is never folded into another.
 */
export function selectThreads(threads: readonly ThreadRow[], filter: string, fold: boolean): ThreadGroup[] {
  const wanted = filter.trim().toLowerCase();
  const kept = threads.filter(({ tid, name, top }) => `${tid} ${name ?? ''} ${top}`.toLowerCase().includes(wanted));
  if (!fold) return kept.map((thread) => ({ thread, count: 1 }));
  const groups = new Map<string, { thread: ThreadRow; count: number }>();
  for (const thread of kept) {
    const key = thread.crashed ? `crashed ${thread.tid}` : (thread.stack ?? `thread ${thread.tid}`);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { thread, count: 1 });
    else group.count++;
  }
  return [...groups.values()];
}
