// `npm run bench`: time, memory and bytes read, as ratios against gdb and elfutils on the same cores with the same binaries.
//
//   npm run bench               all
//   npm run bench -- --quick    fewer runs
//
// Needs the built command (npm run build), gdb and elfutils. Writes to a temporary folder only.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { unpackFixtures } from '../fixtures/unpack.mjs';
import { bareNode, debugSession, gdbBacktrace } from './debugger.mjs';
import { EU_STACK, gdbCommand, isHere, loop, mergedRoot } from './peers.mjs';

// Node reads every certificate of that file before it does anything else: a twentieth of a short run, and none of ours. A fresh machine has none.
delete process.env['NODE_EXTRA_CA_CERTS'];

const ROOT = path.join(import.meta.dirname, '../..');
const CLI = path.join(ROOT, 'dist/cli.js');
const FIXTURES = path.join(ROOT, '.cache/fixtures');
const SYSROOT = path.join(FIXTURES, 'sysroot');
const QUICK = process.argv.includes('--quick');
const MANY = 500;
const GIB = 2 ** 30;
const FLEET = new Set([
  'abort',
  'avx-patterns',
  'handler-altstack',
  'null-call',
  'null-deep',
  'race-default',
  'race-threads',
  'shift-fp',
  'shift-nofp-ret',
  'threads-8',
  'zeroed-return',
]);

function fail(/** @type {string} */ text) {
  console.error(text);
  process.exit(2);
}

const missing = [
  ['gdb', 'gdb'],
  ['eu-stack', 'elfutils'],
].filter(([tool]) => !isHere(tool ?? ''));
if (missing.length > 0)
  fail(
    `Missing: ${missing.map(([tool]) => tool).join(', ')}. Install: apt-get install ${missing.map(([, name]) => name).join(' ')}`,
  );
if (!existsSync(CLI)) fail('dist/cli.js is missing: npm run build');

/** @typedef {{ seconds: number, kilobytes: number, stdout: string }} Run */

/** Prints the memory of a process of ours when it ends. */
const PRELOAD = `process.on('exit', () => require('fs').writeSync(2, '\\nRSS ' + process.resourceUsage().maxRSS)); process.argv.splice(1, 0, 'redzone'); require(${JSON.stringify(CLI)})`;

/** @returns {Run} */
function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  const start = process.hrtime.bigint();
  const { stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: GIB / 2,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (error) throw error;
  return { seconds, kilobytes: Number(/RSS (\d+)/.exec(stderr)?.[1] ?? 0), stdout };
}

const redzone = (/** @type {string[]} */ ...args) =>
  run(process.execPath, [CLI, 'triage', '--sysroot', SYSROOT, ...args]);
const folder = mkdtempSync(path.join(tmpdir(), 'redzone-bench-'));
const GDB_ROOT = path.join(folder, 'root');
const GDB = gdbCommand(GDB_ROOT);

const median = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/**
 * Runs two things by turns, so that a machine that is busy now is busy for both.
 *
 * @param {() => number} ours seconds
 * @param {() => number} theirs seconds
 */
function compare(ours, theirs, /** @type {number} */ rounds) {
  ours();
  theirs();
  /** @type {{ ours: number, theirs: number }[]} */
  const pairs = [];
  for (let i = 0; i < rounds; i++) pairs.push({ ours: ours(), theirs: theirs() });
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    times: median(pairs.map((pair) => pair.theirs / pair.ours)),
  };
}

/** @type {string[][]} */
const table = [['what', 'redzone', 'other', 'ratio', 'target', '']];
const row = (
  /** @type {string} */ what,
  /** @type {string} */ ours,
  /** @type {string} */ theirs,
  /** @type {string} */ ratio,
  /** @type {string} */ target,
  /** @type {boolean} */ met,
) => table.push([what, ours, theirs, ratio, target, target === '' ? '' : met ? 'met' : 'MISSED']);
const seconds = (/** @type {number} */ value) =>
  value < 0.1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(2)} s`;

const fixtures = unpackFixtures(FIXTURES);
const small = fixtures.find(({ name }) => name === 'null-deep');
try {
  mergedRoot(SYSROOT, GDB_ROOT);
  const exeOf = (/** @type {{ fixture: { program: string } }} */ { fixture }) => path.join(SYSROOT, fixture.program);
  const smallExe = exeOf(small);

  console.error('one small core, the command started anew each time');
  const one = compare(
    () => redzone(small.core).seconds,
    () => loop(GDB, [{ core: small.core, exe: smallExe }]).seconds,
    QUICK ? 5 : 11,
  );
  row(
    'one small core, against gdb bt',
    seconds(one.ours),
    seconds(one.theirs),
    `${(1 / one.times).toFixed(2)} of it`,
    '≤ 1',
    one.times >= 1,
  );

  const usable = fixtures.filter((fixture) => existsSync(exeOf(fixture)) && !fixture.name.startsWith('truncated'));
  const fleet = usable.filter(({ name }) => FLEET.has(name));
  if (fleet.length !== FLEET.size) throw new Error('a fixture of the fleet is missing');
  // As a fleet has them, few programs that crash again and again; and as no fleet has them, a new program with almost every core.
  const { ours, cores, many } = againstLoops(`${MANY} cores of ${FLEET.size} programs`, fleet, true);
  againstLoops(`${MANY} cores of ${usable.length} programs`, usable, false);

  console.error('the same bytes, only read');
  const rows = redzone('--ndjson', many)
    .stdout.trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const bytes = rows.reduce((sum, { bytesRead }) => sum + bytesRead, 0) / rows.length;
  const plain = compare(
    ours,
    () =>
      plainRead(
        cores.map(({ core }) => core),
        bytes,
      ),
    QUICK ? 2 : 5,
  );
  row(
    `${MANY} cores, against reading ${Math.round(bytes / 1024)} KiB of each`,
    seconds(plain.ours),
    seconds(plain.theirs),
    `${(1 / plain.times).toFixed(1)} times`,
    '',
    true,
  );

  console.error('a sparse core of 10 GiB');
  const { inflatedCore, writeSparseFile } = await typescript('test/writers/sparseCore.ts');
  const big = path.join(folder, 'core.big');
  writeSparseFile(big, inflatedCore(new Uint8Array(readFileSync(small.core)), 5 * GIB));
  const [bigRow] = JSON.parse(redzone('--json', big).stdout);
  const [smallRow] = JSON.parse(redzone('--json', small.core).stdout);
  if (bigRow.kind !== smallRow.kind) throw new Error(`the big core is ${bigRow.kind}, the small one ${smallRow.kind}`);
  const memory = Array.from(
    { length: 5 },
    () => run(process.execPath, ['-e', PRELOAD, 'triage', '--sysroot', SYSROOT, '--json', big]).kilobytes,
  );
  const megabytes = median(memory) / 1024;
  row(
    '10 GiB core, bytes read',
    `${(bigRow.bytesRead / 1024).toFixed(0)} KiB`,
    '',
    '',
    '< 1 MiB',
    bigRow.bytesRead < 2 ** 20,
  );
  row('10 GiB core, memory', `${megabytes.toFixed(0)} MiB`, '', '', '< 150 MB', megabytes * 1.048576 < 150);
  const bigTime = compare(
    () => redzone('--json', big).seconds,
    () => loop(GDB, [{ core: big, exe: smallExe }]).seconds,
    QUICK ? 3 : 7,
  );
  row(
    '10 GiB core, against gdb bt',
    seconds(bigTime.ours),
    seconds(bigTime.theirs),
    `${(1 / bigTime.times).toFixed(2)} of it`,
    '≤ 1',
    bigTime.times >= 1,
  );

  await debuggerRows(exeOf);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

/** From launch to the first stack traces, against gdb's. */
async function debuggerRows(/** @type {(fixture: any) => string} */ exeOf) {
  console.error('debug sessions');
  const node = bareNode();
  // The program with more than 100 MB of debug information is debugHeavy.mjs's.
  for (const [name, what, asked] of /** @type {const} */ ([
    ['null-deep', 'debugger, small core', { allThreads: false }],
    ['threads-200', 'debugger, all stacks of 200 threads', { allThreads: true }],
    // A client that waits for each answer is measured along with it, and gdb prints to a pipe that nobody waits at.
    ['threads-200', 'debugger, the same, each asked for after the last', { allThreads: true, inTurn: true }],
    ['rust-debug', 'debugger, a Rust program', { allThreads: false }],
  ])) {
    const aimed = !('inTurn' in asked);
    const fixture = fixtures.find((each) => each.name === name);
    const subject = { core: fixture.core, exe: exeOf(fixture), ...asked };
    /** @type {{ ours: { seconds: number, kilobytes: number }, theirs: { seconds: number, kilobytes: number } }[]} */
    const pairs = [];
    for (let i = 0; i < (QUICK ? 4 : 8); i++) {
      const ours = await debugSession(CLI, SYSROOT, subject);
      pairs.push({ ours, theirs: gdbBacktrace(GDB_ROOT, subject) });
    }
    // The first of each fills caches.
    const measured = pairs.slice(1);
    const pick = (/** @type {'ours' | 'theirs'} */ who, /** @type {'seconds' | 'kilobytes'} */ key) =>
      median(measured.map((pair) => pair[who][key]));
    const ratio = median(measured.map(({ ours, theirs }) => ours.seconds / theirs.seconds));
    const [time, gdbTime] = [pick('ours', 'seconds'), pick('theirs', 'seconds')];
    const of = `${ratio.toFixed(2)} of it`;
    row(`${what}, against gdb bt`, seconds(time), seconds(gdbTime), of, aimed ? '≤ 1' : '', ratio <= 1);
    if (!aimed) continue;
    const [kilobytes, gdbKilobytes] = [pick('ours', 'kilobytes'), pick('theirs', 'kilobytes')];
    const mebibytes = (/** @type {number} */ value) => `${(value / 1024).toFixed(0)} MiB`;
    row(
      `${what}, memory`,
      mebibytes(kilobytes),
      mebibytes(gdbKilobytes),
      '',
      "gdb's and Node's",
      kilobytes <= gdbKilobytes + node,
    );
  }
}

/**
 * Labels many cores in one process, and with gdb and eu-stack in a loop.
 *
 * @param {string} what
 * @param {{ core: string, fixture: { program: string } }[]} kinds copied by turns until there are enough
 * @param {boolean} aimed whether the targets are meant for it
 */
function againstLoops(what, kinds, aimed) {
  console.error(what);
  const many = mkdtempSync(path.join(folder, 'cores-'));
  const cores = Array.from({ length: MANY }, (_, i) => {
    const kind = kinds[i % kinds.length] ?? small;
    const core = path.join(many, `core.${i}`);
    copyFileSync(kind.core, core);
    return { core, exe: path.join(SYSROOT, kind.fixture.program) };
  });
  // gdb is the same slow each time: a sample of the loop stands for all of it.
  const sample = cores.filter((_, i) => i % (QUICK ? 50 : 19) === 0);
  const ours = () => redzone('--ndjson', many).seconds;
  const loops = [
    {
      name: 'gdb bt',
      target: 100,
      digits: 0,
      theirs: () => loop(GDB, sample).seconds * (cores.length / sample.length),
    },
    { name: 'eu-stack', target: 3, digits: 2, theirs: () => loop(EU_STACK, cores).seconds },
  ];
  for (const { name, target, digits, theirs } of loops) {
    const result = compare(ours, theirs, QUICK ? 2 : 5);
    row(
      `${what}, against a loop of ${name}`,
      seconds(result.ours),
      seconds(result.theirs),
      `${result.times.toFixed(digits)} times`,
      aimed ? `≥ ${target}` : '',
      !aimed || result.times >= target,
    );
  }
  return { ours, cores, many };
}

/** Seconds for reading the first bytes of each file, in a process of its own. */
function plainRead(/** @type {string[]} */ files, /** @type {number} */ length) {
  const script = `const fs = require('fs'); const bytes = Buffer.alloc(${Math.round(length)}); for (const file of JSON.parse(process.argv[1])) { const d = fs.openSync(file); fs.readSync(d, bytes, 0, bytes.length, 0); fs.closeSync(d); }`;
  return run(process.execPath, ['-e', script, JSON.stringify(files)]).seconds;
}

/** A TypeScript module of the tests, compiled in memory. */
async function typescript(/** @type {string} */ file) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(ROOT, file)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  const [output] = outputFiles;
  return import(`data:text/javascript;base64,${Buffer.from(output?.contents ?? '').toString('base64')}`);
}

function print() {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((cells) => (cells[column] ?? '').length))) ?? [];
  console.log(`\nmedians, on ${availableParallelism()} processors, Node ${process.version}`);
  for (const cells of table)
    console.log(
      cells
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}
