// Runs one row of the suite table and returns what it counted.

import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { cached, ROOT } from '../checkout.mjs';
import { testFiles } from '../suites.mjs';
import { finished, onTerminal } from '../terminal/command.mjs';
import { duration, heading, say } from '../terminal/progress.mjs';
import {
  closingLine,
  extensionTestReport,
  judge,
  noTests,
  vitestCounts,
  vitestFailures,
  vitestSecondTries,
} from './counts.mjs';

/** @typedef {import('../suites.mjs').Suite} Suite */
/** @typedef {import('./counts.mjs').Counts} Counts */
/** @typedef {import('./counts.mjs').Failure} Failure */
/** @typedef {{ counts: Counts, failures: readonly Failure[], secondTries?: readonly Failure[] }} Outcome */

/**
 * @param {string} name
 * @returns {string} an empty place for a suite's report
 */
function reportFile(name) {
  mkdirSync(cached('results'), { recursive: true });
  const file = cached('results', `${name.replace(/\W+/g, '-')}.json`);
  rmSync(file, { force: true });
  return file;
}

/**
 * @param {Suite} suite
 * @param {number} start
 * @param {Counts} counts
 * @param {readonly Failure[]} failures
 * @param {string} [complaint] of the suite as a whole
 * @returns {Outcome}
 */
function conclude({ name }, start, counts, failures, complaint) {
  if (complaint !== undefined) say(complaint);
  say(`-- ${name}: ${closingLine(counts)} (${duration(Date.now() - start)})`);
  return { counts, failures: complaint === undefined ? failures : [...failures, { name, message: complaint }] };
}

/**
 * Checks run beside each other, so their output is held back until each is done.
 *
 * @param {Suite} suite
 * @returns {Promise<Outcome>}
 */
export async function runCheck(suite) {
  const start = Date.now();
  const child = spawn(process.execPath, suite.command ?? [], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const read = (/** @type {Buffer} */ data) => (output += data.toString());
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const code = await finished(child);
  const counts = { ...noTests(), [code === 0 ? 'passed' : 'failed']: 1 };
  heading(suite.name);
  if (code !== 0) say(output.trimEnd());
  return conclude(suite, start, counts, code === 0 ? [] : [{ name: suite.name, message: output.trim() }]);
}

/**
 * @param {Suite} suite
 * @returns {Promise<Outcome>}
 */
export async function runTests(suite) {
  const start = Date.now();
  heading(suite.name);
  const folder = suite.folder ?? '';
  if (!testFiles().some((file) => file.startsWith(`${folder}/`))) {
    const counts = { ...noTests(), failed: 1 };
    return conclude(suite, start, counts, [], `There is no test file in test/${folder}.`);
  }
  const report = reportFile(suite.name);
  const isVitest = suite.runner === 'vitest';
  const code = await onTerminal(
    process.execPath,
    isVitest ? vitestCommand(suite, report) : ['test/editor/runSuite.mjs'],
    {
      cwd: ROOT,
      env: { ...process.env, REDZONE_TEST_REPORT: report },
    },
  );
  const read = isVitest
    ? { counts: vitestCounts(report), failures: vitestFailures(report) }
    : extensionTestReport(report);
  const { counts, complaint } = judge(read.counts, code);
  const outcome = conclude(suite, start, counts, read.failures, complaint);
  return { ...outcome, secondTries: isVitest ? vitestSecondTries(report) : [] };
}

/**
 * @param {Suite} suite
 * @param {string} report
 */
function vitestCommand({ folder, config, options = [] }, report) {
  return [
    'node_modules/vitest/vitest.mjs',
    'run',
    // With its slash, or test/unit would also take test/units.
    `test/${folder ?? ''}/`,
    ...(config === undefined ? [] : ['--config', config]),
    ...options,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
}
