// gdb and eu-stack, started anew for each core as a shell's loop would, with the binaries that we read too.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** @typedef {{ core: string, exe: string }} Subject a core and its executable */

/**
 * A command of the shell that prints the crashed thread's stack; it uses `$core` and `$exe`.
 *
 * @param {string} root a sysroot whose libraries lie below /lib too (`mergedRoot`)
 */
export const gdbCommand = (root) =>
  `gdb -batch -nx -iex 'set auto-load safe-path /' -iex 'set sysroot ${root}' -ex bt "$exe" "$core"`;

/** A command of the shell that prints all stacks; it uses `$core` and `$exe`. */
export const EU_STACK = 'eu-stack -e "$exe" --core="$core"';

/** @param {string} tool */
export const isHere = (tool) => spawnSync(tool, ['--version']).status === 0;

/**
 * Runs the command once for each core, in a loop of the shell.
 *
 * @param {string} command uses `$core` and `$exe`
 * @param {readonly Subject[]} list
 * @returns {{ seconds: number, gaveUp: number }} of the whole loop; how many runs printed no caller of the crashed frame: a tool that gives
 *   up at once is quick, and little to compare with
 */
export function loop(command, list) {
  const lines = list.flatMap(({ core, exe }) => [core, exe]).join('\n');
  const script = `while read -r core && read -r exe; do
    case $(${command} </dev/null 2>/dev/null) in *'#1 '*) ;; *) echo ;; esac
  done | wc -l`;
  const start = process.hrtime.bigint();
  const { stdout } = spawnSync('sh', ['-c', script], { input: `${lines}\n`, encoding: 'utf8' });
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, gaveUp: Number(stdout) };
}

/**
 * gdb looks for libraries below /lib, which on a merged-usr system is a link.
 *
 * @param {string} sysroot
 * @param {string} root made, with links into the sysroot
 */
export function mergedRoot(sysroot, root) {
  mkdirSync(root);
  for (const name of readdirSync(sysroot)) symlinkSync(path.join(sysroot, name), path.join(root, name));
  for (const name of ['lib', 'lib64'])
    if (!existsSync(path.join(root, name))) symlinkSync(path.join(sysroot, 'usr', name), path.join(root, name));
}
