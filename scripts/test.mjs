// `npm test`: sets everything up, builds, checks, runs every suite, and ends with one line over all of them.
//
//   npm test                 everything
//   npm test -- --fast       the cheap part, less than a minute on two cores
//   npm test -- unit cli     the named suites

import { ensure } from './setup/ensure.mjs';
import { SUITES, testFiles, unclaimed } from './suites.mjs';
import { endChildrenOnSignals, SetupError } from './terminal/command.mjs';
import { duration, heading, say } from './terminal/progress.mjs';
import { add, closingLine, noTests } from './testing/counts.mjs';
import { runCheck, runTests } from './testing/runSuite.mjs';

/** @typedef {import('./suites.mjs').Suite} Suite */

const LINES_OF_A_FAILURE = 6;

/** @param {string[]} args */
function select(args) {
  const names = args.filter((argument) => !argument.startsWith('-'));
  const unknown = [
    ...args.filter((argument) => argument.startsWith('-') && argument !== '--fast'),
    ...names.filter((name) => !SUITES.some((suite) => isNamed(suite, name))),
  ];
  if (unknown.length > 0) {
    const known = SUITES.map((suite) => suite.folder ?? suite.name).join(', ');
    throw new SetupError(`Unknown: ${unknown.join(' ')}. There are --fast and these suites: ${known}.`, 2);
  }
  if (names.length > 0) return SUITES.filter((suite) => names.some((name) => isNamed(suite, name)));
  if (!args.includes('--fast')) return SUITES;
  return SUITES.filter(({ fast }) => fast).map(fastPart);
}

/**
 * @param {Suite} suite
 * @returns {Suite}
 */
function fastPart(suite) {
  const { command, options = [], whenFast = [] } = suite;
  return command === undefined
    ? { ...suite, options: [...options, ...whenFast] }
    : { ...suite, command: [...command, ...whenFast] };
}

/**
 * @param {Suite} suite
 * @param {string} name a suite's name or its folder; `editor` names both suites below test/editor
 */
function isNamed(suite, name) {
  return suite.name === name || suite.folder === name || suite.folder?.split('/')[0] === name;
}

/** @param {readonly Suite[]} suites */
function needsOf(suites) {
  const needs = new Set(suites.flatMap((suite) => suite.needs ?? []));
  const isElsewhere = process.env['REDZONE_VSCODE'] === 'download' || process.env['REDZONE_VSCODE_PATH'] !== undefined;
  // A VS Code of the engineer's own needs no local one, as long as nothing else does.
  if (
    isElsewhere &&
    suites.every(({ runner, needs: own }) => runner === 'extensionTests' || !own?.includes('editorHost'))
  ) {
    needs.delete('editorHost');
  }
  return needs;
}

async function main() {
  const start = Date.now();
  const selected = select(process.argv.slice(2));
  let total = noTests();
  /** @type {import('./testing/counts.mjs').Failure[]} */
  const failures = [];
  /** @type {import('./testing/counts.mjs').Failure[]} */
  const secondTries = [];
  const record = (/** @type {import('./testing/runSuite.mjs').Outcome} */ outcome) => {
    total = add(total, outcome.counts);
    failures.push(...outcome.failures);
    secondTries.push(...(outcome.secondTries ?? []));
  };

  heading('setting up');
  await ensure(needsOf(selected));

  const strays = unclaimed(SUITES, testFiles());
  if (strays.length > 0) {
    heading('test files that no suite runs');
    for (const file of strays) say(`test/${file}`);
    say('Add their folder to scripts/suites.mjs.');
    total.failed += strays.length;
  }

  record(await runCheck({ name: 'build', runner: 'check', command: ['scripts/build.mjs'], fast: true }));

  // Two at a time: the checks use one processor each, and small machines have two.
  const checks = selected.filter(({ runner }) => runner === 'check');
  const lane = async () => {
    for (let check = checks.shift(); check !== undefined; check = checks.shift()) record(await runCheck(check));
  };
  await Promise.all([lane(), lane()]);

  for (const suite of selected) {
    if (suite.runner !== 'check') record(await runTests(suite));
  }

  sayOnceMore('what passed only at its second try', secondTries);
  sayOnceMore('what failed', failures);
  say(`\nAll of it took ${duration(Date.now() - start)}.`);
  say(closingLine(total));
  return total.failed === 0 ? 0 : 1;
}

/**
 * Failures once more at the end, where they are looked for: the output of a whole run is long.
 *
 * @param {string} what
 * @param {readonly import('./testing/counts.mjs').Failure[]} failures
 */
function sayOnceMore(what, failures) {
  if (failures.length === 0) return;
  heading(what);
  for (const { name, message } of failures)
    say([name, ...message.split('\n').slice(0, LINES_OF_A_FAILURE)].join('\n    '));
}

endChildrenOnSignals();
try {
  process.exitCode = await main();
} catch (error) {
  const expected = error instanceof SetupError;
  say(expected ? error.message : String(error instanceof Error ? error.stack : error));
  process.exitCode = expected ? error.exitCode : 1;
  // Exit code 2 is a question to whoever started this, not a result.
  if (process.exitCode !== 2) say(closingLine({ passed: 0, failed: 1, skipped: 0 }));
}
