// Programs that come from Debian: found by looking for the program itself, so that one installed in another way counts too.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, rmSync } from 'node:fs';
import path from 'node:path';
import { cached } from '../checkout.mjs';
import { logged, SetupError } from '../terminal/command.mjs';
import { step } from '../terminal/progress.mjs';

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {string[]} programs any one of them makes the package unneeded
 */

/** @type {DebianPackage} */
export const CHROMIUM = {
  name: 'chromium',
  programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
};

/** What building the two native modules of the editor host takes. */
export const BUILD_TOOLS = /** @type {DebianPackage[]} */ ([
  { name: 'g++', programs: ['g++'] },
  { name: 'make', programs: ['make'] },
  { name: 'python3', programs: ['python3'] },
]);

/** The tools whose recorded answers the tests compare with. */
export const ORACLES = /** @type {DebianPackage[]} */ ([
  { name: 'gdb', programs: ['gdb'] },
  { name: 'elfutils', programs: ['eu-stack'] },
  { name: 'binutils', programs: ['c++filt'] },
  { name: 'r-base-core', programs: ['Rscript'] },
  { name: 'zstd', programs: ['zstd'] },
]);

/**
 * @param {string} program
 * @returns {string | undefined} its path
 */
export function findProgram(program) {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const file = path.join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** @param {DebianPackage} wanted */
function isPresent({ name, programs }) {
  if (name === CHROMIUM.name && process.env['REDZONE_CHROMIUM']) return true;
  if (programs.some((program) => findProgram(program) !== undefined)) return true;
  const query = spawnSync('dpkg-query', ['-W', '-f=${db:Status-Abbrev}', name], { encoding: 'utf8' });
  return query.status === 0 && query.stdout.startsWith('ii');
}

/** @returns {boolean} */
function isRoot() {
  return process.getuid?.() === 0;
}

/**
 * Says what apt is doing, from its machine-readable status lines: `pmstatus:PACKAGE:PERCENT:TEXT` and `dlstatus:N:PERCENT:TEXT`.
 *
 * @param {(text: string) => void} note
 */
function statusReader(note) {
  let last = -1;
  return (/** @type {string} */ line) => {
    const match = /^(pm|dl)status:[^:]*:([\d.]+):(.*)$/.exec(line);
    if (!match) return;
    // One line per ten percent: enough to see it move, and no flood where every line is kept.
    const tens = Math.floor(Number(match[2]) / 10) * 10 + (match[1] === 'pm' ? 1000 : 0);
    if (tens === last) return;
    last = tens;
    note(`${match[1] === 'dl' ? 'downloading' : 'installing'}, ${String(tens % 1000)} %`);
  };
}

/**
 * @param {DebianPackage[]} wanted
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function ensureDebianPackages(wanted) {
  const missing = wanted.filter((one) => !isPresent(one)).map(({ name }) => name);
  if (missing.length === 0) return false;
  const list = missing.join(' ');
  if (findProgram('apt-get') === undefined) {
    throw new SetupError(
      `Missing: ${list}. There is no apt here: install them with this system's own package manager.`,
      2,
    );
  }
  if (!isRoot()) {
    throw new SetupError(
      `Missing Debian packages. Run this line once, then start again:\n\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${list}\n`,
      2,
    );
  }
  const log = cached('logs', 'apt.log');
  rmSync(log, { force: true });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  // Someone else's apt may be at work: wait for it rather than fail.
  const options = ['-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0'];
  // A descriptor of its own: apt makes it one that does not wait, and package scripts that share it fail while writing.
  const status = ['-o', 'APT::Status-Fd=3'];
  await step(`Installing ${list} from Debian`, async (note) => {
    note('reading the package lists');
    await logged('apt-get', [...options, 'update'], { log, env });
    const onStatus = statusReader(note);
    const install = ['install', '-y', '--no-install-recommends', ...missing];
    await logged('apt-get', [...options, ...status, ...install], { log, env, onStatus });
  });
  return true;
}
