import type { ByteSource } from '../../src/engine/base/byteSource.js';
import { finish } from '../../src/engine/base/steps.js';
import { Answers } from '../../src/engine/inspection/answers.js';
import { coreReport, coreText, DEFAULT_SCOPE } from '../../src/engine/inspection/coreReport.js';
import { coreRow, unreadableRow } from '../../src/engine/inspection/coreRow.js';
import { Inspection, openInspection } from '../../src/engine/inspection/openInspection.js';
import { type BinaryProvider, noBinaries } from '../../src/engine/modules/binaryProvider.js';
import type { Disassembler } from '../../src/engine/arch/disassembler.js';
import type { CoreReport, CoreRow } from '../../src/shared/report.js';

/** What the engine is given besides the bytes. */
export interface Surroundings {
  readonly binaries?: BinaryProvider;
  readonly disassembler?: Disassembler;
}

export interface Examined {
  readonly row: CoreRow;
  /** For a core that opened. */
  readonly report: CoreReport | undefined;
  /** Milliseconds of processor time for the slowest of the questions. */
  readonly slowest: number;
  readonly slowestQuestion: string;
}

/** Opens bytes as a core and, with `thorough`, asks every question there is. Throws what the engine throws: it should not. */
export function examine(source: ByteSource, surroundings: Surroundings, thorough: boolean): Examined {
  const clock = new Clock();
  const origin = { source: 'x.core', size: Number(source.size), bytesRead: () => 0 };
  const opened = clock.time('open', () =>
    openInspection({
      source,
      binaries: surroundings.binaries ?? noBinaries,
      ...(surroundings.disassembler === undefined ? {} : { disassembler: surroundings.disassembler }),
    }),
  );
  if (!(opened instanceof Inspection)) {
    return { row: unreadableRow(opened, origin), report: undefined, slowest: clock.most, slowestQuestion: clock.which };
  }
  const row = clock.time('row', () => coreRow(opened, origin));
  const report = thorough ? askAll(new Answers(opened), row, clock) : undefined;
  return { row, report, slowest: clock.most, slowestQuestion: clock.which };
}

function askAll(answers: Answers, row: CoreRow, clock: Clock): CoreReport {
  const { inspection } = answers;
  const origin = { source: 'x.core', size: 0, bytesRead: 0 };
  const page = { from: 0, count: 100 };
  clock.time('summary', () => answers.summary(origin));
  const verdict = clock.time('verdict', () => answers.verdict());
  clock.time('threads', () => answers.threads(page));
  for (const { tid } of inspection.core.threads.slice(0, 3)) {
    const stack = clock.time('stack', () => answers.stack({ tid, ...page }));
    clock.time('stack, far', () => answers.stack({ tid, from: stack.total - 1, count: 10 }));
    // The other threads have one reading only, and say so.
    if (tid === inspection.crashedThread?.tid)
      for (const { id } of verdict.hypotheses)
        clock.time('stack, hypothesis', () => answers.stack({ tid, hypothesis: id, ...page }));
    const { lowest, highest } = clock.time('slots', () => answers.slots({ tid, from: -64, count: 256 }));
    clock.time('slots, low', () => answers.slots({ tid, from: lowest, count: 256 }));
    clock.time('slots, high', () => answers.slots({ tid, from: highest - 10, count: 256 }));
    for (const frame of [0, 1, 1000]) clock.time('registers', () => answers.registers({ tid, frame }));
    clock.time('signalFrames', () => answers.signalFrames({ tid }));
  }
  clock.time('mappings', () => answers.mappings(page));
  clock.time('modules', () => answers.modules(page));
  const stack = Object.values(row.thread?.registers ?? {});
  for (const address of ['0x0', '0xffffffffffffffff', ...stack]) {
    clock.time('memory', () => answers.memory({ address, length: 4096 }));
    clock.time('whatIs', () => answers.whatIs({ address }));
  }
  clock.time('text', () => finish(coreText(answers, origin, DEFAULT_SCOPE)));
  return clock.time('report', () => coreReport(answers, row, DEFAULT_SCOPE));
}

/** Processor time, since other work on the machine must not decide a test. */
class Clock {
  most = 0;
  which = '';

  time<T>(what: string, question: () => T): T {
    const before = process.cpuUsage();
    try {
      return question();
    } finally {
      const { user, system } = process.cpuUsage(before);
      const spent = (user + system) / 1000;
      if (spent > this.most) {
        this.most = spent;
        this.which = what;
      }
    }
  }
}

/** A small generator of numbers that gives the same ones every time (mulberry32). */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}
