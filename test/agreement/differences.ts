import type { FrameRow } from '../../src/shared/report.js';
import type { OpenedCoreFile } from '../../src/session/openedCores.js';
import { oracle } from '../golden/fixtureCores.js';
import { compareThreads, type Difference } from './compareThreads.js';
import { type ToolThread, toolThreads } from './toolFrames.js';

export type Tool = 'gdb' | 'eu-stack';
export const TOOLS: readonly Tool[] = ['gdb', 'eu-stack'];

/** How one core reads here and in another tool. */
export interface CoreAgreement {
  readonly compared: number;
  readonly agreed: number;
  /** Over all threads, equal ones added up. */
  readonly differences: readonly Difference[];
}

const RECORDED: Readonly<Record<Tool, string>> = { gdb: 'gdb-frames.txt', 'eu-stack': 'eu-frames.txt' };

/** Compares all threads of a sample core with what a tool answered when the core was made. */
export function compareCore(name: string, core: OpenedCoreFile, tool: Tool): CoreAgreement {
  const theirs = toolThreads(oracle(name, RECORDED[tool]) ?? '');
  const trampolines = trampolinesOf(name);
  const found = new Map<string, number>();
  const note = ({ text, frames }: Difference): void => void found.set(text, (found.get(text) ?? 0) + frames);
  let compared = 0;
  let agreed = 0;
  for (const { tid, rows } of allThreads(core)) {
    const thread = theirs.find((other) => other.tid === tid);
    const comparison = compareThreads(rows, thread?.frames ?? [], trampolines);
    if (thread === undefined) {
      note({ text: 'the thread has no stack there', frames: comparison.compared });
      compared += comparison.compared;
      continue;
    }
    compared += comparison.compared;
    agreed += comparison.agreed;
    comparison.differences.forEach(note);
  }
  for (const { tid } of missing(theirs, core)) note({ text: `thread ${tid} only there`, frames: 1 });
  return { compared, agreed, differences: [...found].map(([text, frames]) => ({ text, frames })) };
}

function missing(theirs: readonly ToolThread[], core: OpenedCoreFile): readonly ToolThread[] {
  const known = new Set(allTids(core));
  return theirs.filter(({ tid }) => !known.has(tid));
}

function allTids(core: OpenedCoreFile): number[] {
  return core.ask('threads', { from: 0, count: 100_000 }).items.map(({ tid }) => tid);
}

/** Every thread's stack as the process ended: with the handler on it, when the verdict speaks of the fault before the handler. */
export function allThreads(core: OpenedCoreFile): { readonly tid: number; readonly rows: readonly FrameRow[] }[] {
  const crashed = core.summary().crashedTid;
  const hasEnded = core.ask('verdict', {}).hypotheses.some(({ id }) => id === 'asEnded');
  return allTids(core).map((tid) => {
    const hypothesis = tid === crashed && hasEnded ? { hypothesis: 'asEnded' } : {};
    return { tid, rows: core.ask('stack', { tid, from: 0, count: 100_000, ...hypothesis }).items };
  });
}

/** gdb tells the code that signal handlers return to from other frames; eu-stack does not, and we show none. */
function trampolinesOf(name: string): ReadonlySet<bigint> {
  const threads = toolThreads(oracle(name, RECORDED.gdb) ?? '');
  return new Set(threads.flatMap(({ frames }) => frames.filter(({ kind }) => kind === 'signal').map(({ pc }) => pc)));
}
