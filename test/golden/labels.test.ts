import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, SampleReader } from './fixtureCores.js';

/**
 * Sample cores whose verdict is known to be wrong: what is said of them, and why. Exact, so that one that is mended, or goes wrong in
 * another way, is noticed.
 */
const KNOWN_MISSES: Readonly<Record<string, { readonly said: string; readonly why: string }>> = {
};

describe('the verdict', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it.each(NAMES)('%s', (name) => {
    const { fixture } = reader.sample(name);
    const row = reader.row(name);
    const said = inWords(row.label, row.kind, row.shift);
    const miss = KNOWN_MISSES[name];
    expect(said).toBe(miss?.said ?? inWords(fixture.label, fixture.kind, fixture.shift));
    if (miss !== undefined) {
      expect(miss.said, 'no miss any more').not.toBe(inWords(fixture.label, fixture.kind, fixture.shift));
    }
  });

  it('misses no core that is not there', () => {
    expect(Object.keys(KNOWN_MISSES).filter((name) => !NAMES.includes(name))).toEqual([]);
  });

  it.each(NAMES)('%s reads a small part of a large core', (name) => {
    const { bytesRead, size } = reader.row(name);
    expect(bytesRead).toBeGreaterThan(0);
    expect(bytesRead).toBeLessThanOrEqual(Math.min(size, 1 << 20));
  });
});

function inWords(label: string | undefined, kind: string | undefined, shift: number | undefined): string {
  return `${label ?? 'no label'} ${kind ?? 'no kind'}${shift === undefined ? '' : ` ${shift}`}`;
}
