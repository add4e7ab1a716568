// The one table of what `npm test` runs, in this order: cheap and telling first. A folder below test/ that holds test files and is
// claimed by no row is an error, so that a suite cannot be forgotten.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { inCheckout } from './checkout.mjs';

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {'check' | 'vitest' | 'extensionTests'} runner a check is one command that counts as one test
 * @property {string[]} [command] of a check: a script for Node and its arguments
 * @property {string[]} [options] of vitest
 * @property {string[]} [whenFast] further arguments of the check or of vitest, for the fast part alone
 * @property {string} [folder] of a suite, below test/
 * @property {string} [config] of vitest, where the common one does not fit
 * @property {boolean} fast part of `npm test -- --fast`, the cheap and telling part: less than a minute on two cores
 * @property {import('./setup/ensure.mjs').Need[]} [needs]
 */

const bin = (/** @type {string} */ file) => path.join('node_modules', file);

/** @param {string[]} files below test/, without their ending */
const without = (...files) => files.map((file) => `--exclude=test/${file}.test.ts`);

// Where a test waits for programs of others (browsers, editors, servers, the kernel), or gives a hostile file so much processor time, a machine
// that stands still for seconds fails it, or one that is slow at the moment. It is tried a second time, and the end of the run names it; what
// fails twice has failed.
const SECOND_TRY = ['--retry=1'];

/** @type {readonly Suite[]} */
export const SUITES = [
  { name: 'types', runner: 'check', command: ['scripts/typecheck.mjs'], fast: true },
  {
    name: 'lint',
    runner: 'check',
    command: [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
    // Rules that know types judge a file by its neighbours too, which the cache does not see: good enough between two whole runs.
    whenFast: ['--cache', '--cache-location', '.cache/eslint/', '--cache-strategy', 'content'],
    fast: true,
  },
  {
    name: 'format',
    runner: 'check',
    command: [bin('prettier/bin/prettier.cjs'), '--check', '.', '--cache', '--cache-location', '.cache/prettier'],
    fast: true,
  },
  {
    name: 'architecture',
    runner: 'vitest',
    folder: 'architecture',
    // These read every import of the checkout, and pack it.
    whenFast: without('architecture/layers', 'architecture/package'),
    fast: true,
  },
  {
    name: 'unit',
    runner: 'vitest',
    folder: 'unit',
    // The engine keeps nothing between two calls, so its tests share one copy of it and load it once.
    options: ['--no-isolate'],
    // Six of more than a hundred files take a third of the time: damaged and hostile input, by the thousand.
    whenFast: without(
      'unit/elf/elfFile',
      'unit/io/compression/damagedStreams',
      'unit/io/compression/decodedStore',
      'unit/session/debuginfod',
      'unit/session/logs/crashSpool',
      'unit/symbolize/demangle/hostile',
    ),
    fast: true,
  },
  { name: 'scripts', runner: 'vitest', folder: 'scripts', whenFast: without('scripts/keeper'), fast: true },
  {
    name: 'cli',
    runner: 'vitest',
    folder: 'cli',
    options: SECOND_TRY,
    // These wait for clocks, or start the command for one case after another: most of the suite's time.
    whenFast: without(
      'cli/audit',
      'cli/badInput',
      'cli/hunt',
      'cli/launch',
      'cli/population',
      'cli/search',
      'cli/watch',
    ),
    fast: true,
  },
  { name: 'dataset', runner: 'vitest', folder: 'dataset', options: SECOND_TRY, fast: false },
  { name: 'population', runner: 'vitest', folder: 'population', fast: false },
  { name: 'slurm', runner: 'vitest', folder: 'slurm', options: SECOND_TRY, fast: false },
  { name: 'golden', runner: 'vitest', folder: 'golden', fast: false },
  { name: 'calibration', runner: 'vitest', folder: 'calibration', fast: false },
  { name: 'agreement', runner: 'vitest', folder: 'agreement', fast: false },
  { name: 'remote', runner: 'vitest', folder: 'remote', options: SECOND_TRY, fast: false, needs: ['azurite', 'swift'] },
  { name: 'robustness', runner: 'vitest', folder: 'robustness', options: SECOND_TRY, fast: false },
  { name: 'dap', runner: 'vitest', folder: 'dap', options: SECOND_TRY, fast: false },
  { name: 'webview', runner: 'vitest', folder: 'webview', options: SECOND_TRY, fast: false, needs: ['chromium'] },
  // By itself: beside another browser it would measure that one.
  { name: 'page speed', runner: 'vitest', folder: 'pageSpeed', options: SECOND_TRY, fast: false, needs: ['chromium'] },
  {
    name: 'editor: in its extension host',
    runner: 'extensionTests',
    folder: 'editor/suite',
    fast: false,
    needs: ['chromium', 'editorHost'],
  },
  {
    name: 'editor: the workbench from outside',
    runner: 'vitest',
    folder: 'editor/workbench',
    config: 'test/editor/vitest.config.mts',
    options: SECOND_TRY,
    fast: false,
    needs: ['chromium', 'editorHost'],
  },
];

const TEST_FILE = /\.test\.[cm]?[jt]sx?$/;

// Deliberately broken sources, which prove that the layer rules fire; what is called a test among them is none.
const NOT_TESTS = ['architecture/planted'];

/** @returns {string[]} all test files, relative to test/ */
export function testFiles() {
  return readdirSync(inCheckout('test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => TEST_FILE.test(file) && !NOT_TESTS.some((folder) => file.startsWith(`${folder}/`)))
    .sort();
}

/**
 * @param {readonly Suite[]} suites
 * @param {readonly string[]} files
 * @returns {string[]} the files that no suite claims
 */
export function unclaimed(suites, files) {
  return files.filter((file) => !suites.some(({ folder }) => folder !== undefined && file.startsWith(`${folder}/`)));
}
