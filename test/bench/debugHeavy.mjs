// The second part of `npm run bench`: the first symbolized stack of a core whose program has more than 100 MB of debug information, against
// gdb, in time and memory. The program is made here: one unit full of templates, linked as often as it takes.
//
//   node test/bench/debugHeavy.mjs [--keep DIR]     leaves program and core in DIR
//
// Needs the built command (npm run build), g++, binutils and gdb. Writes to a temporary folder only, or to DIR.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { debugSession, gdbBacktrace } from './debugger.mjs';

const CLI = path.join(import.meta.dirname, '../../dist/cli.js');
const UNIT = path.join(import.meta.dirname, 'debugHeavy.cpp');
/** Each copy of the unit brings about 1 MB. */
const COPIES = 110;
const WANTED = 100e6;
const ROUNDS = 5;

const missing = ['g++', 'gdb', 'objcopy'].filter((tool) => spawnSync(tool, ['--version']).status !== 0);
if (missing.length > 0 || !existsSync(CLI)) {
  console.error(
    missing.length > 0
      ? `Missing: ${missing.join(', ')}. Install: apt-get install g++ gdb binutils`
      : 'dist/cli.js is missing: npm run build',
  );
  process.exit(2);
}

const keepAt = process.argv.indexOf('--keep');
const kept = keepAt < 0 ? undefined : process.argv[keepAt + 1];
if (kept !== undefined) mkdirSync(kept, { recursive: true });
const folder = kept ?? mkdtempSync(path.join(tmpdir(), 'redzone-bench-'));
try {
  const { program, core } = make();
  const plain = path.join(folder, 'without-aranges');
  must('objcopy', ['--remove-section', '.debug_aranges', program, plain]);
  let met = true;
  for (const [what, exe] of [
    ['as gcc makes it', program],
    ['without .debug_aranges, as clang makes it', plain],
  ]) {
    console.log(`${debugSize(exe)} MB of debug information, ${what}`);
    met =
      (await compare(
        'first stack',
        () => triage(core, exe),
        () => backtrace(core, exe),
      )) && met;
    const subject = { core, exe, allThreads: false };
    const session = async () => inMegabytes(await debugSession(CLI, '/', subject));
    met = (await compare('debugger', session, () => inMegabytes(gdbBacktrace('/', subject)))) && met;
  }
  if (!met) process.exitCode = 1;
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs both by turns and prints their medians.
 *
 * @param {string} what
 * @param {() => Run | Promise<Run>} ours
 * @param {() => Run | Promise<Run>} theirs
 * @returns whether ours took less of both
 */
async function compare(what, ours, theirs) {
  const runs = { ours: /** @type {Run[]} */ ([]), theirs: /** @type {Run[]} */ ([]) };
  for (let i = 0; i <= ROUNDS; i++) {
    const pair = { ours: await ours(), theirs: await theirs() };
    // The first of each fills caches.
    if (i === 0) continue;
    runs.ours.push(pair.ours);
    runs.theirs.push(pair.theirs);
  }
  const [own, other] = [median(runs.ours), median(runs.theirs)];
  const good = own.seconds < other.seconds && own.megabytes < other.megabytes;
  const words = (/** @type {Run} */ { seconds, megabytes }) => `${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB`;
  console.log(
    `  ${what.padEnd(12)} redzone ${words(own)}; gdb ${words(other)}; less of both: ${good ? 'met' : 'MISSED'}`,
  );
  return good;
}

/** Both are whole stacks with lines, or the time means nothing. */
async function triage(/** @type {string} */ core, /** @type {string} */ exe) {
  const { stdout, ...run } = await measured(process.execPath, [CLI, 'triage', '--json', core, '--exe', exe]);
  if (!/"function": ?"main/.test(stdout) || !/debugHeavy\.cpp/.test(stdout)) throw new Error(stdout);
  return run;
}

async function backtrace(/** @type {string} */ core, /** @type {string} */ exe) {
  const { stdout, ...run } = await measured('gdb', ['-batch', '-nx', '-ex', 'bt', exe, core]);
  if (!/ in main \(|main \(argc/.test(stdout)) throw new Error(stdout);
  return run;
}

/** @returns {Run} */
function inMegabytes(/** @type {import('./debugger.mjs').Measure} */ { seconds, kilobytes }) {
  return { seconds, megabytes: (kilobytes * 1024) / 1e6 };
}

/** Compiles once, links many times, and lets gdb write a core of the stripped twin, whose build id is the same. */
function make() {
  const inFolder = (/** @type {string} */ name) => path.join(folder, name);
  const program = inFolder('heavy');
  const core = inFolder('heavy.core');
  const main =
    'extern long run(const int *);\nint main(int argc, char **) { return (int)run(argc > 5 ? &argc : nullptr); }\n';
  writeFileSync(inFolder('main.cpp'), main);
  console.error('compiling and linking');
  must('g++', ['-std=c++17', '-g', '-O0', '-c', UNIT, '-o', inFolder('unit.o')]);
  must('g++', ['-g', '-O0', '-c', inFolder('main.cpp'), '-o', inFolder('main.o')]);
  const units = Array.from({ length: COPIES }, () => inFolder('unit.o'));
  must('g++', ['-no-pie', inFolder('main.o'), ...units, '-o', program, '-pthread', '-Wl,--build-id']);
  if (debugSize(program) * 1e6 < WANTED) throw new Error(`only ${debugSize(program)} MB of debug information`);
  const stripped = inFolder('heavy.stripped');
  must('objcopy', ['--strip-debug', program, stripped]);
  must('gdb', ['-batch', '-nx', '-ex', 'run', '-ex', `generate-core-file ${core}`, stripped]);
  return { program, core };
}

/** Of all debug sections, in millions of bytes. */
function debugSize(/** @type {string} */ file) {
  const { stdout } = spawnSync('objdump', ['-h', file], { encoding: 'utf8' });
  const sizes = [...stdout.matchAll(/ \.debug_\S+\s+([0-9a-f]{8}) /g)].map(([, size]) =>
    Number.parseInt(size ?? '0', 16),
  );
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
}

function must(/** @type {string} */ command, /** @type {string[]} */ args) {
  const { status, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 4).join(' ')}: ${stderr}`);
}

/** @typedef {{ seconds: number, megabytes: number }} Run */

/**
 * Time and the most memory that was resident, which the kernel keeps for as long as the process lives.
 *
 * @returns {Promise<Run & { stdout: string }>}
 */
function measured(/** @type {string} */ command, /** @type {string[]} */ args) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let [stdout, kilobytes] = ['', 0];
    const look = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        kilobytes = Math.max(kilobytes, Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0));
      } catch {
        // It has just ended.
      }
    }, 5);
    child.stdout.on('data', (piece) => (stdout += piece));
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(look);
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      resolve({ seconds, megabytes: (kilobytes * 1024) / 1e6, stdout });
    });
  });
}

/** @returns {Run} */
function median(/** @type {Run[]} */ runs) {
  const middle = (/** @type {'seconds' | 'megabytes'} */ of) =>
    runs.map((run) => run[of]).sort((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
  return { seconds: middle('seconds'), megabytes: middle('megabytes') };
}
