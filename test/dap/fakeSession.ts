import { OpenError, type CoreSession, type OpenedCore, type OpenOptions } from '../../src/session/coreSession.js';
import type {
  CoreQueries,
  MemoryAnswer,
  Page,
  QueryAnswer,
  QueryName,
  QueryParams,
  StackRow,
} from '../../src/shared/queries.js';
import { evaluateAddress } from '../../src/engine/values/addressExpression.js';
import * as race from './raceCore.js';

type Answers = { [N in QueryName]: (params: QueryParams<N>) => QueryAnswer<N> | Promise<QueryAnswer<N>> };

const DEEP_FRAMES = 100_000;
const MANY_THREADS = 3000;

const page = <T>(all: readonly T[], { from, count }: { from: number; count: number }): Page<T> => ({
  total: all.length,
  from,
  items: all.slice(from, from + count),
});

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A core whose answers are recorded: the race. */
const raceAnswers: Answers = {
  summary: () => race.raceSummary,
  verdict: () => race.raceVerdict,
  threads: (params) => page([{ tid: race.RACE_TID, name: 'race', crashed: true, top: 'import_record' }], params),
  stack: (params) => ({
    ...page(
      params.hypothesis === 'asReturned'
        ? race.raceFrames.slice(1).map((row) => ({ ...row, frame: row.frame - 1 }))
        : race.raceFrames,
      params,
    ),
    stop: 'outermost',
    rejected: race.raceRejected,
  }),
  slots: ({ from, count }) => {
    const first = Math.max(from, race.LOWEST_SLOT);
    const end = Math.min(from + count, race.HIGHEST_SLOT + 1);
    return {
      lowest: race.LOWEST_SLOT,
      highest: race.HIGHEST_SLOT,
      from: first,
      items: Array.from({ length: Math.max(0, end - first) }, (_, offset) => race.raceSlot(first + offset)),
    };
  },
  registers: ({ frame, hypothesis }) => {
    const answer = race.raceRegisters(frame);
    if (hypothesis !== 'asReturned') return answer;
    const general = answer.general.map((register) =>
      register.name === 'rsp' ? { ...register, value: '0x7ffe324c56a8', text: '' } : register,
    );
    return { ...answer, general };
  },
  signalFields: () => [],
  compare: ({ left, right, ...params }) => {
    const side = { frames: 0, stop: 'outermost', chosen: true, registers: {} };
    return { ...page([], params), differing: 0, left: { ...left, ...side }, right: { ...right, ...side } };
  },
  comparedStack: (choice) => ({
    side: { ...choice, frames: 0, stop: 'outermost', chosen: true, registers: {} },
    registers: [],
    below: [],
    frames: [],
  }),
  signalFrames: () => race.raceSignalFrames,
  memory: ({ address, length }) => fakeMemory(BigInt(address), length),
  mappings: (params) => page([], params),
  modules: (params) => page(race.raceModules, params),
  whatIs: ({ address: expression, frame }) => {
    const value = evaluateAddress(expression, {
      register: (name) => {
        const register = race.raceRegisters(frame ?? 0).general.find((each) => each.name === name);
        if (register === undefined) return undefined;
        return register.value === undefined
          ? `The value of ${name} is not known at this frame.`
          : BigInt(register.value);
      },
      symbol: (name) => (name === 'import_all' ? 0x56361e8c660cn : undefined),
      word: (address) => {
        const [run] = fakeMemory(address, 8).runs;
        return run !== undefined && 'bytes' in run && run.bytes.length === 16
          ? Buffer.from(run.bytes, 'hex').readBigUInt64LE()
          : undefined;
      },
    });
    if (typeof value === 'string') throw new Error(value);
    const address = `0x${value.toString(16)}`;
    if (address === '0x0') return { value: address, text: 'nothing is mapped there', kind: 'zero' };
    return { value: address, text: `something at ${address}`, kind: 'mapped' };
  },
  symbols: ({ prefix }) =>
    'import_all'.startsWith(prefix) ? [{ name: 'import_all', address: '0x56361e8c660c', kind: 'function' }] : [],
  disassemble: race.raceDisassembly,
  search: race.raceSearch,
  recentCalls: () => [],
  unwinders: () => [],
  sourceDigest: () => ({}),
  identity: () => ({ identity: 'sha256:00', about: '' }),
  text: () => ({ text: 'report' }),
};

/** Bytes are there from 0x1000 to 0x1800 and from 0x2000 to 0x3000; the byte at an address is its low byte. */
function fakeMemory(start: bigint, length: number): MemoryAnswer {
  const there = (address: bigint): boolean =>
    (address >= 0x1000n && address < 0x1800n) || (address >= 0x2000n && address < 0x3000n);
  const runs: MemoryAnswer['runs'][number][] = [];
  for (let from = 0; from < length;) {
    const present = there(start + BigInt(from));
    let to = from;
    while (to < length && there(start + BigInt(to)) === present) to++;
    const address = `0x${(start + BigInt(from)).toString(16)}`;
    const bytes = Buffer.from(
      Array.from({ length: to - from }, (_, index) => Number((start + BigInt(from + index)) & 0xffn)),
    );
    runs.push(
      present ? { address, bytes: bytes.toString('hex') } : { address, length: to - from, absent: 'not dumped' },
    );
    from = to;
  }
  return { address: `0x${start.toString(16)}`, runs };
}

/** A recursion, innermost first; the outermost frame is main. */
function deepFrame(index: number): StackRow {
  const last = index === DEEP_FRAMES - 1;
  return {
    index,
    frame: index,
    pc: last ? '0x401200' : '0x401100',
    cfa: `0x${(0x7ffe00000000n + BigInt(index) * 32n).toString(16)}`,
    function: last ? 'main' : 'descend',
    offset: '0x10',
    module: '/opt/deep',
    trust: 'framePointer',
  };
}

/** What each path of the fake answers differently from the race. */
const CORES: Readonly<Record<string, Partial<Answers>>> = {
  'race.core': {},
  'deep.core': {
    stack: ({ from, count }) => ({
      total: DEEP_FRAMES,
      from,
      // Fewer than asked for, as a session may answer.
      items: Array.from({ length: Math.max(0, Math.min(count, 300, DEEP_FRAMES - from)) }, (_, offset) =>
        deepFrame(from + offset),
      ),
      stop: 'outermost',
      rejected: {},
    }),
    verdict: () => ({
      ...race.raceVerdict,
      label: 'other',
      kind: 'stack-overflow',
      hypotheses: [],
      staleSignalFrames: [],
    }),
  },
  'many.core': {
    threads: (params) =>
      page(
        Array.from({ length: MANY_THREADS }, (_, index) => ({
          tid: index === 7 ? race.RACE_TID : 40_000 + index,
          name: `worker-${index}`,
          crashed: index === 7,
          top: 'wait',
        })),
        params,
      ),
  },
  'handler.core': {
    stack: (params) => ({
      ...page<StackRow>(
        [
          {
            index: 0,
            frame: 0,
            pc: '0x401010',
            function: 'on_fatal',
            offset: '0x10',
            module: '/opt/handler',
            trust: 'context',
          },
          {
            index: 1,
            frame: 1,
            pc: '0x401100',
            function: 'parse',
            offset: '0x4',
            module: '/opt/handler',
            trust: 'signalFrame',
          },
        ],
        params,
      ),
      stop: 'outermost',
      rejected: {},
    }),
  },
  'partial.core': {
    summary: () => ({
      ...race.raceSummary,
      status: 'partial',
      problems: [{ code: 'truncated', message: 'The file ends 4096 bytes before its last segment does.' }],
    }),
  },
  'threadless.core': {
    threads: (params) => page([], params),
    summary: () => ({
      ...race.raceSummary,
      threadCount: 0,
      problems: [{ code: 'no-notes', message: 'the notes are cut off.' }],
    }),
  },
  // The handler ran on an alternate stack: the frame it interrupted lies where the thread has no slots.
  'alternate.core': {
    registers: ({ frame }) => {
      const answer = race.raceRegisters(0);
      const general = answer.general.map((register) =>
        register.name === 'rsp' && frame === 1 ? { ...register, value: '0x17f0' } : register,
      );
      return { ...answer, general };
    },
    stack: (params) => ({
      ...page<StackRow>(
        [
          { index: 0, frame: 0, pc: '0x401010', cfa: '0x7ffe324c56d0', function: 'on_fatal', trust: 'context' },
          { index: 1, frame: 1, pc: '0x401100', cfa: '0x1808', function: 'parse', trust: 'signalFrame' },
        ],
        params,
      ),
      stop: 'outermost',
      rejected: {},
    }),
  },
  'hanging.core': { memory: () => never(), whatIs: () => never() },
  'failing.core': {
    stack: () => Promise.reject(new Error('The stack {of} thread 1 cannot be read.')),
    registers: () => {
      throw new Error('The registers are gone.');
    },
  },
};

/** A session whose cores are recorded answers, chosen by file name. Counts what is open. */
export class FakeSession implements CoreSession {
  openCount = 0;
  opened: { readonly path: string; readonly options: OpenOptions | undefined }[] = [];
  private readonly listeners = new Set<(reason: string) => void>();

  async open(path: string, options?: OpenOptions): Promise<OpenedCore> {
    if (path.endsWith('slow-to-open.core')) return never();
    const answers = CORES[path];
    if (!answers) throw new OpenError('not-a-core', `${path} is a text file, not a core dump.`);
    this.opened.push({ path, options });
    this.openCount++;
    const all: Answers = { ...raceAnswers, ...answers };
    return Promise.resolve({
      path,
      ask: async (name, params) => {
        await Promise.resolve();
        // The table pairs each name with its own parameters; the compiler cannot follow that through the index.
        const answer = all[name] as (params: CoreQueries[typeof name]['params']) => CoreQueries[typeof name]['answer'];
        return answer(params);
      },
      reload: () => Promise.resolve(),
      onReloaded: () => () => undefined,
      close: () => {
        this.openCount--;
        return Promise.resolve();
      },
    });
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }

  onReopened(listener: (reason: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** As if the engine behind the session had died and come back. */
  reopen(reason: string): void {
    for (const listener of this.listeners) listener(reason);
  }
}
