import { describe, expect, it } from 'vitest';
import { populationReport } from '../../../src/population/findings/report.js';
import { seededRandom } from '../../../src/population/statistics/random.js';
import { TableBuilder } from '../../../src/population/table/tableBuilder.js';
import type { PopulationReport } from '../../../src/shared/findings.js';

const DAY = 86_400_000;

function reportOf(rows: readonly Record<string, unknown>[]): PopulationReport {
  const builder = new TableBuilder();
  for (const row of rows) builder.row(row);
  return populationReport(builder.finish());
}

/** Crashes on twenty hosts of four SKUs; `bad` says which are of the label asked about. */
function crashes(
  count: number,
  bad: (row: Record<string, unknown>, random: () => number) => boolean,
): Record<string, unknown>[] {
  const random = seededRandom(11);
  return Array.from({ length: count }, () => {
    const host = Math.floor(random() * 20);
    const row: Record<string, unknown> = {
      host: `h${host}`,
      sku: `m${host % 4}`,
      site: ['fra', 'iad', 'sin', 'gru'][host % 4],
      kernel: `6.1.${Math.floor(random() * 3)}`,
      tag: `t${Math.floor(random() * 6)}`,
      time: new Date(Date.UTC(2026, 0, 1) + random() * 30 * DAY).toISOString(),
    };
    return { ...row, label: bad(row, random) ? 'misaligned-stack' : 'other' };
  });
}

describe('columns that divide the crashes alike', () => {
  it('are named in the finding, as nothing tells them apart', () => {
    const { findings } = reportOf(
      crashes(600, ({ sku, kernel }, random) => random() < (sku === 'm1' && kernel === '6.1.2' ? 0.6 : 0.05)),
    );
    const [finding] = findings;
    expect(finding?.dimension).toEqual(['sku', 'kernel']);
    expect(finding?.sameAs).toEqual([{ dimension: ['site', 'kernel'], value: ['iad', '6.1.2'] }]);
    expect(finding?.text).toContain(
      'The same crashes, give or take one in fifty, are at site = iad and kernel = 6.1.2: ',
    );
    expect(finding?.alsoSeenAs.map(({ dimension }) => dimension)).not.toContain('site,kernel');
  });

  it('are not named where one of them holds more', () => {
    const rows = crashes(600, ({ sku }, random) => random() < (sku === 'm1' ? 0.5 : 0.05)).map((row, i) =>
      i % 8 === 0 ? { ...row, site: 'bom' } : row,
    );
    const [finding] = reportOf(rows).findings;
    expect(finding?.dimension).toBe('sku');
    expect(finding?.sameAs).toBeUndefined();
  });
});

describe('a label with a place of its own', () => {
  const placed = (look: (there: boolean, random: () => number) => boolean) => {
    const random = seededRandom(5);
    const others = crashes(240, () => false);
    const cases = crashes(20, () => true).map((row, i) =>
      i < 10 ? { ...row, host: 'h3', sku: 'm3', site: 'gru' } : row,
    );
    return [...others, ...cases].map((row) => {
      const there = row['label'] !== 'other' && row['host'] === 'h3';
      const mark = (first: string, second: string) => (look(there, random) ? first : second);
      return {
        ...row,
        'registers.rax': mark('zero', 'heap'),
        'registers.rdx': mark('zero', 'code'),
        'stack.rsp-8': mark('zero', 'code'),
        'stack.rsp-16': mark('stack', 'heap'),
      };
    });
  };

  // Few cases: a search for the place among all columns would not see it.
  it('looks like two populations when its crashes there look different', () => {
    const [finding] = reportOf(placed((there, random) => (there ? random() < 0.85 : random() < 0.2))).findings;
    expect(finding?.question).toBe('hidden-groups');
    expect(finding?.dimension).toContain('host');
  });

  it('says since when and until when a group is there only where that is not as long as the table lasts', () => {
    const late = Date.UTC(2026, 0, 18);
    const rows = placed((there, random) => (there ? random() < 0.85 : random() < 0.2)).map(
      (row: Record<string, unknown>) => {
        if (row['label'] === 'other' || row['host'] !== 'h3') return row;
        const time = Date.parse(String(row['time']));
        return { ...row, time: new Date(late + (time - Date.UTC(2026, 0, 1)) * 0.43).toISOString() };
      },
    );
    const [finding] = reportOf(rows).findings;
    const [here, others] = finding?.groups ?? [];
    expect(finding?.dimension).toContain('host');
    expect(Date.parse(here?.start ?? '')).toBeGreaterThan(late);
    expect(here?.end).toBeUndefined();
    expect(others?.start).toBeUndefined();
    expect(finding?.text).toMatch(/A, \d+ crashes since \d+ Jan 2026.*B, \d+ crashes: /);
  });

  it('looks like one when they do not', () => {
    const { findings } = reportOf(placed((_, random) => random() < 0.5));
    expect(findings[0]?.dimension).toBe('host');
    expect(findings.some(({ question }) => question === 'hidden-groups')).toBe(false);
  });
});
