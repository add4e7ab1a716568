import type { StackPage } from '../../shared/queries.js';
import type { CoreReport, CoreRow, Hypothesis, SignalFrameReport, ThreadReport } from '../../shared/report.js';
import type { Steps } from '../base/steps.js';
import type { ThreadState } from '../core/coreImage.js';
import { stopText } from '../unwind/stackwalker.js';
import type { Answers } from './answers.js';
import { type Assumption, assumedStack } from './assumption.js';
import { componentReports, vectorStrings } from './extendedRows.js';
import { frameRows } from './frameRows.js';
import { QueryError } from './queryError.js';
import { registerStrings } from './signalFrameReports.js';
import { StackGroups } from './sameStacks.js';
import { textReport } from './textReport.js';
import { threadFrames } from './threadFrames.js';

/** How much of a core the full report holds. */
export interface ReportScope {
  /** `all`, only the crashed one, or at most so many. */
  readonly threads: 'all' | 'crashed' | number;
  /** First and last slot index around the stack pointer. */
  readonly slots: readonly [from: number, to: number];
  /** Registers to take as other than the core has them, for one more hypothesis. */
  readonly assume: readonly Assumption[];
}

/** What the scope assumes of the registers, as one more hypothesis. */
function assumed(answers: Answers, scope: ReportScope): Hypothesis[] {
  if (scope.assume.length === 0) return [];
  const hypothesis = assumedStack(answers.inspection, scope.assume);
  if (typeof hypothesis === 'string') throw new QueryError(hypothesis);
  return [hypothesis];
}

export const DEFAULT_SCOPE: ReportScope = { threads: 'all', slots: [-24, 63], assume: [] };

const FRAMES = 1024;
const TEXT_FRAMES = 128;
const ALL = { from: 0, count: Number.MAX_SAFE_INTEGER };

/** Everything about one core: the row, and the parts that only a full report has. */
export function coreReport(answers: Answers, row: CoreRow, scope: ReportScope): CoreReport {
  const { staleSignalFrames, ...beside } = besideThreads(answers, scope);
  return { ...row, staleSignalFrames, threads: [...threadReports(answers, scope)], ...beside };
}

/**
 * The same as JSON, indented by one, in pieces: threads are made one by one and none is kept, for a core may have tens of thousands.
 *
 * @param annotations stand at the end of the report, if there are any
 */
export function* coreJson(
  answers: Answers,
  row: CoreRow,
  scope: ReportScope,
  annotations: CoreReport['annotations'] = [],
): Generator<string, void, undefined> {
  const { staleSignalFrames, ...beside } = besideThreads(answers, scope);
  yield `${json({ ...row, staleSignalFrames }).slice(0, -2)},\n "threads": [`;
  let before = '\n  ';
  for (const thread of threadReports(answers, scope)) {
    // JSON has no line ends within its strings.
    yield before + json(thread).replaceAll('\n', '\n  ');
    before = ',\n  ';
  }
  const rest = { ...beside, ...(annotations.length === 0 ? {} : { annotations }) };
  yield `${before.startsWith(',') ? '\n ' : ''}],${json(rest).slice(1)}\n`;
}

function json(value: object): string {
  return JSON.stringify(value, null, 1);
}

function* threadReports(answers: Answers, scope: ReportScope): Generator<ThreadReport, void, undefined> {
  const { inspection } = answers;
  const groups = new StackGroups<ThreadState>();
  for (const thread of chosenThreads(answers, scope)) {
    const walk = threadFrames(inspection, thread, FRAMES);
    const { rows } = frameRows(walk.frames, inspection.symbolizer, inspection.lines, inspection.context);
    const stop = stopText(walk.stop);
    const like = groups.add(thread, rows, stop);
    const extended = thread.extended();
    yield {
      tid: thread.tid,
      crashed: thread === inspection.crashedThread,
      registers: registerStrings(thread.registers),
      ...(extended === undefined ? {} : { vectors: vectorStrings(extended), components: componentReports(extended) }),
      frames: rows,
      stop: walk.stop === 'frame-limit' ? `${stop}: no more than ${FRAMES} are listed` : stop,
      ...(like === undefined ? {} : { sameStackAs: like.tid }),
    };
  }
}

type BesideThreads = Omit<CoreReport, keyof CoreRow | 'threads'> & {
  readonly staleSignalFrames: readonly SignalFrameReport[];
};

function besideThreads(answers: Answers, scope: ReportScope): BesideThreads {
  const crashed = answers.inspection.crashedThread;
  const frames = crashed === undefined ? [] : answers.signalFrames({ tid: crashed.tid });
  const [from, to] = scope.slots;
  const verdict = answers.verdict();
  return {
    stack: crashed === undefined ? [] : answers.slots({ tid: crashed.tid, from, count: to - from + 1 }).items,
    signalFrames: frames.filter((frame) => frame.active),
    staleSignalFrames: frames.filter((frame) => !frame.active),
    mappings: answers.mappings(ALL).items,
    modules: answers.modules(ALL).items,
    hypotheses: [...verdict.hypotheses, ...assumed(answers, scope)],
    missing: verdict.missing,
    recentCalls: answers.recentCalls(),
    unwinders: answers.unwinders(),
  };
}

/** The text form of the same; a core may have tens of thousands of threads, so it is made in steps. */
export function* coreText(
  answers: Answers,
  origin: Parameters<Answers['summary']>[0],
  scope: ReportScope,
): Steps<string> {
  const { inspection } = answers;
  const crashed = inspection.crashedThread;
  const tid = crashed?.tid ?? -1;
  const [from, to] = scope.slots;
  const page = { from: 0, count: TEXT_FRAMES };
  const verdict = answers.verdict();
  const others = chosenThreads(answers, scope).filter((thread) => thread !== crashed);
  const groups = new StackGroups<OtherThread>();
  for (const [i, { tid: other }] of others.entries()) {
    const stack = answers.stack({ tid: other, ...page });
    groups.add({ tid: other, stack }, stack.items, `${stack.total} ${stack.stop}`);
    yield i / others.length;
  }
  return textReport({
    summary: answers.summary(origin),
    verdict,
    stack: crashed === undefined ? NO_STACK : answers.stack({ tid, ...page }),
    slots: crashed === undefined ? NO_SLOTS : answers.slots({ tid, from, count: to - from + 1 }),
    registers: crashed === undefined ? NO_REGISTERS : answers.registers({ tid, frame: 0 }),
    signalFrames: crashed === undefined ? [] : answers.signalFrames({ tid }),
    recentCalls: answers.recentCalls(),
    unwinders: answers.unwinders(),
    modules: answers.modules(ALL).items,
    assumed: assumed(answers, scope),
    otherThreads: groups.all.map(({ first, tids }) => ({ tids, stack: first.stack })),
  });
}

interface OtherThread {
  readonly tid: number;
  readonly stack: StackPage;
}

const NO_STACK = { total: 0, from: 0, items: [], stop: 'no thread in this core', rejected: {} };
const NO_SLOTS = { lowest: 0, highest: -1, from: 0, items: [] };
const NO_REGISTERS = { general: [], vectors: [], components: [], vectorState: 'no thread in this core' };

function chosenThreads(answers: Answers, scope: ReportScope): Answers['inspection']['core']['threads'] {
  const { threads } = answers.inspection.core;
  if (scope.threads === 'all') return threads;
  return threads.slice(0, scope.threads === 'crashed' ? 1 : scope.threads);
}
