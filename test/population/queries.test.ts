import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysePopulation } from '../../src/session/population/analyse.js';
import type { PopulationReport } from '../../src/shared/findings.js';
import { Draw } from './strangers/draw.js';
import { strangerFleet } from './strangers/trials.js';

// What a finding counts, DuckDB counts again with the finding's own query, on the file as it lies there.
describe('queries of findings, run in DuckDB', () => {
  let folder: string;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redzone-findings-'));
    connection = await (await DuckDBInstance.create()).connect();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['bad host', 45],
    ['bad release', 2],
    ['bad SKU with a kernel', 4],
    ['start date', 3],
    ['age limit', 1],
    ['crash loop', 1],
  ])(
    '%s',
    async (cause, seed) => {
      const { rows } = strangerFleet(cause, seed, 'gaps');
      await agree(await reportOf(rows), 1);
    },
    120_000,
  );

  it('a rhythm of the day, and kinds that only bad hardware makes', async () => {
    const draw = new Draw(7);
    const rows = Array.from({ length: 3000 }, (_, i) => {
      const at = Date.UTC(2026, 4, 1) + draw.unit() * 40 * 86_400_000;
      const night = new Date(at).getUTCHours() < 6;
      const host = `h${draw.int(60)}`;
      const bad = host === 'h7' && draw.yes(0.7);
      const kind = bad ? draw.of(['wild-read', 'wild-jump', 'bit-flip']) : draw.of(['abort', 'null-dereference']);
      return { label: night && draw.yes(0.6) ? 'nightly' : `l${i % 5}`, kind, time: at, host, zone: `z${draw.int(4)}` };
    });
    const report = await reportOf(rows);
    expect(report.findings.map(({ form, question }) => [form, question])).toContainEqual(['rhythm', 'when']);
    expect(report.findings.find(({ form }) => form === 'rhythm')?.value).toBe('00:00 to 06:00 UTC every day');
    expect(report.findings.find(({ form }) => form === 'rhythm')?.clock).toStrictEqual({
      period: 'day',
      from: 0,
      to: 6,
    });
    expect(report.hardwareSuspects.map(({ value }) => value)).toEqual(['h7']);
    await agree(report, 2);
  }, 120_000);

  async function reportOf(rows: readonly object[]): Promise<PopulationReport> {
    const file = join(folder, 'fleet.ndjson');
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return (await analysePopulation(file)).report;
  }

  async function agree({ findings, explained }: PopulationReport, least: number): Promise<void> {
    expect(findings.length).toBeGreaterThanOrEqual(least);
    for (const { query, inside, outside, text, question } of [...findings, ...explained]) {
      if (question === 'hidden-groups') continue;
      const [counts = {}] = (await connection.runAndReadAll(query)).getRowObjects();
      expect(
        ['inside_cases', 'inside_of', 'outside_cases', 'outside_of'].map((name) => Number(counts[name])),
        `${text}\n${query}`,
      ).toEqual([inside.cases, inside.of, outside.cases, outside.of]);
    }
  }
});
