import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../cli/builtCommand.js';
import { redzone } from '../cli/runCommand.js';

const DIST = join(import.meta.dirname, '../../dist');

describe('redzone query', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'redzone-query-'));
    mkdirSync(join(folder, 'set'));
    writeFileSync(
      join(folder, 'set', 'a.ndjson'),
      '{"label":"a","n":1,"time":"2026-05-01T00:00:00Z"}\n{"label":"b,\\"c","n":null}\n',
    );
    writeFileSync(join(folder, 'other.csv'), 'secret\n42\n');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const query = (sql: string, ...args: readonly string[]) => redzone(['query', 'set', sql, ...args], { cwd: folder });

  it('gives a table, JSON, JSON lines or CSV', async () => {
    const sql = 'SELECT label, n, count(*) OVER () AS "all" FROM crashes ORDER BY label';
    expect((await query(sql)).stdout).toBe('label  n  all\n-----  -  ---\na      1    2\nb,"c   -    2\n');
    const rows = [
      { label: 'a', n: 1, all: 2 },
      { label: 'b,"c', n: null, all: 2 },
    ];
    expect(JSON.parse((await query(sql, '--json')).stdout)).toEqual(rows);
    expect((await query(sql, '--ndjson')).stdout).toBe(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect((await query(sql, '--csv')).stdout).toBe('label,n,all\r\na,1,2\r\n"b,""c",,2\r\n');
    expect((await query('SELECT 1 AS one WHERE false', '--json')).stdout).toBe('[]\n');
  });

  it.each([
    ["COPY crashes TO 'out.csv'", /Permission Error|only SELECT/],
    ["SELECT * FROM read_csv('other.csv')", /Permission Error/],
    ["SELECT * FROM '../other.csv'", /Permission Error|does not exist/],
    ["SELECT * FROM read_text('set/../other.csv')", /Permission Error/],
    ['DROP VIEW crashes', /only SELECT/],
    ["ATTACH 'x.db'", /Permission Error|only SELECT/],
    ['SET enable_external_access = true', /only SELECT|Cannot/],
    ['INSTALL httpfs', /only SELECT|disabled/],
    ['SELECT 1; SELECT 2', /one statement, there are 2/],
    ['SELEC', /syntax error/],
    ['SELECT nothing FROM crashes', /nothing/],
  ])('refuses in one line: %s', async (sql, why) => {
    const { status, stdout, stderr } = await query(sql);
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(why);
    expect(readdirSync(folder).sort()).toEqual(['other.csv', 'set']);
  });

  it('says how to get DuckDB where it is not installed, and finds it where it is said to be', () => {
    // The bundles alone, in a folder from which no package can be found.
    const bare = mkdtempSync(join(tmpdir(), 'redzone-bare-'));
    try {
      for (const name of ['redzone.js', 'query.js', 'iced_x86_bg.wasm'])
        copyFileSync(join(DIST, name), join(bare, name));
      const ask = (...args: readonly string[]) => {
        const { status, stdout, stderr } = spawnSync(
          process.execPath,
          [
            join(bare, 'redzone.js'),
            'query',
            join(folder, 'set'),
            'SELECT count(*) AS n FROM crashes',
            '--json',
            ...args,
          ],
          { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
        );
        return { status, stdout, stderr };
      };
      const { status, stderr } = ask();
      expect(status).toBe(3);
      expect(stderr).toContain('SQL needs DuckDB, which is not installed: run npm install @duckdb/node-api');
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(ask('--duckdb', join(DIST, '..'))).toMatchObject({ status: 0, stdout: '[\n{"n":2}\n]\n' });
    } finally {
      rmSync(bare, { recursive: true });
    }
  });

  it('names what is not there', async () => {
    const { status, stderr } = await redzone(['query', 'nowhere', 'SELECT 1'], { cwd: folder });
    expect(status).toBe(3);
    expect(stderr).toBe('redzone: nowhere: there is no such file\n');
  });
});
