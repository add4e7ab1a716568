// From the launch of a debug session to its first stack traces, against gdb's backtrace of the same core with the same binaries. Both
// are started anew each time.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { firstStacks } from '../../scripts/dapClient.mjs';

/** @typedef {{ core: string, exe: string, allThreads: boolean, inTurn?: boolean }} Subject */
/** @typedef {{ seconds: number, kilobytes: number }} Measure */

/**
 * A session on standard input and output: initialize, launch, the stop, threads, stack traces; then its peak of memory.
 *
 * @param {string} cli the built command
 * @param {string} sysroot
 * @param {Subject} subject
 * @returns {Promise<Measure>}
 */
export async function debugSession(cli, sysroot, { core, exe, allThreads, inTurn = false }) {
  const start = process.hrtime.bigint();
  const { frames, pid, end } = await firstStacks(cli, { core, program: exe, sysroot, allThreads, inTurn });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (frames === 0) throw new Error(`the session on ${core} shows no frames`);
  const kilobytes = peak(readFileSync(`/proc/${pid}/status`, 'utf8'));
  await end();
  return { seconds, kilobytes };
}

/**
 * @param {string} sysroot
 * @param {Subject} subject
 * @returns {Measure}
 */
export function gdbBacktrace(sysroot, { core, exe, allThreads }) {
  const bt = allThreads ? 'thread apply all bt' : 'bt';
  const start = process.hrtime.bigint();
  const { stdout } = spawnSync(
    'gdb',
    ['-batch', '-nx', '-iex', 'set auto-load safe-path /', '-iex', `set sysroot ${sysroot}`, '-ex', bt].concat([
      '-ex',
      'shell grep VmHWM /proc/$PPID/status',
      exe,
      core,
    ]),
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, kilobytes: peak(stdout) };
}

/** Peak memory of a Node that does nothing, in kilobytes. */
export function bareNode() {
  const script = `process.stdout.write(require('fs').readFileSync('/proc/self/status', 'utf8'))`;
  return peak(spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout);
}

function peak(/** @type {string} */ status) {
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN);
}
