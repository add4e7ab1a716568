// What eu-addr2line says about every 16th byte of a program full of inlined templates.
//   node test/unit/dwarf/data/sweep/record.mjs            builds the program and records: needs g++, objcopy, zstd, eu-addr2line
//   npm run check:oracles                                 asks about the recorded program again
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const STEP = 16;

/**
 * @param {string} file
 * @returns {string} answers, an address and its lines each
 */
export function ask(file) {
  const [, address = '0', , size = '0'] =
    / \.text +PROGBITS +(\w+) +(\w+) +(\w+)/.exec(
      execFileSync('readelf', ['-SW', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).replace(
        /NOBITS/g,
        'PROGBITS',
      ),
    ) ?? [];
  const start = parseInt(address, 16);
  const addresses = [];
  for (let at = start; at < start + parseInt(size, 16); at += STEP) addresses.push(`0x${at.toString(16)}`);
  return execFileSync('eu-addr2line', ['-e', file, '-i', '-f', '-a', '-A'], {
    input: `${addresses.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

/**
 * The recorded program as a file, for as long as `use` takes.
 *
 * @template T
 * @param {(file: string) => T} use
 * @returns {T}
 */
export function withRecorded(use) {
  const work = mkdtempSync(path.join(tmpdir(), 'sweep-'));
  try {
    const file = path.join(work, 'heavy');
    execFileSync('zstd', ['-dqf', path.join(here, 'heavy.zst'), '-o', file]);
    return use(file);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function record() {
  const work = mkdtempSync(path.join(tmpdir(), 'sweep-'));
  const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
    execFileSync(command, args, { cwd: work });
  writeFileSync(path.join(work, 'heavy.cpp'), readFileSync(path.join(here, 'heavy.cpp')));
  run('g++', ['-std=c++20', '-g', '-O2', `-ffile-prefix-map=${work}=/src`, 'heavy.cpp', '-o', 'heavy']);
  run('objcopy', ['--only-keep-debug', 'heavy', 'heavy.debug']);
  run('zstd', ['-19', '-qf', 'heavy.debug', '-o', path.join(here, 'heavy.zst')]);
  writeFileSync(path.join(work, 'answers'), ask(path.join(work, 'heavy.debug')));
  run('zstd', ['-19', '-qf', 'answers', '-o', path.join(here, 'answers.zst')]);
  rmSync(work, { recursive: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) record();
