import { describe, expect, it } from 'vitest';
import { populationText } from '../../../src/cli/populationText.js';
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

describe('what explains the cases nearly as well', () => {
  // The release came with the kernel, a little later on every fifth crash: where they differ, a few rows speak for the kernel.
  const rows = (apart: number) =>
    crashes(500, ({ kernel }, random) => random() < (kernel === '6.1.2' ? 0.5 : 0.05)).map((row, i) => ({
      ...row,
      release: i % apart === 0 && row['kernel'] === '6.1.2' ? '4.0' : row['kernel'] === '6.1.2' ? '4.1' : '4.0',
    }));

  it('is named with the finding, and by how much less likely it is', () => {
    const report = reportOf(rows(19));
    const [finding] = report.findings;
    expect(finding?.dimension).toBe('kernel');
    const [rival] = finding?.rivals ?? [];
    expect(rival).toMatchObject({ dimension: 'release', value: '4.1' });
    expect(rival?.bits).toBeGreaterThan(0);
    expect(rival?.bits).toBeLessThan(4.4);
    const sentence =
      /Nearly as good an explanation: release = 4\.1 \([\d.]+ times less likely\)\. The data cannot rule it out\./;
    expect(finding?.text).toMatch(sentence);
    expect(populationText(report, false).replace(/\s+/g, ' ')).toMatch(sentence);
    expect(finding?.alsoSeenAs.map(({ dimension }) => dimension)).not.toContain('release');
  });

  it('is named first, however the table has it, where it is the likelier one', () => {
    // One case and two others of the kernel have another release: a little less likely.
    let [cases, others] = [1, 2];
    const rows = crashes(500, ({ kernel }, random) => random() < (kernel === '6.1.2' ? 0.5 : 0.05)).map((row) => {
      const isCase = row['label'] !== 'other';
      const moved = row['kernel'] === '6.1.2' && (isCase ? cases-- > 0 : others-- > 0);
      return { release: row['kernel'] === '6.1.2' && !moved ? '4.1' : '4.0', ...row };
    });
    const [finding] = reportOf(rows).findings;
    expect(finding?.dimension).toBe('kernel');
    expect([...(finding?.sameAs ?? []), ...(finding?.rivals ?? [])]).toContainEqual(
      expect.objectContaining({ dimension: 'release', value: '4.1' }),
    );
  });

  it('is a machine rather than where it stands, unless that is likelier by far', () => {
    const placed = (others: number) => [
      ...crashes(600, ({ host }, random) => random() < (host === 'h3' ? 0.8 : 0.05)).map((row) => ({
        ...row,
        rack: row['host'] === 'h3' ? 'r1' : row['host'],
      })),
      // Another machine in the same rack.
      ...crashes(others, () => true).map((row) => ({ ...row, host: 'h99', sku: 'm3', site: 'gru', rack: 'r1' })),
    ];
    const [few] = reportOf(placed(1)).findings;
    expect(few?.dimension).toBe('host');
    expect(few?.rivals?.[0]).toMatchObject({ dimension: 'rack', value: 'r1' });
    expect(few?.rivals?.[0]?.bits).toBeLessThan(0);
    expect(few?.text).toMatch(/rack = r1 \([\d.]+ times more likely\)/);
    const [many] = reportOf(placed(9)).findings;
    expect(many?.dimension).toBe('rack');
  });

  it('is two values together rather than the machine that has both most often', () => {
    const rows = crashes(600, ({ sku, kernel }, random) => random() < (sku === 'm1' && kernel === '6.1.2' ? 0.6 : 0.05))
      // Nearly all that have both are one machine; a few are another.
      .map((row, i) => (row['sku'] === 'm1' ? { ...row, host: i % 12 === 0 ? 'h5' : 'h1' } : row))
      .filter((row) => row['host'] !== 'h1' || row['kernel'] === '6.1.2');
    const [finding] = reportOf(rows).findings;
    expect(finding?.dimension).toEqual(['sku', 'kernel']);
    expect(finding?.rivals?.map(({ dimension }) => dimension)).toContain('host');
  });

  it('is no rival where the rows on which they differ tell which it is', () => {
    const [finding] = reportOf(rows(3)).findings;
    expect(finding?.dimension).toBe('kernel');
    expect(finding?.rivals).toBeUndefined();
  });

  it('is a limit in words of its own', () => {
    const [finding] = reportOf(
      crashes(500, ({ kernel }, random) => random() < (kernel === '6.1.2' ? 0.5 : 0.05)).map((row, i) => ({
        ...row,
        age_h: row['kernel'] === '6.1.2' ? (i % 50) / 10 : 6 + (i % 90),
      })),
    ).findings;
    expect(finding?.dimension).toBe('kernel');
    expect(finding?.text).toMatch(/Nearly as good an explanation: age_h < 5\.?\d* \(/);
  });
});

describe('two values together', () => {
  // By itself neither says anything; the SKU given the kernel is too weak to stand the search among all values of other columns.
  const counts = [
    { sku: 'm1', kernel: '6.1.2', cases: 22, of: 40 },
    { sku: 'm1', kernel: '6.1.1', cases: 9, of: 68 },
    { sku: 'm2', kernel: '6.1.2', cases: 4, of: 27 },
    { sku: 'm2', kernel: '6.1.1', cases: 16, of: 74 },
  ];

  it('are found where only both together are significant', () => {
    const rows = counts.flatMap(({ sku, kernel, cases, of }) =>
      Array.from({ length: of }, (_, i) => ({ sku, kernel, label: i < cases ? 'misaligned-stack' : 'other' })),
    );
    const [finding] = reportOf(
      rows.map((row, i) => ({
        ...row,
        ...Object.fromEntries([5, 7, 8, 9, 11, 13].map((n) => [`tag${n}`, `t${i % n}`])),
      })),
    ).findings;
    expect(finding?.dimension).toEqual(['sku', 'kernel']);
    expect(finding?.value).toEqual(['m1', '6.1.2']);
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
