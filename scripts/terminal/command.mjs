// Child processes of the scripts: either quiet ones whose output goes to a log and is shown only when they fail, or ones that
// share the terminal. Every child is ended when this process is told to stop, so that Ctrl+C leaves nothing behind.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** An error whose message is meant for the person at the terminal, without a stack trace. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
/** @type {Set<() => Promise<void>>} */
const endings = new Set();
/** @type {Promise<void> | undefined} */
let stopping;

const PATIENCE = 5000;

/** @param {NodeJS.Signals} signal */
async function stopAll(signal) {
  // A child that ignores the request must not keep the terminal.
  setTimeout(() => {
    for (const child of running) child.kill('SIGKILL');
    process.exit(1);
  }, PATIENCE).unref();
  const gone = [...running].map((child) => new Promise((resolve) => child.once('exit', resolve)));
  for (const child of running) child.kill('SIGTERM');
  await Promise.all([...gone, ...[...endings].map((end) => end())]);
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

/** Called once by every script that starts children. */
export function endChildrenOnSignals() {
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => (stopping ??= stopAll(signal)));
  }
}

/**
 * Has something ended that is more than a child process, when this process is told to stop.
 *
 * @param {() => Promise<void>} end may exit the process itself
 */
export function endOnSignals(end) {
  endings.add(end);
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} the exit code; that of a child ended by a signal is 1
 */
export function finished(child) {
  running.add(child);
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      running.delete(child);
      reject(error);
    });
    child.once('exit', (code) => {
      running.delete(child);
      // While everything is being ended, nobody goes on to the next step.
      if (stopping === undefined) resolve(code ?? 1);
    });
  });
}

/**
 * Runs a command on the terminal.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function onTerminal(command, args, options = {}) {
  return finished(spawn(command, args, { ...options, stdio: 'inherit' }));
}

/**
 * Runs a command with its output in a log file; when it fails, the error carries the log's end and where the whole of it lies.
 * What the command writes to its file descriptor 3 goes to `onStatus`, line by line.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv, onStatus?: (line: string) => void }} options
 */
export async function logged(command, args, { log, onStatus, ...options }) {
  mkdirSync(path.dirname(log), { recursive: true });
  const file = openSync(log, 'a');
  let code;
  try {
    const child = spawn(command, args, { ...options, stdio: ['ignore', file, file, onStatus ? 'pipe' : 'ignore'] });
    const status = child.stdio[3];
    if (onStatus && status)
      createInterface({ input: /** @type {import('node:net').Socket} */ (status) }).on('line', onStatus);
    code = await finished(child);
  } finally {
    closeSync(file);
  }
  if (code === 0) return;
  const end = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');
  throw new SetupError(
    `${[command, ...args].join(' ')} failed with exit code ${String(code)}:\n${end}\nThe whole output: ${log}`,
  );
}
