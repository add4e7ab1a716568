import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../../src/session/inspectCore.js';
import type { CoreReport, FrameRow, ThreadReport } from '../../src/shared/report.js';
import { NAMES, oracle, SampleReader } from './fixtureCores.js';
import { gdbRegisters, gdbSignal, mappedFiles, stackThreads, type OracleFrame } from './oracleText.js';

/** Stacks of which the tools and Redzone say different things on purpose. */
const OWN_STACK: Readonly<Record<string, string>> = {
  'fiber-empty': 'the stack pointer is 0: what eu-stack shows is read by a frame pointer that belongs to another stack',
  'race-threads': 'eu-stack goes on into a page of data before it gives up',
  'shift-movaps-callee': 'with the stack pointer shifted, eu-stack takes one frame more for what is no return address',
};

/** Functions that have several names at one address. */
const SAME_FUNCTION: readonly (readonly string[])[] = [
  ['raise', 'gsignal'],
  ['free', 'libcfree', 'cfree'],
  ['malloc', 'libcmalloc'],
  ['vdsoclockgettime', 'clockgettime'],
  ['libcstartmainimpl', 'libcstartmain'],
  // As gdb says it; eu-stack names the trampoline.
  ['restorert', '<signal handler called>'],
  // eu-stack shows the last part of what Rust's debug information says.
  ['main', 'ledger::main'],
];

let reader: SampleReader;
const reports = new Map<string, CoreReport>();
beforeAll(() => {
  reader = new SampleReader();
  for (const name of NAMES)
    reports.set(
      name,
      reader.open(name, (core) => core.report(DEFAULT_SCOPE)),
    );
});
afterAll(() => {
  reader.dispose();
});

const report = (name: string): CoreReport => reports.get(name) ?? expect.fail(`no report of ${name}`);

describe('registers are those that gdb shows', () => {
  it.each(withOracle('gdb-registers.txt', (text) => Object.keys(gdbRegisters(text)).length > 0))('%s', (name, text) => {
    const expected = gdbRegisters(text);
    expect(Object.keys(expected).length).toBeGreaterThanOrEqual(17);
    // gdb shows the thread that wrote the core, which may have told on another: that one is found by where it stood.
    const { threads = [] } = report(name);
    const stands = ({ registers }: (typeof threads)[number]): boolean =>
      registers['rip'] === expected['rip'] && registers['rsp'] === expected['rsp'];
    const shown = threads.find(stands) ?? threads.find((thread) => thread.crashed);
    expect(shown?.registers).toMatchObject(expected);
  });
});

describe('threads are those that eu-stack shows, in its order', () => {
  it.each(withOracle('eu-stack.txt', (text) => stackThreads(text).length > 0))('%s', (name, text) => {
    expect(report(name).threads?.map(({ tid }) => tid)).toEqual(stackThreads(text).map(({ tid }) => tid));
    expect(report(name).threadCount).toBe(reader.sample(name).fixture.threads);
  });
});

describe('the signal is the one that gdb names, or the one whose handler was running then', () => {
  it.each(withOracle('gdb-bt.txt', (text) => gdbSignal(text) !== undefined))('%s', (name, text) => {
    const { signal, signalFrames } = report(name);
    expect(reader.sample(name).fixture.signal.name).toBe(gdbSignal(text));
    const said = signal?.name;
    if (said !== gdbSignal(text)) expect(signalFrames?.map((frame) => frame.siginfo?.name)).toContain(said);
  });
});

describe('mapped files are those of the note', () => {
  it.each(withOracle('notes.txt', (text) => mappedFiles(text).length > 0))('%s', (name, text) => {
    const mapped = report(name).mappings?.filter(({ path }) => path?.startsWith('/') === true);
    const found = mapped?.map(({ start, end, fileOffset, path }) => ({ start, end, fileOffset, path }));
    const expected: unknown = expect.arrayContaining(mappedFiles(text));
    expect(found).toEqual(expected);
  });
});

describe('frames', () => {
  const seen = { threads: 0, compared: 0, frames: 0, named: 0, nameless: 0 };
  afterAll(() => {
    process.stdout.write(
      `frames: ${seen.compared} of ${seen.threads} threads compared with eu-stack, ${seen.frames} frames equal, ` +
        `${seen.named} names equal, ${seen.nameless} without a name here\n`,
    );
  });

  it.each(withOracle('eu-stack.txt', (text) => stackThreads(text).length > 0))('%s', (name, text) => {
    for (const { tid, frames, cut } of stackThreads(text)) {
      const thread = report(name).threads?.find((each) => each.tid === tid);
      seen.threads++;
      if (thread === undefined || !isPlainWalk(thread) || name in OWN_STACK) continue;
      seen.compared++;
      const ours = thread.frames.filter(({ inlined }) => inlined !== true);
      const theirs = fromTheFault(frames, ours);
      // Where eu-stack gives up, Redzone may go on.
      expect(ours.slice(0, cut ? theirs.length : undefined).map(({ pc }) => BigInt(pc))).toEqual(
        theirs.slice(0, cut ? ours.length : undefined).map(({ pc }) => pc),
      );
      seen.frames += ours.length;
      for (const { pc, name: expected } of theirs) {
        const names = thread.frames.filter((frame) => BigInt(frame.pc) === pc).map((frame) => frame.function);
        if (expected === undefined) continue;
        if (names.every((each) => each === undefined)) seen.nameless++;
        else {
          expect(
            names.map((each) => plainName(each ?? '')),
            `${name} ${tid}`,
          ).toContain(plainName(expected));
          seen.named++;
        }
      }
    }
  });

  it('of most threads could be compared, and most have names', () => {
    expect(seen.compared / seen.threads).toBeGreaterThan(0.75);
    expect(seen.named / (seen.named + seen.nameless)).toBeGreaterThan(0.6);
  });

  it('differ where it is said', () => {
    expect(Object.keys(OWN_STACK).filter((name) => !NAMES.includes(name))).toEqual([]);
  });
});

function withOracle(file: string, applies: (text: string) => boolean = () => true): [name: string, text: string][] {
  const cases = NAMES.flatMap((name): [string, string][] => {
    const text = oracle(name, file);
    return text !== undefined && applies(text) ? [[name, text]] : [];
  });
  if (cases.length === 0) throw new Error(`no sample core has ${file}`);
  return cases;
}

/** Whether every frame was found by walking; a reconstructed stack is another than the tools see. */
function isPlainWalk(thread: ThreadReport): boolean {
  const walked = (frame: FrameRow): boolean => /^(cfi|framePointer|signalFrame)$/.test(frame.trust);
  const top = thread.frames[0]?.pc;
  return thread.frames.every((frame) => frame.pc === top || walked(frame)) && top !== '0x0';
}

/** The tools begin in the handler that ended the process, Redzone at the fault. */
function fromTheFault(frames: readonly OracleFrame[], ours: readonly FrameRow[]): readonly OracleFrame[] {
  const top = BigInt(ours[0]?.pc ?? 0);
  const at = frames.findIndex(({ pc }) => pc === top);
  return at < 0 ? frames : frames.slice(at);
}

function plainName(name: string): string {
  const plain = name
    .replace(/@.*$|\.(constprop|part|isra|cold|llvm|abi0)\b.*$|::h[0-9a-f]{16}$/g, '')
    .replace(/_\$u7b\$/g, '{')
    .replace(/\$u7b\$/g, '{')
    .replace(/\$u7d\$/g, '}')
    .replace(/^_*(GI_)?_*/, '')
    .replace(/_/g, '');
  return SAME_FUNCTION.find((names) => names.includes(plain))?.[0] ?? plain;
}
