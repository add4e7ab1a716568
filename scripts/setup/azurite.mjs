// Azurite, the emulator of Azure Blob storage, from the npm registry into the cache folder: 300 packages that only one suite needs do
// not belong among those that everybody installs.

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached } from '../checkout.mjs';
import { logged } from '../terminal/command.mjs';
import { say, step } from '../terminal/progress.mjs';
import { withLock } from './lock.mjs';

const VERSION = '3.35.0';
const FOLDER = cached(`azurite-${VERSION}`);

/** The script that starts its blob service. */
export const AZURITE_BLOB = path.join(FOLDER, 'node_modules/azurite/dist/src/blob/main.js');

/** @returns {Promise<boolean>} whether it was installed now */
export async function ensureAzurite() {
  if (existsSync(AZURITE_BLOB)) return false;
  const onWait = (/** @type {number} */ pid) =>
    say(`Another process (${String(pid)}) is installing Azurite; waiting for it.`);
  return withLock(cached('azurite.lock'), onWait, async () => {
    if (existsSync(AZURITE_BLOB)) return false;
    const making = `${FOLDER}.making`;
    const log = cached('logs', 'azurite.log');
    rmSync(log, { force: true });
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    writeFileSync(path.join(making, 'package.json'), '{ "name": "redzone-azurite", "private": true }\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
    await step('Installing Azurite, for the tests of Azure Blob storage', () =>
      logged('npm', ['install', '--save-exact', ...quiet, `azurite@${VERSION}`], { cwd: making, log }),
    );
    // Renamed when whole, so that an interrupted install is not taken for a finished one.
    renameSync(making, FOLDER);
    return true;
  });
}
