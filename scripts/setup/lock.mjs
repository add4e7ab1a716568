// One installer at a time. Two terminals may run `npm test` in the same minute; the second waits for the first and then finds
// everything there. A lock whose holder has died is taken over.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether a process still runs. One that has ended stays in the process table until its parent takes note, and in a container
 * that may never happen.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  try {
    // pid (name) state ...; the name may hold anything, parentheses too.
    return !/\) [ZX] [^)]*$/.test(readFileSync(`/proc/${String(pid)}/stat`, 'utf8'));
  } catch {
    // No /proc on this system, or the process went away in this moment: the next look will tell.
    return true;
  }
}

/** @param {string} file */
function holder(file) {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}

/**
 * @template T
 * @param {string} file
 * @param {(pid: number) => void} onWait called once when someone else holds the lock
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, onWait, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  let unreadable = 0;
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const pid = holder(file);
    // Between creation and its first byte a lock is empty for a moment: only one that stays so is abandoned.
    unreadable = Number.isNaN(pid) ? unreadable + 1 : 0;
    if (unreadable > 5 || (!Number.isNaN(pid) && !isAlive(pid))) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told && !Number.isNaN(pid)) {
      told = true;
      onWait(pid);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}
