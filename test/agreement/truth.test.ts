import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, SampleReader } from '../golden/fixtureCores.js';
import { lastPart, plainName } from './functionNames.js';

/** Cores of which no stack can be read at all. */
const UNREADABLE = ['no-memory', 'truncated-odd', 'truncated-notes', 'stripped'];

/** What is missing of the true stack, and why. Exact, so that a frame that is found again, or lost anew, is noticed. */
const MISSING: Readonly<Record<string, { readonly frames: readonly string[]; readonly why: string }>> = {
  'fiber-null': {
    frames: ['switch_fiber'],
    why: 'the stack it switched to has no frame; the function it left is on the other',
  },
  'race-static': { frames: ['import_record', 'import_all', 'main'], why: 'stripped: the frames have no names' },
  'race-static-abort': { frames: ['import_record', 'import_all', 'main'], why: 'stripped: the frames have no names' },
  'return-text': { frames: ['perform'], why: 'overwritten by text' },
  'threads-return': { frames: ['compute'], why: 'overwritten by zeros' },
  'zero-overflow': { frames: ['perform', 'main'], why: 'overwritten by zeros' },
  'zero-overflow-clang': { frames: ['perform', 'main'], why: 'overwritten by zeros' },
};

describe('the true stack, by what was done to the program, is in the stack that the verdict chose', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it.each(NAMES.filter((name) => !UNREADABLE.includes(name)))('%s', (name) => {
    const { truth } = reader.sample(name).fixture;
    const rows = reader.open(name, (core) => {
      const tid = core.summary().crashedTid ?? core.ask('threads', { from: 0, count: 1 }).items[0]?.tid ?? 0;
      return core.ask('stack', { tid, from: 0, count: 100_000 }).items;
    });
    const found = rows.map((row) => lastPart(plainName(row.function)));
    let at = 0;
    const missing = (truth.frames ?? []).filter((frame) => {
      const next = found.indexOf(lastPart(plainName(frame)), at);
      if (next >= 0) at = next + 1;
      return next < 0;
    });
    expect(missing).toEqual(MISSING[name]?.frames ?? []);
  });
});
