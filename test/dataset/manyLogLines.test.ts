import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartThread } from '../../src/session/worker/parts/partThread.js';
import { CLI, ensureBuilt } from '../cli/builtCommand.js';
import { redzone } from '../cli/runCommand.js';
import { sql } from './sql.js';

/** So many that another thread writes them, and not a multiple of what goes into a group. */
const LINES = 21_111;
let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'redzone-lines-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the crashes of a large log', { timeout: 120_000 }, () => {
  it('are the same, and in the same order, whoever writes them', async () => {
    const [log, table] = [join(folder, 'crashes.log'), join(folder, 'nodes.csv')];
    writeFileSync(table, 'node,rack\nh0,0\nh1,1\nh2,2\nh3,3\nh4,4\n');
    const lines = Array.from(
      { length: LINES },
      (_, i) =>
        `redzone-crash v1 time=${1790000000 + i} host=h${i % 7} pid=${i} comm="app ${i % 3}" signal=11 code=1 addr=0x${i.toString(16)} rip=0x7f0012345678 rsp=0x7ff${(i * 16 + 8).toString(16)} frames="f${i % 50} < main"`,
    );
    writeFileSync(log, `${lines.join('\n')}\n`);
    const written: unknown[] = [];
    for (const workers of ['1', '2']) {
      const dataset = join(folder, `by-${workers}`);
      const joins = ['--join', table, '--on', 'host=node'];
      const args = ['triage', '--log', log, ...joins, '--dataset', dataset, '--workers', workers, '--progress', 'none'];
      const { status } = await redzone(args);
      expect(status).toBe(0);
      const query = `select count(*) as rows, count(distinct id) as ids, count(rack) as joined,
        bit_xor(hash(row)) :: varchar as content
        from (select * exclude (run, triaged) from rows) row`;
      written.push(await sql(dataset, query));
      // Within a part each row is of the line behind that of the row before.
      const line = String.raw`regexp_extract(source, ':(\d+)$', 1) :: integer`;
      const places = `select count(distinct filename) = count(distinct (filename, ${line} - file_row_number)) as in_order
        from read_parquet('${dataset}/**/*.parquet', filename = true, file_row_number = true)`;
      expect(await sql(undefined, places)).toEqual([{ in_order: true }]);
      // No part is left that was not finished.
      expect(readdirSync(dataset, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$/.test(name))).toEqual(
        [],
      );
    }
    const joined = lines.filter((line) => !/host=h[56] /.test(line)).length;
    expect(written[0]).toMatchObject([{ rows: LINES, ids: LINES, joined }]);
    expect(written[1]).toEqual(written[0]);
  });
});

describe('a part that another thread writes', () => {
  const columns = [{ name: 'n', type: 'integer' as const }];

  it('is there when all was waited for', async () => {
    const parts = new PartThread(CLI);
    const path = join(folder, 'part.parquet');
    const part = parts.open(path, columns, {});
    part.write([[1, undefined, 3]]);
    part.write([[undefined]]);
    expect(part.rows).toBe(4);
    part.finish();
    await parts.close();
    expect(parts.waiting).toBe(0);
    expect(await sql(undefined, `select n from '${path}'`)).toEqual([{ n: 1 }, { n: null }, { n: 3 }, { n: null }]);
  });

  it('is gone when it is given up, and another can follow', async () => {
    const parts = new PartThread(CLI);
    const given = parts.open(join(folder, 'given.parquet'), columns, {});
    given.write([[1]]);
    given.discard();
    const kept = parts.open(join(folder, 'kept.parquet'), columns, {});
    kept.write([[2]]);
    kept.finish();
    await parts.close();
    expect(readdirSync(folder).filter((name) => /given|kept/.test(name))).toEqual(['kept.parquet']);
  });

  it('says why it cannot be written, to whoever adds to it or waits', async () => {
    const parts = new PartThread(CLI);
    const path = join(folder, 'missing', 'part.parquet');
    const part = parts.open(path, columns, {});
    part.write([[1]]);
    await expect(parts.settled(0)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(() => {
      part.write([[2]]);
    }).toThrow(/ENOENT/);
    await expect(parts.close()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(path)).toBe(false);
  });

  it('leaves nothing behind when it cannot get its name, nor does what was to follow', async () => {
    const parts = new PartThread(CLI);
    const taken = join(folder, 'taken.parquet');
    mkdirSync(taken);
    const part = parts.open(taken, columns, {});
    part.write([[1]]);
    part.finish();
    parts.open(join(folder, 'next.parquet'), columns, {}).write([[2]]);
    await expect(parts.close()).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp') || name.startsWith('next'))).toEqual([]);
  });
});
