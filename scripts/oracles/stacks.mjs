// gdb's and eu-stack's answers about every frame of every sample core, and eu-readelf's about the notes.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inCheckout } from '../checkout.mjs';

const CORES = inCheckout('test/fixtures/cores');
const ANSWERS = ['gdb-frames.txt', 'eu-frames.txt'];

/** @returns {string} what was found; @throws when a tool is not here or says something else */
export function checkStacks() {
  const folder = mkdtempSync(path.join(tmpdir(), 'redzone-oracles-'));
  try {
    const unpacked = path.join(folder, 'unpacked');
    const answers = path.join(folder, 'answers');
    // Its own mount namespace needs root, as the recipe says.
    const asked = spawnSync(inCheckout('test/fixtures/recipe/frames.sh'), [], {
      env: { ...process.env, UNPACKED: unpacked, ANSWERS: answers },
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (asked.status !== 0) throw new Error(`gdb and eu-stack could not be asked: ${asked.stderr.trim()}`);
    const names = readdirSync(CORES).filter((name) => existsSync(path.join(CORES, name, 'fixture.json')));
    const different = names.flatMap((name) =>
      ANSWERS.filter((file) => recorded(CORES, name, file) !== recorded(answers, name, file)).map(
        (file) => `${name}/oracles/${file}`,
      ),
    );
    if (different.length > 0)
      throw new Error(
        `gdb or eu-stack says something else now (recipe/frames.sh writes it anew): ${different.join(', ')}`,
      );
    const frames = names.flatMap((name) => recorded(CORES, name, 'gdb-frames.txt').match(/^\d+\t/gm) ?? []).length;
    return `gdb and eu-stack say the same: ${names.length} cores, ${frames} frames of gdb\n${checkNotes(unpacked, names)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} unpacked @param {readonly string[]} names */
function checkNotes(unpacked, names) {
  // The notes of a cut core were asked for before it was cut.
  const asked = names.filter((name) => recorded(CORES, name, 'notes.txt') !== '' && !name.startsWith('truncated'));
  const different = asked.filter((name) => {
    const now = execFileSync('eu-readelf', ['-n', path.join(unpacked, name, `${name}.core`)], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
      maxBuffer: 1 << 28,
    });
    return now !== recorded(CORES, name, 'notes.txt');
  });
  if (different.length > 0) throw new Error(`eu-readelf says something else of the notes of ${different.join(', ')}`);
  return `eu-readelf says the same: the notes of ${asked.length} cores`;
}

/** @param {string} folder @param {string} name @param {string} file */
function recorded(folder, name, file) {
  const place = path.join(folder, name, 'oracles', file);
  return existsSync(place) ? readFileSync(place, 'utf8') : '';
}
