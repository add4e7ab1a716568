import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NAMES, SampleReader } from './fixtureCores.js';

/** A line of the table of named cases in the description of the sample cores. */
interface NamedCase {
  readonly title: string;
  readonly cores: readonly string[];
  /** `label / kind`, with the shift behind it. */
  readonly verdicts: readonly string[];
  readonly twins: readonly string[];
}

const CASES = namedCases();

describe('the named cases', () => {
  let reader: SampleReader;
  beforeAll(() => {
    reader = new SampleReader();
  });
  afterAll(() => {
    reader.dispose();
  });

  it('are all there, each with cores and twins of their own', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(23);
    for (const { title, cores, twins } of CASES) {
      expect(cores.length, title).toBeGreaterThan(0);
      expect(twins.length, title).toBeGreaterThan(0);
      expect([...cores, ...twins].filter((name) => !NAMES.includes(name)), title).toEqual([]);
      expect(cores.filter((name) => twins.includes(name)), title).toEqual([]);
    }
  });

  it.each(CASES)('$title', ({ cores, verdicts, twins }) => {
    const said = (name: string): string => {
      const { label, kind, shift } = reader.row(name);
      return `${label} / ${kind}${shift === undefined ? '' : ` ${shift}`}`;
    };
    expect([...new Set(cores.map(said))].sort()).toEqual([...verdicts].sort());
    expect(twins.filter((name) => verdicts.includes(said(name)))).toEqual([]);
  });

  it.each(CASES)('$title: without the binaries nothing else is said for sure', ({ cores, verdicts }) => {
    const wrong = cores.filter((name) => {
      const { label, kind, shift, confidence } = reader.rowWithoutBinaries(name);
      const said = `${label} / ${kind}${shift === undefined ? '' : ` ${shift}`}`;
      return (confidence ?? 0) >= 0.9 && !verdicts.includes(said);
    });
    expect(wrong).toEqual([]);
  });
});

function namedCases(): readonly NamedCase[] {
  const readme = readFileSync(join(import.meta.dirname, '../fixtures/README.md'), 'utf8');
  const table = /<!-- named cases -->([^]*)<!-- end of named cases -->/.exec(readme)?.[1] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) => {
    const [title = '', cores = '', verdicts = '', twins = ''] = line.split('|').slice(1).map((cell) => cell.trim());
    return { title, cores: cores.split(', '), verdicts: verdicts.split('; '), twins: twins.split(', ') };
  });
}
