import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, SampleReader } from './fixtureCores.js';

describe('what a core tells besides its stack', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it('the calls that the shifted function made are still below the stack pointer', () => {
    const calls = reader.open('shift-nofp-zero', (core) => core.answers.recentCalls());
    expect(calls.slice(0, 2)).toMatchObject([
      { distance: 16, callee: 'measure', age: 'last' },
      { distance: 24, callee: 'measure' },
    ]);
    for (const call of calls.slice(0, 2)) expect(call.caller).toMatch(/^adjust\+/);
  });

  it('calls made from within others say so, and never point forwards', () => {
    const calls = reader.open('read-flipped', (core) => core.answers.recentCalls());
    expect(calls.some(({ within }) => within !== undefined)).toBe(true);
    for (const [index, { within }] of calls.entries()) {
      if (within !== undefined) expect(within).toBeLessThan(index);
    }
  });

  it('whose unwinder is used, and that it has the hole', () => {
    const raised = (name: string): unknown =>
      reader
        .open(name, (core) => core.answers.unwinders())
        .filter(({ symbol, importer }) => symbol === '_Unwind_RaiseException' && importer.includes('libstdc++'));
    expect(raised('race-default')).toMatchObject([{ library: expect.stringContaining('libunwind.so') as string }]);
    expect(raised('race-default')).toMatchObject([{ hole: expect.stringMatching(/^0x/) as string }]);
  });

  it.each(NAMES.filter((name) => /^race-.*cleanup/.test(name)))('the cleanup that %s was on its way to', (name) => {
    const { truth } = reader.sample(name).fixture;
    expect(truth.landingPad).toMatch(/^0x/);
    const { exception, frames } = reader.row(name);
    expect(exception?.landingPad).toBe(truth.landingPad);
    expect(frames?.[1]).toMatchObject({ pc: truth.landingPad, trust: 'context' });
  });

  it('a pointer of which one bit was turned is suspected, one that is wild throughout is not', () => {
    const flipped = reader.row('read-flipped');
    const bit = BigInt(flipped.bitFlip?.found ?? 0) ^ BigInt(flipped.bitFlip?.intended ?? 0);
    expect(bit).toBe(1n << 42n);
    expect(flipped.kind).toBe('wild-read');
    expect(reader.row('read-text-pointer').bitFlip).toBeUndefined();
    expect(reader.row('null-read').bitFlip).toBeUndefined();
  });
});
