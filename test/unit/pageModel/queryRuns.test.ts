import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analysePopulation } from '../../../src/session/population/analyse.js';
import { packPopulation } from '../../../src/session/population/packPopulation.js';
import { readLink } from '../../../webview/population/model/link.js';
import { readTable } from '../../../webview/population/model/table.js';
import { PopulationModel } from '../../../webview/population/populationModel.js';
import { BAD_HOST, sampleFleet } from '../../webview/population/sampleFleet.js';
import { sampleRows } from '../../webview/population/sampleRows.js';

describe('what is chosen on the page, asked of DuckDB as it was copied', () => {
  let folder: string;
  let model: PopulationModel;
  let connection: DuckDBConnection;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redzone-query-'));
    const file = join(folder, 'fleet.cores.ndjson');
    writeFileSync(file, sampleRows(sampleFleet(600), { 5: { host: "o'host \\" } }));
    const { header, table } = readTable(await packPopulation(file, await analysePopulation(file)));
    const host = {
      copy: () => Promise.resolve(),
      copyLink: () => Promise.resolve(),
      openCore: () => undefined,
      remember: () => undefined,
      remembered: () => undefined,
    };
    model = new PopulationModel(table, header.dataset, host, header.report, header.source);
    connection = await (await DuckDBInstance.create()).connect();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    '',
    `is.host=${BAD_HOST}`,
    `not.host=${BAD_HOST}&is.kind=abort&is.kind=rsp-shift`,
    `is.host=${encodeURIComponent("o'host \\")}`,
    'is.container=',
    'not.container=&not.container=query',
    'in.time=2026-05-01T00:00:00.000Z..2026-05-03T12:00:00.000Z',
    'in.nodeAgeHours=..6&is.label=other',
    'is.nodeAgeHours=100%20to%20150&is.nodeAgeHours=',
    'find=PHYS-1049',
  ])('gives as many rows: %s', async (link) => {
    model.restore(readLink(link));
    const result = await connection.runAndReadAll(`SELECT count(*) FROM (${model.query()})`);
    expect(Number(result.getRows()[0]?.[0])).toBe(model.rows().length);
    expect(model.rows().length).toBeGreaterThan(0);
  });
});
