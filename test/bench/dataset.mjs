// `npm run bench:dataset`: a data set of many small cores: cores a second, memory, bytes read, and rows joined and written.
//
//   npm run bench:dataset -- [--cores 20000] [--more 100000] [--rows 1000000] [--seed 1]
//   --more 0, --rows 0   leave that part out
//
// Cores are real crash states moved to other addresses, by seed; they lie in a temporary folder. eu-stack and gdb are measured on a
// sample where they are, a plain C program that reads the same ranges where strace and cc are; what is missing is named.

import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';
import { unpackFixtures } from '../fixtures/unpack.mjs';
import { EU_STACK, gdbCommand, isHere, loop, mergedRoot } from './peers.mjs';

const ROOT = path.join(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'dist/cli.js');
const FIXTURES = path.join(ROOT, '.cache/fixtures');
const SYSROOT = path.join(FIXTURES, 'sysroot');
const { values } = parseArgs({
  options: {
    cores: { type: 'string', default: '20000' },
    more: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
const [CORES, MORE, ROWS, SEED] = [values.cores, values.more, values.rows, values.seed].map(Number);
const FEW = 1000;
const place = mkdtempSync(path.join(tmpdir(), 'redzone-bench-'));

/** @param {string} what @param {string} figure @param {string} [wanted] */
function say(what, figure, wanted) {
  console.log(`${what.padEnd(58)} ${figure}${wanted === undefined ? '' : `   (wanted: ${wanted})`}`);
}

/** @returns {Promise<{ samples: Map<string, { core: string }>, write: (folder: string, count: number) => number }>} */
async function generator() {
  const outfile = path.join(place, 'writers.mjs');
  const contents = `export { sampleStates } from './crashSamples.js'; export { writeFleet } from './crashFleet.js';`;
  await esbuild.build({
    stdin: { contents, resolveDir: path.join(ROOT, 'test/writers'), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
  });
  const { sampleStates, writeFleet } = await import(pathToFileURL(outfile).href);
  const samples = new Map(unpackFixtures(FIXTURES).map((fixture) => [fixture.name, fixture]));
  const states = sampleStates(samples);
  return {
    samples,
    write: (folder, count) => {
      let written = 0;
      for (const _core of writeFleet(folder, states, count, { seed: SEED })) written++;
      return written;
    },
  };
}

/**
 * Runs the command and watches how much memory it takes.
 *
 * @param {readonly string[]} args
 * @returns {Promise<{ seconds: number, peak: number, stdout: string }>}
 */
function measured(args) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let peak = 0;
    let stdout = '';
    child.stdout.on('data', (part) => (stdout += part));
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // It has ended.
      }
    }, 50);
    child.on('close', (status) => {
      clearInterval(timer);
      if (status !== 0 && status !== 1) reject(new Error(`redzone ${args[0] ?? ''} ended with ${status}`));
      else resolve({ seconds: (performance.now() - started) / 1000, peak, stdout });
    });
  });
}

let runs = 0;

/** @param {string} folder @param {number} workers */
function triage(folder, workers) {
  const dataset = path.join(place, `dataset-${++runs}`);
  const args = ['triage', folder, '--sysroot', SYSROOT, '--workers', String(workers), '--dataset', dataset];
  return measured([...args, '--progress', 'none']);
}

const ROUNDS = 3;

/**
 * Two workers against one, in turn, so that a machine that is busy now is busy for both; and what the machine gives at best: two processes
 * that share nothing, with one worker each.
 *
 * @param {string} folder
 */
async function sayTwoAgainstOne(folder) {
  /** @type {{ workers: number, processes: number }[]} */
  const gains = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = await triage(folder, 1);
    const two = await triage(folder, 2);
    const started = performance.now();
    await Promise.all([triage(folder, 1), triage(folder, 1)]);
    const both = (performance.now() - started) / 1000;
    gains.push({ workers: one.seconds / two.seconds, processes: (2 * one.seconds) / both });
  }
  const median = (/** @type {'workers' | 'processes'} */ of) =>
    (gains.map((gain) => gain[of]).sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN).toFixed(2);
  say('two workers against one', `${median('workers')} times as fast`, '1.5');
  say('two processes of one worker against one', `${median('processes')} times: what the machine gives at best`);
  say('processors', String(availableParallelism()));
}

/**
 * What a tool that is started anew for each core makes of some of them.
 *
 * @param {string} tool
 * @param {string} command see `loop`
 * @param {import('./peers.mjs').Subject[]} subjects
 * @param {number} rate of ours, cores a second
 * @param {string} wanted
 */
function sayAgainst(tool, command, subjects, rate, wanted) {
  const what = `${tool}, one process a core`;
  if (!isHere(tool)) return say(what, 'not here', wanted);
  const walked = subjects.filter((subject) => loop(command, [subject]).gaveUp === 0);
  const theirs = (/** @type {import('./peers.mjs').Subject[]} */ list) => list.length / loop(command, list).seconds;
  const times = (/** @type {number} */ theirRate) =>
    `${theirRate.toFixed(1)} cores a second: we are ${(rate / theirRate).toFixed(1)} times as fast`;
  say(what, times(theirs(subjects)), wanted);
  // A tool that gives up at once is quick.
  if (walked.length > 0 && walked.length < subjects.length)
    say(`  the ${walked.length} of ${subjects.length} of which it prints a caller`, times(theirs(walked)));
}

/** Some cores with their executables, as the rows name them. @param {string} folder @param {number} count */
async function subjectsOf(folder, count) {
  const rows = await rowsOf(someOf(folder, count));
  return rows.flatMap(({ source, process: { exe } }) => {
    const file = path.join(SYSROOT, exe ?? '');
    return exe !== undefined && existsSync(file) ? [{ core: source, exe: file }] : [];
  });
}

/** @param {string} folder @param {number} count */
function someOf(folder, count) {
  const { stdout } = spawnSync('find', [folder, '-name', '*.core'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  const all = stdout.trim().split('\n').sort();
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, i) => i % step === 0).slice(0, count);
}

/** @param {string[]} cores @returns {Promise<{ source: string, bytesRead: number, process: { exe?: string } }[]>} */
async function rowsOf(cores) {
  const list = path.join(place, 'list');
  writeFileSync(list, `${cores.join('\n')}\n`);
  const { stdout } = await measured(['triage', '--manifest', list, '--sysroot', SYSROOT, '--ndjson']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Median bytes read, from the rows themselves. @param {string[]} cores */
async function bytesRead(cores) {
  const read = (await rowsOf(cores)).map((row) => row.bytesRead).sort((a, b) => a - b);
  return { median: read[read.length >> 1] ?? 0, most: read.at(-1) ?? 0 };
}

const PLAIN_READER = `
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* PATH, then the ranges of it: offset length, one a line; an empty line ends a file. */
int main(int argc, char **argv) {
  static char line[4096], bytes[1 << 22];
  FILE *plan = fopen(argv[1], "r");
  long long total = 0;
  int file = -1;
  while (argc > 1 && plan && fgets(line, sizeof line, plan)) {
    line[strcspn(line, "\\n")] = 0;
    if (line[0] == 0) { close(file); file = -1; continue; }
    if (file < 0) { file = open(line, O_RDONLY); continue; }
    char *end; off_t from = strtoll(line, &end, 10);
    total += pread(file, bytes, strtoull(end, 0, 10), from);
  }
  printf("%lld\\n", total);
}`;

/** How long a C program takes that reads what we read, a core. @param {string[]} cores */
function plainRead(cores) {
  const lacking = ['strace', 'cc'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
  if (lacking.length > 0) return lacking.join(' and ');
  const [list, trace, plan, source, program] = ['list', 'trace', 'plan', 'reader.c', 'reader'].map((name) =>
    path.join(place, name),
  );
  writeFileSync(list, `${cores.join('\n')}\n`);
  const command = [
    process.execPath,
    CLI,
    'triage',
    '--workers',
    '1',
    '--manifest',
    list,
    '--sysroot',
    SYSROOT,
    '--csv',
  ];
  spawnSync('strace', ['-f', '-y', '-e', 'trace=pread64,read', '-o', trace, ...command], { stdio: 'ignore' });
  const ranges = new Map();
  for (const text of readFileSync(trace, 'utf8').split('\n')) {
    const match = /(?:pread64|read)\(\d+<([^>]*\.core)>, .*, (\d+)(?:, (\d+))?\) = \d+/.exec(text);
    if (match === null) continue;
    const [, core, length, from = '0'] = match;
    ranges.set(core, [...(ranges.get(core) ?? []), `${from} ${length}`]);
  }
  writeFileSync(plan, [...ranges].map(([core, parts]) => `${core}\n${parts.join('\n')}\n\n`).join(''));
  writeFileSync(source, PLAIN_READER);
  if (spawnSync('cc', ['-O2', source, '-o', program], { stdio: 'inherit' }).status !== 0) return 'cc';
  const started = performance.now();
  spawnSync(program, [plan]);
  return (performance.now() - started) / 1000 / cores.length;
}

/** A log of crashes and a table of their machines in three spells each. @param {number} rows */
async function logAndTable(rows) {
  const [log, table] = [path.join(place, 'crashes.log'), path.join(place, 'nodes.csv')];
  let state = SEED * 2654435761 + 1;
  const next = (/** @type {number} */ below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state % below;
  };
  const START = 1790000000;
  const lines = ['node,start,end,sku,region,kernel'];
  for (let host = 0; host < 2000; host++)
    for (let spell = 0; spell < 3; spell++)
      lines.push(
        `h${host},${START + spell * 864000},${START + (spell + 1) * 864000},s${host % 7},r${host % 5},5.${spell}`,
      );
  writeFileSync(table, `${lines.join('\n')}\n`);
  const out = createWriteStream(log);
  for (let i = 0; i < rows; i++) {
    const time = START + next(2592000);
    const line = `redzone-crash v1 time=${time} host=h${next(2000)} pid=${i % 4000000} tid=8 comm="app${next(20)}" signal=11 code=1 addr=0x${next(2 ** 31).toString(16)}000 trap=14 err=0x4 rip=0x7f00${next(2 ** 31).toString(16)} rsp=0x7ff${(i * 16 + 8).toString(16)} frames="f${next(50)} < g${next(9)} < main"\n`;
    if (!out.write(line)) await new Promise((resolve) => out.once('drain', resolve));
  }
  await new Promise((resolve) => out.end(resolve));
  return { log, table };
}

try {
  const { samples, write } = await generator();
  const few = path.join(place, 'few');
  write(few, FEW);
  const small = await triage(few, 2);
  say(`peak memory at ${FEW} cores, two workers`, `${small.peak.toFixed(0)} MiB`);
  if (CORES > 0) {
    const many = path.join(place, 'many');
    write(many, CORES);
    const two = await triage(many, 2);
    const rate = CORES / two.seconds;
    say(
      `${CORES} cores, two workers`,
      `${two.seconds.toFixed(1)} s, ${rate.toFixed(0)} cores a second, ${two.peak.toFixed(0)} MiB`,
    );
    await sayTwoAgainstOne(many);
    const root = path.join(place, 'root');
    mergedRoot(SYSROOT, root);
    sayAgainst('eu-stack', EU_STACK, await subjectsOf(many, 200), rate, '5');
    sayAgainst('gdb', gdbCommand(root), await subjectsOf(many, 40), rate, '300');
    const plain = plainRead(someOf(many, 500));
    say(
      'a C program that reads the same ranges',
      typeof plain === 'string'
        ? `not measured: no ${plain}`
        : `${(1 / plain).toFixed(0)} cores a second: ${(1 / plain / rate).toFixed(0)} times as fast as we`,
    );
    const { median } = await bytesRead(someOf(many, 1000));
    const real = await bytesRead([...samples.values()].map(({ core }) => core));
    say(
      'bytes read of a core, median',
      `${(median / 1024).toFixed(0)} KiB; of the sample cores ${(real.median / 1024).toFixed(0)} KiB`,
      '64',
    );
    rmSync(many, { recursive: true });
  }
  if (MORE > 0) {
    const more = path.join(place, 'more');
    write(more, MORE);
    const { seconds, peak } = await triage(more, 2);
    say(
      `${MORE} cores`,
      `${seconds.toFixed(0)} s, ${peak.toFixed(0)} MiB: ${(peak / small.peak).toFixed(2)} times that at ${FEW}`,
      '1.10',
    );
    rmSync(more, { recursive: true });
  }
  if (ROWS > 0) {
    const { log, table } = await logAndTable(ROWS);
    const dataset = path.join(place, 'joined');
    mkdirSync(dataset);
    const join = ['--join', table, '--on', 'host=node', '--interval', 'start,end'];
    const { seconds, peak } = await measured([
      'triage',
      '--log',
      log,
      ...join,
      '--dataset',
      dataset,
      '--progress',
      'none',
    ]);
    say(`${ROWS} rows joined and written`, `${seconds.toFixed(1)} s, ${peak.toFixed(0)} MiB`, '60');
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
