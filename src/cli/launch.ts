import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { PART_THREAD } from '../session/worker/parts/partProtocol.js';
import { TRIAGE_THREAD } from '../session/worker/pool/poolProtocol.js';

/**
 * Starts the `redzone` command: runs a bundle beside this file, with its machine code of an earlier run, which V8 keeps as "cached data"
 * (nodejs.org/api/vm.html). Compiling the bundle anew takes longer than labelling a core does.
 *
 * The cache lies beside the bundle, where the build puts it, or, when that one was made by another version of V8, in the user's cache folder,
 * written at the end of the first run. V8 itself refuses what does not fit; REDZONE_CODE_CACHE=off does without.
 */
function launch(): void {
  // V8 optimizes what seems hot after milliseconds, at a price that a run of hundreds of cores does not earn back: 500 cores take two thirds
  // of the time with twenty times the budget (Node 20.20). The disassembler's tables, worked through once at its start, need a hundred times theirs.
  // Flags are the process's: a thread that starts later must not undo what a long run has set since (`longRun.ts`).
  if (isMainThread) setFlagsFromString('--interrupt-budget=1200000');
  setFlagsFromString('--wasm-tiering-budget=180000000');
  // What a core leaves behind is little and short-lived: helpers of the collector cost more to wake than they do, and threads that start with
  // room for it collect seldom. With half of that room 500 cores took a fourteenth less processor time than without.
  setFlagsFromString('--no-parallel-scavenge');
  setFlagsFromString('--min-semi-space-size=16');
  const [, , command] = process.argv;
  // Left alone, V8 lets what it sets aside grow with the length of the run. Collections asked for by `gc()` keep that small, too, but throw
  // away the machine code of whatever no object of was alive just then: 12,000 cores took a third more processor time by them. So V8 is to
  // collect by itself, but early: when a third of the growth that it allows is reached.
  if (command === 'triage' || command === TRIAGE_THREAD) {
    setFlagsFromString('--heap-growing-percent=20');
    setFlagsFromString('--incremental-marking-hard-trigger=30');
  }
  // Where threads do the work, the main one, which hands on rows, keeps the room it has. Left alone it takes ever
  // more: a run of 20,000 cores had a quarter more memory than one of 1,000, and has a tenth more so.
  if (command === TRIAGE_THREAD) setFlagsFromString('--semi-space-growth-factor=1');
  const bundle = join(__dirname, bundleOf(command));
  // The bundle is ASCII (the build escapes the rest), and as such is read in one piece.
  const code = readFileSync(bundle).toString('latin1');
  const stamp = STAMP.exec(code.slice(-STAMP_ROOM))?.[1];
  const places =
    stamp === undefined || process.env['REDZONE_CODE_CACHE'] === 'off' ? [] : [`${bundle}.cache`, userCache(stamp)];
  const { script, cached } = compile(bundle, code, stamp, places);
  const run = script.runInThisContext() as (...scope: unknown[]) => void;
  if (!cached && stamp !== undefined && places.length > 0)
    process.once('exit', () => {
      keep(script, stamp, places);
    });
  const module = { exports: {} };
  run(module.exports, createRequire(bundle), module, bundle, __dirname);
}

/** Commands whose start is waited for have a bundle of their own; all commands are in `redzone.js`. */
function bundleOf(command: string | undefined): string {
  switch (command) {
    case 'triage':
    case TRIAGE_THREAD:
    case PART_THREAD:
      return 'triage.js';
    case 'dap':
      return 'dap.js';
    default:
      return 'redzone.js';
  }
}

/**
 * The hash of the bundle, with which the build ends it and a cache begins: V8 compares no more than the length of the source. Without one, as
 * in a bundle under work, nothing is cached.
 */
const STAMP = /\n\/\/ ([0-9a-f]{64})\n$/;
const STAMP_ROOM = 80;
const STAMP_LENGTH = 64;

function compile(
  filename: string,
  code: string,
  stamp: string | undefined,
  places: readonly string[],
): { script: Script; cached: boolean } {
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${code}\n})`;
  for (const place of places) {
    const cachedData = readKept(place, stamp);
    if (cachedData === undefined) continue;
    const script = new Script(wrapped, { filename, cachedData });
    if (script.cachedDataRejected === false) return { script, cached: true };
  }
  return { script: new Script(wrapped, { filename }), cached: false };
}

/** A cache is the stamp, a checksum (CRC-32, 4 bytes, little-endian), and V8's data: V8 itself does not notice a flipped bit and crashes. */
const DATA_START = STAMP_LENGTH + 4;

function readKept(place: string, stamp: string | undefined): Buffer | undefined {
  try {
    const kept = readFileSync(place);
    const data = kept.subarray(DATA_START);
    return kept.toString('latin1', 0, STAMP_LENGTH) === stamp && kept.readUInt32LE(STAMP_LENGTH) === crc32(data)
      ? data
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: another process may be reading. A place that cannot be written is no reason to complain. */
function keep(script: Script, stamp: string, places: readonly string[]): void {
  const data = script.createCachedData();
  const head = Buffer.alloc(DATA_START, stamp, 'latin1');
  head.writeUInt32LE(crc32(data), STAMP_LENGTH);
  for (const place of places) {
    const unfinished = `${place}.${process.pid}`;
    try {
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(unfinished, Buffer.concat([head, data]));
      renameSync(unfinished, place);
      return;
    } catch {
      rmSync(unfinished, { force: true });
    }
  }
}

/** XDG Base Directory Specification: $XDG_CACHE_HOME, or ~/.cache. */
function userCache(stamp: string): string {
  const root = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(root, 'redzone', `code-${stamp.slice(0, 16)}-${process.versions.v8}-${process.arch}.cache`);
}

launch();
