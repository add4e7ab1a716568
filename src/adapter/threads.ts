import type { OpenedCore } from '../session/coreSession.js';
import type { StackRow, ThreadRow, VerdictAnswer } from '../shared/queries.js';
import type { Hypothesis, StaleSignalFrameRow } from '../shared/report.js';
import { noConfiguredAssumption, noConfiguredThread, noSuchThread } from './errors.js';
import { FrameCursor } from './frameCursor.js';
import { FrameList } from './frameList.js';
import type { LaunchArguments } from './launchArguments.js';

/** What a thread of the call stack view shows: the chosen stack, another reading of it, or what lies below it. */
export type Reading =
  | { readonly kind: 'chosen' }
  /** A hypothesis of the verdict, or registers to assume. */
  | { readonly kind: 'hypothesis'; readonly id: string }
  /** Stale signal frames, by address. */
  | { readonly kind: 'remembered'; readonly addresses: readonly string[] };

/** A thread as the client sees it. */
export interface DeadThread {
  /** The client's id: the tid where it can be. */
  readonly id: number;
  /** The core's id. */
  readonly tid: number;
  /** What the client shows. */
  readonly name: string;
  /** The thread's own name. */
  readonly comm?: string;
  readonly crashed: boolean;
  readonly reading: Reading;
  readonly frames: FrameList;
  readonly cursor: FrameCursor;
}

/** Above every tid that Linux gives out (at most 2^22): ids of threads that are no threads. */
const FIRST_EXTRA_ID = 2 ** 30;
const PAGE = 1000;
/** More readings than these are looked at on the page of the core. */
const READINGS_SHOWN = 4;

/** All threads of a core, in its order, with the other readings of the crashed one behind it. */
export class ThreadTable {
  private constructor(
    readonly all: readonly DeadThread[],
    /** The thread to stop in. */
    readonly focus: DeadThread | undefined,
  ) {}

  /** @throws AdapterError when the configured thread or assumption is not there. */
  static async load(core: OpenedCore, verdict: VerdictAnswer, launch: LaunchArguments): Promise<ThreadTable> {
    const hypotheses = readingsToShow(verdict);
    const all: DeadThread[] = [];
    const taken = new Set<number>();
    let extra = FIRST_EXTRA_ID;
    const add = (thread: Omit<DeadThread, 'cursor'>): void => {
      taken.add(thread.id);
      all.push({ ...thread, cursor: new FrameCursor() });
    };
    for (const row of await allRows(core)) {
      const { tid, crashed } = row;
      const { assume } = launch;
      const reading: Reading =
        crashed && assume !== undefined ? { kind: 'hypothesis', id: assume } : { kind: 'chosen' };
      if (crashed && assume !== undefined) await checkAssumption(core, tid, verdict, assume);
      // A damaged core can name a thread twice.
      const id = taken.has(tid) ? extra++ : tid;
      const comm = row.name === undefined ? {} : { comm: row.name };
      add({ id, tid, name: threadName(row), ...comm, crashed, reading, frames: framesOf(core, tid, reading) });
      if (!crashed) continue;
      for (const hypothesis of hypotheses) {
        const other: Reading = { kind: 'hypothesis', id: hypothesis.id };
        const name = `${tid} if ${hypothesis.id}: ${hypothesis.why}`;
        add({ id: extra++, tid, name, crashed: false, reading: other, frames: framesOf(core, tid, other) });
      }
      if (verdict.staleSignalFrames.length > 0) {
        const name = `${tid} what the stack remembers`;
        const addresses = verdict.staleSignalFrames.map(({ address }) => address);
        const frames = new FrameList(() => Promise.resolve(rememberedFrames(verdict.staleSignalFrames)));
        add({ id: extra++, tid, name, crashed: false, reading: { kind: 'remembered', addresses }, frames });
      }
    }
    return new ThreadTable(all, findFocus(all, launch.thread));
  }

  /** @throws AdapterError for an id that was never given out. */
  get(id: number): DeadThread {
    const thread = this.all.find((candidate) => candidate.id === id);
    if (!thread) throw noSuchThread(id);
    return thread;
  }
}

async function allRows(core: OpenedCore): Promise<readonly ThreadRow[]> {
  const rows: ThreadRow[] = [];
  for (;;) {
    const page = await core.ask('threads', { from: rows.length, count: PAGE });
    rows.push(...page.items);
    if (page.items.length === 0 || rows.length >= page.total) return rows;
  }
}

function framesOf(core: OpenedCore, tid: number, reading: Reading): FrameList {
  const hypothesis = reading.kind === 'hypothesis' ? { hypothesis: reading.id } : {};
  return new FrameList((from, count) => core.ask('stack', { tid, from, count, ...hypothesis }));
}

function threadName(row: ThreadRow): string {
  const parts = [`${row.tid}`, ...(row.name === undefined ? [] : [row.name])];
  return `${parts.join(' ')} in ${row.top}${row.crashed ? ' (crashed)' : ''}`;
}

/** Other readings are worth a place in the call stack where a shift or an interrupted transfer is what happened. */
function readingsToShow(verdict: VerdictAnswer): readonly Hypothesis[] {
  const suspected = verdict.label !== 'other' || verdict.kind === 'unwind-transfer-race';
  return suspected ? verdict.hypotheses.filter((hypothesis) => !hypothesis.chosen).slice(0, READINGS_SHOWN) : [];
}

/** @throws AdapterError when it is neither a hypothesis of the verdict nor registers to assume */
async function checkAssumption(core: OpenedCore, tid: number, verdict: VerdictAnswer, id: string): Promise<void> {
  const known = verdict.hypotheses.map((hypothesis) => hypothesis.id);
  if (known.includes(id)) return;
  if (!id.includes('=')) throw noConfiguredAssumption(id, known);
  await core.ask('stack', { tid, from: 0, count: 1, hypothesis: id }).catch(() => {
    throw noConfiguredAssumption(id, known);
  });
}

function findFocus(all: readonly DeadThread[], wanted: number | string | undefined): DeadThread | undefined {
  if (wanted === undefined) return all.find((thread) => thread.crashed) ?? all[0];
  const found = all.find((thread) => (typeof wanted === 'number' ? thread.tid : thread.comm) === wanted);
  if (!found) throw noConfiguredThread(typeof wanted === 'number' ? `${wanted}` : `named "${wanted}"`);
  return found;
}

function rememberedFrames(stale: readonly StaleSignalFrameRow[]) {
  const items = stale.map((row, index): StackRow => ({
    index,
    frame: index,
    pc: row.rip,
    trust: 'signalFrame',
    ...(row.symbol === undefined ? {} : { function: row.symbol }),
  }));
  return { total: items.length, items, stop: 'stale-signal-frames', rejected: {} };
}
