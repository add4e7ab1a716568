// Counting, so that the last line of `npm test` is one truth over suites that report in different ways.

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @typedef {{ name: string, message: string }} Failure a test that failed, and what was said of it */

/** @returns {Counts} */
export const noTests = () => ({ passed: 0, failed: 0, skipped: 0 });

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** @param {Counts} counts */
export const closingLine = ({ passed, failed, skipped }) =>
  `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;

/**
 * A suite that ran nothing, or that ended badly without a failed test to show for it, has failed all the same.
 *
 * @param {Counts} counts
 * @param {number} exitCode of the suite's process
 * @returns {{ counts: Counts, complaint?: string }}
 */
export function judge(counts, exitCode) {
  const failedOnce = { ...counts, failed: counts.failed + 1 };
  if (counts.passed + counts.failed === 0) return { counts: failedOnce, complaint: 'No test was executed.' };
  if (exitCode !== 0 && counts.failed === 0) {
    return { counts: failedOnce, complaint: `No test failed, but the suite ended with exit code ${String(exitCode)}.` };
  }
  return { counts };
}

/**
 * Reads the report of vitest's JSON reporter.
 *
 * @param {string} file
 * @returns {Counts}
 */
export function vitestCounts(file) {
  const counts = noTests();
  for (const { status, assertionResults } of fileResults(file)) {
    const failed = assertionResults.filter((result) => result.status === 'failed').length;
    const passed = assertionResults.filter((result) => result.status === 'passed').length;
    counts.passed += passed;
    counts.skipped += assertionResults.length - passed - failed;
    // A file that could not be loaded has no tests to fail.
    counts.failed += failed === 0 && status === 'failed' ? 1 : failed;
  }
  return counts;
}

/**
 * What failed, by the report of vitest's JSON reporter.
 *
 * @param {string} file
 * @returns {Failure[]}
 */
export function vitestFailures(file) {
  return fileResults(file).flatMap(({ name, status, message = '', assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [{ name: path.basename(name), message }] : [];
    return failed.map((result) => failureOf(name, result));
  });
}

/**
 * What passed only at its second try: the report keeps what was said of the first.
 *
 * @param {string} file
 * @returns {Failure[]}
 */
export function vitestSecondTries(file) {
  return fileResults(file).flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages = [] }) => status === 'passed' && failureMessages.length > 0)
      .map((result) => failureOf(name, result)),
  );
}

/**
 * @param {string} file
 * @param {FileResult['assertionResults'][number]} result
 * @returns {Failure}
 */
function failureOf(file, { fullName = '', failureMessages = [] }) {
  return { name: `${path.basename(file)} > ${fullName}`, message: failureMessages.join('\n') };
}

/**
 * @typedef {object} FileResult
 * @property {string} name of the test file, absolute
 * @property {string} status
 * @property {string} [message]
 * @property {{ status: string, fullName?: string, failureMessages?: string[] }[]} assertionResults
 */

/**
 * @param {string} file
 * @returns {FileResult[]} none when the report was never written
 */
function fileResults(file) {
  const text = readOrNothing(file);
  return text === undefined ? [] : /** @type {{ testResults: FileResult[] }} */ (JSON.parse(text)).testResults;
}

/**
 * Reads what the suite in the extension host wrote.
 *
 * @param {string} file
 * @returns {{ counts: Counts, failures: Failure[] }}
 */
export function extensionTestReport(file) {
  const text = readOrNothing(file);
  return text === undefined ? { counts: noTests(), failures: [] } : JSON.parse(text);
}

/** @param {string} file */
function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
