import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI, ensureBuilt } from '../cli/builtCommand.js';
import { redzone } from '../cli/runCommand.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { sequence } from '../writers/crashStates.js';
import { FleetFolder } from './fleetFolder.js';
import { sql, type SqlRow } from './sql.js';

const CORES = 100;
const LINES = 60;
const MOST_ROUNDS = 20;
let folder: FleetFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new FleetFolder(CORES, 5);
  // One core is there twice.
  const path = folder.fleet[0]?.path ?? '';
  const copy = path.replace(/\d+\.core$/, 'again.core');
  copyFileSync(path, copy);
  const { mtime } = statSync(path);
  utimesSync(copy, mtime, mtime);
});
afterAll(() => {
  folder.remove();
});

describe('a run that is killed', { timeout: 300_000 }, () => {
  it.each([
    { seed: 1, workers: 1 },
    { seed: 2, workers: 2 },
  ])('at any moment loses nothing and repeats nothing, seed $seed', async ({ seed, workers }) => {
    const args = [folder.cores, '--log', await crashLog(), '--join', nodes(), '--on', 'host=node'];
    const whole = folder.join(`whole-${seed}`);
    const build = [...args, '--dataset', whole, '--part-rows', '7', '--workers', '1'];
    const timed = async (): Promise<number> => {
      const started = performance.now();
      expect(await endedAfter(build, undefined)).toBe(0);
      return performance.now() - started;
    };
    // All of it, and then what a run takes to which nothing is left.
    const [all, start] = [await timed(), await timed()];
    const wanted = await rowsOf(whole);
    expect(wanted.length).toBe(CORES + 1 + LINES);

    const draw = sequence(seed);
    let longest = 0.4 * Math.max(100, all - start);
    let some = 0;
    // How far a run comes in a time is the machine's affair: data sets are made until one was killed half-way.
    for (let round = 0; some === 0 && round < MOST_ROUNDS; round++) {
      const killed = folder.join(`killed-${seed}-${round}`);
      const again = [...args, '--dataset', killed, '--part-rows', '7', '--workers', String(workers)];
      let before = 0;
      while ((await endedAfter(again, 0.7 * start + (draw() % Math.ceil(longest)))) !== 0) {
        const rows = holdsParts(killed) ? await rowsOf(killed) : [];
        // What is there is as it is going to be, and stays.
        expect(rows).toEqual(wanted.slice(0, rows.length));
        expect(rows.length).toBeGreaterThanOrEqual(before);
        // Where a busy machine gets nothing done in that time, it gets more.
        if (rows.length === before) longest *= 1.2;
        if (rows.length > before && rows.length < wanted.length) some++;
        before = rows.length;
      }
      expect(await rowsOf(killed)).toEqual(wanted);
      if (some === 0) longest *= 0.6;
    }
    expect(some).toBeGreaterThan(0);
  });
});

/** Rows in the order they went in, without what says when and by which run, and how much a run had to read that had read others. */
function rowsOf(dataset: string): Promise<SqlRow[]> {
  const order = `source_kind, ${LINE} nulls first, source`;
  return sql(dataset, `select * exclude (run, triaged, bytes_read) from rows order by ${order}`);
}

const LINE = String.raw`try_cast(regexp_extract(source, '\.log:(\d+)$', 1) as integer)`;

/** Every third line tells of one of the cores. */
async function crashLog(): Promise<string> {
  const path = folder.join('crashes.log');
  const few = folder.fleet.slice(0, LINES / 3).map((core) => core.path);
  const { stdout } = await redzone(['triage', '--sysroot', SYSROOT, '--ndjson', ...few]);
  const lines: string[] = [];
  for (const text of stdout.trim().split('\n')) {
    const row = JSON.parse(text) as Readonly<Record<string, { readonly [name: string]: unknown }>> & { time: string };
    const registers = row['thread']?.['registers'] as Readonly<Record<string, string>>;
    const seconds = Date.parse(row.time) / 1000;
    const line = (host: string, rip: string, rsp: string): string =>
      `redzone-crash v1 time=${seconds} host=${host} pid=${lines.length} comm="${String(row['process']?.['comm'])}" signal=11 code=1 rip=${rip} rsp=${rsp} frames="f < main"`;
    lines.push(line('web-1', registers['rip'] ?? '', registers['rsp'] ?? ''));
    for (const host of ['web-2', 'web-3']) lines.push(line(host, '0x401000', `0x7ffd${lines.length}8`));
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function nodes(): string {
  const path = folder.join('nodes.csv');
  writeFileSync(path, 'node,rack\nweb-1,1\nweb-2,2\n');
  return path;
}

function holdsParts(dataset: string): boolean {
  if (!existsSync(dataset)) return false;
  return readdirSync(dataset, { recursive: true, encoding: 'utf8' }).some((file) => file.endsWith('.parquet'));
}

/** @param delay milliseconds until it is killed; never when `undefined` */
function endedAfter(args: readonly string[], delay: number | undefined): Promise<number | null> {
  return new Promise((resolve) => {
    const command = [CLI, 'triage', '--sysroot', SYSROOT, '--progress', 'none', ...args];
    const child = spawn(process.execPath, command, { stdio: 'ignore' });
    const timer = delay === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), delay);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve(status);
    });
  });
}
