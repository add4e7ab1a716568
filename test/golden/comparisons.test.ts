import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareRow } from '../../src/shared/queries.js';
import type { OpenedCoreFile } from '../../src/session/openedCores.js';
import { SampleReader } from './fixtureCores.js';

const ALL = { from: 0, count: 100_000 };
const rowsOf = (rows: readonly CompareRow[], part: CompareRow['part']) => rows.filter((row) => row.part === part);
const crashedOf = (core: OpenedCoreFile): number => core.summary().crashedTid ?? expect.fail('no thread crashed');

describe('stacks of real cores side by side', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it('a stack beside itself does not differ anywhere', () => {
    reader.open('race-threads', (core) => {
      const tid = crashedOf(core);
      const { items, differing } = core.answers.compare({ left: { tid }, right: { tid }, ...ALL });
      expect(differing).toBe(0);
      expect(items.every(({ relation }) => relation === 'equal')).toBe(true);
      const only = core.answers.compare({ left: { tid }, right: { tid }, ...ALL, only: 'differences' });
      expect(only.total).toBe(0);
    });
  });

  it('a shifted stack beside the one that the shift undone gives: %rsp differs, and so do the frames', () => {
    reader.open('shift-plus8-fp', (core) => {
      const tid = crashedOf(core);
      const rsp = BigInt(core.answers.registers({ tid, frame: 0 }).general.find(({ name }) => name === 'rsp')?.value ?? 0);
      const answer = core.answers.compare({
        left: { tid, hypothesis: 'rsp+=0' },
        right: { tid, hypothesis: 'rsp-=8' },
        ...ALL,
      });
      expect(answer.left).toMatchObject({ chosen: false, registers: {} });
      expect(answer.right.registers).toEqual({ rsp: `0x${(rsp - 8n).toString(16)}` });
      const first = rowsOf(answer.items, 'register').find(({ name }) => name === 'rsp');
      expect(first).toMatchObject({ relation: 'different', right: { value: `0x${(rsp - 8n).toString(16)}` } });
    });
  });

  it('each hypothesis of the verdict stands beside the chosen one with its registers and its score', () => {
    reader.open('shift-plus8-fp', (core) => {
      const tid = crashedOf(core);
      const { hypotheses } = core.answers.verdict();
      expect(hypotheses.length).toBeGreaterThan(2);
      for (const { id, score, chosen, registers } of hypotheses) {
        const { left, right } = core.answers.compare({ left: { tid }, right: { tid, hypothesis: id }, ...ALL });
        expect(left.chosen).toBe(true);
        expect(right).toMatchObject({ hypothesis: id, score, chosen });
        expect(right.registers).toEqual(registers);
      }
    });
  });

  it('two threads: frames stand beside each other by function, slots by their distance from the start of the frame', () => {
    reader.open('threads-8', (core) => {
      const crashed = crashedOf(core);
      const other = core.answers.threads({ from: 0, count: 8 }).items.find(({ top }) => top === 'clock_nanosleep');
      const tid = other?.tid ?? expect.fail('no thread sleeps');
      const { items } = core.answers.compare({ left: { tid: crashed }, right: { tid }, ...ALL });
      const frames = rowsOf(items, 'frame');
      // The outermost frames of both are those of the C library's thread start.
      expect(frames.at(-1)).toMatchObject({ relation: 'equal', leftFrame: 3 });
      for (const [side, name] of [
        ['left', crashed],
        ['right', tid],
      ] as const) {
        const stack = core.answers.stack({ tid: name, from: 0, count: 100 });
        const numbers = frames.map((row) => row[`${side}Frame`]).filter((number) => number !== undefined);
        expect(numbers).toEqual([...new Set(stack.items.map(({ frame }) => frame))]);
        // Every slot that the query of slots gives a frame stands in its frame, in order.
        const { items: slots } = core.answers.slots({ tid: name, from: 0, count: 4000 });
        const owned = slots.filter(({ frame }) => frame !== undefined);
        const compared = items.flatMap((row) => (row.part === 'slot' && row.name.startsWith('+') ? [row[side]?.address] : []));
        expect(compared.filter((address) => address !== undefined)).toEqual(owned.map(({ address }) => address));
      }
      const rsp = rowsOf(items, 'register').find(({ name }) => name === 'rsp');
      expect(rsp).toMatchObject({ relation: 'alike' });
    });
  });

  it('a thread or a reading that is not there is refused in one sentence', () => {
    reader.open('threads-8', (core) => {
      const tid = crashedOf(core);
      expect(() => core.answers.compare({ left: { tid }, right: { tid: 1 }, ...ALL })).toThrow('there is no thread 1');
      expect(() => core.answers.compare({ left: { tid }, right: { tid, hypothesis: 'rax' }, ...ALL })).toThrow(/"rax" is no reading/);
    });
  });

  it('slots belong to the frames of the reading that is asked for', () => {
    reader.open('shift-plus8-fp', (core) => {
      const tid = crashedOf(core);
      const owners = (hypothesis?: string) =>
        core.answers
          .slots({ tid, from: 0, count: 64, ...(hypothesis === undefined ? {} : { hypothesis }) })
          .items.map(({ frame }) => frame);
      expect(owners('rsp+=0')).not.toEqual(owners());
    });
  });
});

describe('the fields of signal frames', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it.each(['race-threads', 'handler-abort', 'handler-altstack'])('of %s are the words in memory', (name) => {
    reader.open(name, (core) => {
      const tid = crashedOf(core);
      const frames = core.answers.signalFrames({ tid });
      const fields = core.answers.signalFields({ tid });
      expect(fields).toHaveLength(frames.length);
      expect(frames.length).toBeGreaterThan(0);
      for (const [i, all] of fields.entries()) {
        expect(all.map((field) => field.name)).toEqual(expect.arrayContaining([...Object.keys(frames[i]?.registers ?? {}), 'trapno', 'err', 'cr2', 'sigmask']));
        for (const { name: field, slot, value } of all) {
          // The kernel writes 4 of these 8 bytes; fpstate is left at 0 where there is none.
          if (slot === undefined || field === 'ss_flags') continue;
          const [run] = core.answers.memory({ address: slot, length: 8 }).runs;
          const bytes = run && 'bytes' in run ? run.bytes : expect.fail(`${field} is not there`);
          expect(`${field} ${BigInt(`0x${bytes.match(/../g)?.reverse().join('') ?? ''}`)}`).toBe(`${field} ${BigInt(value)}`);
        }
      }
    });
  });

  it('an active frame of the fault is the crash itself; a stale one of another signal is not', () => {
    reader.open('handler-abort', (core) => {
      const [active] = core.answers.signalFields({ tid: crashedOf(core) });
      expect(active?.filter(({ equal }) => equal === false)).toEqual([]);
      expect(active?.find(({ name }) => name === 'trapno')?.text).toBe('page fault');
      expect(active?.find(({ name }) => name === 'err')?.text).toMatch(/in user mode/);
    });
    reader.open('race-threads', (core) => {
      const [stale] = core.answers.signalFields({ tid: crashedOf(core) });
      expect(stale?.find(({ name }) => name === 'rip')).toMatchObject({ equal: false, crash: '0x0' });
      expect(stale?.find(({ name }) => name === 'rsp')).toMatchObject({ equal: true });
    });
  });
});
