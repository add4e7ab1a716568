import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE } from '../../src/session/inspectCore.js';
import type { CoreReport } from '../../src/shared/report.js';
import { NAMES, oracle, SampleReader } from '../golden/fixtureCores.js';

/** gdb does not open a core that is cut inside the notes, and dies of a package of DWARF 5. */
const GDB_FAILS = ['truncated-notes', 'split-dwarf-package-5'];

const ALL = { ...DEFAULT_SCOPE, slots: [0, 0] } as const;

describe('of the thread that ended the process', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });
  const report = (name: string): CoreReport => reader.open(name, (core) => core.report(ALL));

  it.each(NAMES)('%s: every register is what gdb says', (name) => {
    const theirs = registersOf(oracle(name, 'gdb-registers.txt') ?? '');
    const ours = report(name).threads?.at(0)?.registers ?? {};
    if (GDB_FAILS.includes(name)) expect(theirs).toEqual({});
    else expect(Object.keys(theirs).length).toBeGreaterThan(16);
    for (const [register, value] of Object.entries(theirs)) expect(ours[register], register).toBe(value);
  });

  it.each(NAMES.filter((name) => oracle(name, 'gdb-vectors.txt') !== undefined))(
    '%s: the lower halves of vector registers are what gdb says; the upper ones gdb cannot read',
    (name) => {
      const theirs = [...(oracle(name, 'gdb-vectors.txt') ?? '').matchAll(/^xmm(\d+) 0x([0-9a-f]+)$/gm)];
      const ours = report(name).threads?.at(0)?.vectors ?? {};
      expect(theirs.length).toBe(16);
      for (const [, number = '', value = ''] of theirs) {
        const full = ours[`zmm${number}`] ?? ours[`ymm${number}`] ?? ours[`xmm${number}`] ?? '';
        expect(turned(full.slice(0, 32)), `xmm${number}`).toBe(value.padStart(32, '0'));
        expect(full.length, 'more than gdb has').toBeGreaterThan(32);
      }
    },
  );
});

function registersOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([a-z0-9_]+) +(0x[0-9a-f]+)/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Lowest byte last, as a number is written. */
function turned(bytes: string): string {
  return bytes.match(/../g)?.reverse().join('') ?? '';
}
