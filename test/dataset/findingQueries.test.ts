import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ParquetFileWriter } from '../../src/io/parquet/parquetWriter.js';
import { analysePopulation } from '../../src/session/population/analyse.js';
import type { ColumnType, ColumnValue } from '../../src/shared/dataset.js';
import { CAUSES } from '../population/fleets/causes.js';
import { Dice } from '../population/fleets/dice.js';
import { DEFAULT_LABELS, makeFleet, rowOf } from '../population/fleets/fleet.js';
import { sql } from './sql.js';

/** Rows of a fleet with one cause planted; some cells are empty, one text is not harmless in SQL. */
function rowsWith(cause: string): Record<string, unknown>[] {
  const dice = new Dice(77);
  const fleet = makeFleet(dice, {
    crashes: 1200,
    hosts: 60,
    days: 30,
    repeats: 0.2,
    noiseColumns: 3,
    labels: DEFAULT_LABELS,
  });
  CAUSES[cause]?.(fleet, dice);
  return fleet.crashes.map((crash, index) => {
    const row: Record<string, unknown> = { ...rowOf(crash, index) };
    if (index % 17 === 0) delete row['release'];
    if (typeof row['region'] === 'string' && row['region'].endsWith('1')) row['region'] = 'o\'hare; -- "1"';
    return row;
  });
}

function typeOf(name: string, sample: unknown): ColumnType {
  if (name === 'time') return 'time';
  if (typeof sample === 'boolean') return 'boolean';
  return typeof sample === 'number' ? 'number' : 'text';
}

function writeParquet(file: string, rows: readonly Record<string, unknown>[]): void {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = names.map((name) => {
    const sample = rows.map((row) => row[name]).find((value) => value !== undefined);
    return { name, type: typeOf(name, sample) };
  });
  const writer = new ParquetFileWriter(file, columns, {});
  writer.write(
    columns.map(({ name, type }) =>
      rows.map((row): ColumnValue => {
        const value = row[name];
        if (value === undefined || value === null) return undefined;
        return type === 'time' ? new Date(value as string | number) : (value as ColumnValue);
      }),
    ),
  );
  writer.finish();
}

describe('the query of every finding, asked of DuckDB', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'redzone-findings-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const forms = new Set<string>();

  it.each(Object.keys(CAUSES))('gives its numbers: %s', async (cause) => {
    const rows = rowsWith(cause);
    const lines = join(folder, `${cause.replaceAll(' ', '-')}.ndjson`);
    const parquet = lines.replace('.ndjson', '.parquet');
    writeFileSync(lines, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    writeParquet(parquet, rows);
    for (const file of [lines, parquet]) {
      const { report } = await analysePopulation(file);
      expect(report.findings.length).toBeGreaterThan(0);
      for (const finding of [...report.findings, ...report.explained]) {
        forms.add(finding.form ?? '');
        // Of groups one row each; together they are the finding.
        const counted = await sql(undefined, finding.query);
        const total = (name: string) => counted.reduce((sum, row) => sum + Number(row[name]), 0);
        const names = ['inside_cases', 'inside_of', 'outside_cases', 'outside_of'];
        expect(Object.fromEntries(names.map((name) => [name, total(name)])), finding.text).toEqual({
          inside_cases: finding.inside.cases,
          inside_of: finding.inside.of,
          outside_cases: finding.outside.cases,
          outside_of: finding.outside.of,
        });
      }
    }
  });

  it('saw findings of many forms', () => {
    expect([...forms].sort()).toEqual(expect.arrayContaining(['cut', 'dominance', 'excess', 'groups', 'loop']));
  });
});

describe('rows of a data set that are not to be counted', { timeout: 60_000 }, () => {
  it('are in no number of a finding, nor of its query', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'redzone-counted-'));
    try {
      const file = join(folder, 'some.parquet');
      const rows: Record<string, unknown>[] = rowsWith('bad host').map((row) => ({ ...row, redzone_version: '0.1.0' }));
      writeParquet(file, rows);
      const before = (await analysePopulation(file)).report;
      // Each crash once more, and a host full of crashes that an operator made.
      const twice = rows.map((row) => ({ ...row, duplicate: true }));
      const killed = rows.slice(0, 400).map((row) => ({ ...row, host: 'node-x', label: 'other', excluded_by: 'quit' }));
      const counted = rows.map((row) => ({ ...row, duplicate: false }));
      writeParquet(file, [...counted, ...twice, ...killed]);
      const { report } = await analysePopulation(file);
      expect(report.counts).toMatchObject({ rows: 2 * rows.length + 400, crashes: before.counts.crashes });
      expect(report.findings.map(({ inside, outside }) => ({ inside, outside }))).toEqual(
        before.findings.map(({ inside, outside }) => ({ inside, outside })),
      );
      expect(report.notes[0]).toBe(
        `${(rows.length + 400).toLocaleString('en')} rows are crashes that other rows tell of too, or were excluded by a rule: they count nowhere.`,
      );
      const [finding] = report.findings;
      expect(await sql(undefined, finding?.query ?? '')).toMatchObject([
        { inside_cases: finding?.inside.cases, outside_of: finding?.outside.of },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
