import { spawn } from 'node:child_process';
import { copyFileSync, readdirSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, ensureBuilt } from '../cli/builtCommand.js';
import { type Outcome, redzone, type RunOptions } from '../cli/runCommand.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { DATASET_COLUMNS } from '../../src/shared/dataset.js';
import type { CoreRow } from '../../src/shared/report.js';
import type { FleetCore } from '../writers/crashFleet.js';
import { FleetFolder } from './fleetFolder.js';
import { sql } from './sql.js';

const COUNT = 100;
let folder: FleetFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new FleetFolder(COUNT);
});
afterAll(() => {
  folder.remove();
});

const triage = (args: readonly string[], options?: RunOptions): Promise<Outcome> =>
  redzone(['triage', '--sysroot', SYSROOT, '--progress', 'none', ...args], options);

describe('a data set', { timeout: 120_000 }, () => {
  it('holds what triage says of each core, for DuckDB to read as it is', async () => {
    const dataset = folder.join('plain');
    expect(await triage([folder.cores, '--dataset', dataset])).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = await triage([folder.cores, '--ndjson']);
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as CoreRow);
    expect(said).toHaveLength(COUNT);
    const stored = await sql(dataset, 'select * from rows order by source');
    expect(
      stored.map(({ source, label, kind, signature, confidence, shift, rip, bytes_read }) => ({
        source,
        label,
        kind,
        signature,
        confidence,
        shift,
        rip,
        bytes_read,
      })),
    ).toEqual(
      said.map((row) => ({
        source: row.source,
        label: row.label,
        kind: row.kind,
        signature: row.signature,
        confidence: row.confidence,
        shift: row.shift ?? null,
        rip: row.thread?.registers['rip'],
        bytes_read: expect.any(Number) as number,
      })),
    );
    expect(stored.map(({ time }) => time)).toEqual(byPath(folder.fleet).map(({ time }) => time));
    expect(Object.keys(stored[0] ?? {}).sort()).toEqual([...DATASET_COLUMNS.map(({ name }) => name), 'run'].sort());
    expect(new Set(stored.map(({ crash }) => crash)).size).toBe(COUNT);
  });

  it('grows by what is new', async () => {
    const dataset = folder.join('growing');
    const [first, second] = [new FleetFolder(20, 2), new FleetFolder(25, 3)];
    await triage([first.cores, '--dataset', dataset]);
    const again = await triage([first.cores, second.cores, '--dataset', dataset]);
    expect(again).toMatchObject({ status: 0, stderr: 'redzone: 20 crashes were in the data set already\n' });
    expect(await counts(dataset)).toEqual({ rows: 45, ids: 45, sources: 45, crashes: 45, runs: 2 });
    await triage([first.cores, second.cores, '--dataset', dataset]);
    expect(await counts(dataset)).toMatchObject({ rows: 45, runs: 2 });
    first.remove();
    second.remove();
  });

  it('takes a core that was replaced as a new one, and a copy as the same crash', async () => {
    const dataset = folder.join('copies');
    const own = new FleetFolder(3, 4);
    const [one, two, three] = own.fleet.map(({ path }) => path);
    if (one === undefined || two === undefined || three === undefined) throw new Error('three cores');
    await triage([own.cores, '--dataset', dataset]);
    copyFileSync(one, own.join('cores', 'copy.core'));
    // An upload that is still under way has the notes already.
    copyFileSync(two, own.join('cores', 'half.core'));
    truncateSync(own.join('cores', 'half.core'), statSync(two).size - 5000);
    copyFileSync(one, three);
    utimesSync(three, new Date(), new Date());
    await triage([own.cores, '--dataset', dataset]);
    expect(
      await sql(
        dataset,
        'select count(*) n, count(distinct crash) crashes, count(*) filter (not duplicate) counted from rows',
      ),
    ).toEqual([{ n: 6, crashes: 3, counted: 3 }]);
    const [crashes] = await sql(
      dataset,
      `select count(distinct crash) n from rows where source in ('${one}', '${own.join('cores', 'copy.core')}')`,
    );
    expect(crashes).toEqual({ n: 1 });
    own.remove();
  });

  it('tries again what could not be opened, and says it once only', async () => {
    const dataset = folder.join('retry');
    const missing = folder.join('later.core');
    const one = folder.fleet[0]?.path ?? '';
    await triage([missing, one, '--dataset', dataset]);
    await triage([missing, one, '--dataset', dataset]);
    expect(await sql(dataset, 'select status from rows order by status')).toEqual([
      { status: 'ok' },
      { status: 'unreadable' },
    ]);
    copyFileSync(folder.fleet[1]?.path ?? '', missing);
    await triage([missing, one, '--dataset', dataset]);
    await triage([missing, one, '--dataset', dataset]);
    expect(await sql(dataset, 'select status from rows order by status')).toEqual([
      { status: 'ok' },
      { status: 'ok' },
      { status: 'unreadable' },
    ]);
  });

  it('is the same with threads as without', async () => {
    const [alone, threads] = [folder.join('alone'), folder.join('threads')];
    await triage([folder.cores, '--dataset', alone, '--workers', '1']);
    await triage([folder.cores, '--dataset', threads, '--workers', '3']);
    const query = 'select * exclude (run, triaged, bytes_read) from rows';
    expect(await sql(threads, query)).toEqual(await sql(alone, query));
  });

  it('keeps registers and stack when asked to', async () => {
    const dataset = folder.join('stack');
    const core = folder.fleet.find(({ state }) => state === 'zeroed-return')?.path ?? '';
    await triage([core, '--dataset', dataset, '--keep-stack', '512']);
    const [row] = await sql(dataset, 'select rsp, stack_start, stack, registers from rows');
    const {
      rsp,
      stack_start: start,
      stack,
      registers,
    } = row as { rsp: string; stack_start: string; stack: Uint8Array; registers: string };
    expect(BigInt(rsp) - BigInt(start)).toBe(128n);
    expect(stack).toHaveLength(640);
    expect((JSON.parse(registers) as Record<string, string>)['rsp']).toBe(rsp);
    // The return address that was popped is the last word of the red zone, and zero.
    expect([...stack.slice(120, 128)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(stack.some((byte) => byte !== 0)).toBe(true);
  });

  it('is CSV on standard output too', async () => {
    const { status, stdout } = await triage([folder.cores, '--csv']);
    expect(status).toBe(0);
    const file = folder.join('rows.csv');
    writeFileSync(file, stdout);
    const [row] = await sql(
      folder.join('plain'),
      `select count(*) n, count(distinct c.crash) crashes from read_csv('${file}') c join rows r on r.crash = c.crash and r.signature = c.signature and r.rsp = c.rsp`,
    );
    expect(row).toEqual({ n: COUNT, crashes: COUNT });
  });

  it('names what is wrong with the folder', async () => {
    const core = folder.fleet[0]?.path ?? '';
    const file = folder.join('a-file');
    writeFileSync(file, 'x');
    expect(await triage([core, '--dataset', file])).toEqual({
      status: 3,
      stdout: '',
      stderr: `redzone: ${file}: there is a file of that name, and a data set is a folder\n`,
    });
    const broken = folder.join('broken');
    await triage([core, '--dataset', broken]);
    const part = parts(broken)[0] ?? '';
    truncateSync(part, 1000);
    const { status, stderr } = await triage([core, '--dataset', broken]);
    expect(status).toBe(3);
    expect(stderr).toMatch(
      new RegExp(`^redzone: ${part}: this part of the data set cannot be read \\(.*\\); move it away and run again\n$`),
    );
  });
});

describe('a run that is ended', { timeout: 300_000 }, () => {
  it('by the user keeps the rows so far, and says how to go on', async () => {
    const dataset = folder.join('interrupted');
    let stderr = '';
    const child = spawn(
      process.execPath,
      [
        CLI,
        'triage',
        folder.cores,
        folder.cores,
        '--dataset',
        dataset,
        '--workers',
        '1',
        '--progress',
        'json',
        '--sysroot',
        SYSROOT,
      ],
      { cwd: tmpdir(), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    setTimeout(() => child.kill('SIGINT'), 900);
    const status = await new Promise((resolve) => child.on('close', resolve));
    if (status === 0) return;
    expect(status).toBe(130);
    const [, told] = /interrupted after (\d+) crash(?:es)?; they are in the data set/.exec(stderr) ?? [];
    expect(Number(told)).toBeGreaterThan(0);
    expect(await counts(dataset)).toMatchObject({ rows: Number(told), ids: Number(told) });
    expect(stderr).toMatch(/^\{"progress":\{"done":\d+,.*"rate":[\d.]+,.*"counts":\{.*\}\}\}$/m);
  });
});

function byPath(fleet: readonly FleetCore[]): FleetCore[] {
  return [...fleet].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function counts(dataset: string): Promise<Record<string, number>> {
  const [row] = await sql(
    dataset,
    'select count(*) as rows, count(distinct id) ids, count(distinct source) sources, count(distinct crash) crashes, count(distinct run) runs from rows',
  );
  return row as Record<string, number>;
}

function parts(dataset: string): string[] {
  try {
    return readdirSync(dataset, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.parquet'))
      .map((file) => `${dataset}/${file}`);
  } catch {
    return [];
  }
}
