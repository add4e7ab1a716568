#!/usr/bin/env node
// The executable that @vscode/test-electron's runTests starts in the place of VS Code's own: it takes the same arguments, runs the
// tests in the extension host of the local server, prints what they print, and exits with their code.

import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { startEditorServer } from '../../../scripts/editorHost/server.mjs';
import { writeUserSettings } from '../../../scripts/editorHost/settings.mjs';
import { openPage } from './browser.mjs';
import { parseLaunchArguments } from './launchArguments.mjs';
import { createProfile } from './profile.mjs';
import { workbenchAddress } from './workbenchAddress.mjs';

const LIMIT = Number(process.env['REDZONE_EDITOR_LIMIT'] ?? 300) * 1000;
const TIMED_OUT = 124;

// The workbench logs through the same door as the tests. These lines say nothing about either.
const CHATTER = [
  'Resolving connection token',
  'Resolved connection token',
  'Creating a socket',
  '[reconnection-grace-time]',
  '[Service Worker]',
  '[AgentHost',
  '[AccountPolicyGate]',
  'Ignoring fetching additional builtin extensions',
  'Updating additional builtin extensions',
  'Creation of workbench contribution',
  "Timed out waiting for authentication provider 'github'",
  'Extension host (Remote) is',
];

/** @type {(() => unknown)[]} what has to be undone, last first */
const undo = [];
let closing = false;

/** @param {number} code */
async function finish(code) {
  if (closing) return;
  closing = true;
  for (const action of undo.splice(0).reverse()) {
    try {
      await action();
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
  }
  process.exit(code);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void finish(130));
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  void finish(1);
});

async function run() {
  const args = parseLaunchArguments(process.argv.slice(2));
  if (args.extensionTestsPath === undefined) {
    process.stderr.write('This launcher runs extension tests: --extensionTestsPath is missing.\n');
    return finish(2);
  }
  const profile = createProfile();
  undo.push(profile.remove);
  // Whoever prepared settings for the run has put them into the folder that the arguments name; otherwise the quiet ones do.
  const settings = args.userDataDir === undefined ? undefined : path.join(args.userDataDir, 'User', 'settings.json');
  const prepared = settings !== undefined && existsSync(settings) ? await readSettings(settings) : {};
  writeUserSettings(profile.userDataDir, prepared);

  const server = await startEditorServer({
    profile: profile.folder,
    ...(args.extensionsDir === undefined ? {} : { extensionsDir: args.extensionsDir }),
    forTests: true,
    disposable: true,
    env: profile.env,
  });
  undo.push(server.stop);
  void server.ended.then((code) => {
    if (closing) return;
    process.stderr.write(`The VS Code server ended with code ${String(code)} during the tests:\n${server.log()}\n`);
    void finish(1);
  });

  const browser = await openPage({ env: profile.env });
  undo.push(browser.close);
  const { page } = browser;
  await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ values) => {
    const text = format(...values);
    if (CHATTER.some((start) => text.startsWith(start))) return;
    (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${text}\n`);
  });
  await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => void finish(code));
  page.on('crash', () => {
    process.stderr.write('The page of the workbench crashed.\n');
    void finish(1);
  });

  const timer = setTimeout(() => void giveUp(page, server), LIMIT);
  undo.push(() => clearTimeout(timer));
  const isFolder = (/** @type {string} */ file) => existsSync(file) && statSync(file).isDirectory();
  const address = workbenchAddress({
    address: server.address,
    folder: args.paths.find(isFolder),
    files: args.paths.filter((file) => !isFolder(file)),
    extensionDevelopmentPaths: args.extensionDevelopmentPaths,
    extensionTestsPath: args.extensionTestsPath,
  });
  // A minute, as for the workbench that is driven from outside: on a busy machine half of one was not enough.
  await page.goto(address, { timeout: 60_000 });
}

/** @param {string} file */
async function readSettings(file) {
  const { readFile } = await import('node:fs/promises');
  return /** @type {Record<string, unknown>} */ (JSON.parse(await readFile(file, 'utf8')));
}

/**
 * @param {import('playwright-core').Page} page
 * @param {import('../../../scripts/editorHost/server.mjs').EditorServer} server
 */
async function giveUp(page, server) {
  const picture = path.resolve('.cache', 'screenshots', 'timed-out.png');
  mkdirSync(path.dirname(picture), { recursive: true });
  await page.screenshot({ path: picture, timeout: 5000 }).catch(() => undefined);
  process.stderr.write(
    `The tests did not end within ${String(LIMIT / 1000)} s. A picture of the workbench: ${picture}\nThe server said:\n${server.log()}\n`,
  );
  await finish(TIMED_OUT);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  await finish(1);
}
