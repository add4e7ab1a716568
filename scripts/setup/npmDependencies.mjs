// The packages of package-lock.json. `npm ci` removes node_modules and takes its time, so it runs only when what is installed is
// not what the lock file says; a stamp with the lock file's hash makes that a matter of one file read.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cached, inCheckout, ROOT } from '../checkout.mjs';
import { logged } from '../terminal/command.mjs';
import { say, step } from '../terminal/progress.mjs';
import { withLock } from './lock.mjs';

const STAMP = inCheckout('node_modules', '.redzone-stamp');

/** @param {string} file */
function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Whether an install made by hand (`npm install`) already is what the lock file asks for: npm keeps a lock file of what it
 * installed. Optional packages may be missing, they are for other machines.
 *
 * @param {string} lock
 */
function installedMatches(lock) {
  const hidden = readOrNothing(inCheckout('node_modules', '.package-lock.json'));
  if (hidden === undefined) return false;
  /** @typedef {{ packages: Record<string, { version?: string, optional?: boolean }> }} LockFile */
  const wanted = /** @type {LockFile} */ (JSON.parse(lock)).packages;
  const present = /** @type {LockFile} */ (JSON.parse(hidden)).packages;
  return (
    Object.entries(wanted).every(
      ([place, { version, optional }]) =>
        place === '' || present[place]?.version === version || (optional === true && present[place] === undefined),
    ) && Object.keys(present).every((place) => place in wanted)
  );
}

/** @returns {Promise<boolean>} whether anything was installed */
export async function ensureNpmDependencies() {
  const lock = readFileSync(inCheckout('package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (readOrNothing(STAMP) === hash) return false;
  const onWait = (/** @type {number} */ pid) =>
    say(`Another process (${String(pid)}) is installing packages; waiting for it.`);
  return withLock(cached('npm.lock'), onWait, async () => {
    if (readOrNothing(STAMP) === hash) return false;
    const present = installedMatches(lock);
    if (!present) {
      const log = cached('logs', 'npm-ci.log');
      rmSync(log, { force: true });
      await step("Installing the project's packages (npm ci)", () =>
        logged('npm', ['ci', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], {
          cwd: ROOT,
          log,
        }),
      );
    }
    writeFileSync(STAMP, hash);
    return !present;
  });
}
