// Child processes of the scripts: either quiet ones whose output goes to a log and is shown only when they fail, or ones that
// share the terminal. Every child is ended when this process is told to stop, so that Ctrl+C leaves nothing behind.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

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
/** @type {NodeJS.Signals | undefined} */
let stopping;

/** @param {NodeJS.Signals} signal */
function stopChildren(signal) {
  if (stopping !== undefined) return;
  stopping = signal;
  for (const child of running) child.kill('SIGTERM');
  // A child that ignores the request must not keep the terminal.
  setTimeout(
    () => {
      for (const child of running) child.kill('SIGKILL');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    },
    running.size === 0 ? 0 : 5000,
  ).unref();
  if (running.size === 0) process.exit(signal === 'SIGINT' ? 130 : 143);
}

/** Called once by every script that starts children. */
export function endChildrenOnSignals() {
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => stopChildren(signal));
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>} the exit code; 128 + signal number is not told apart, a killed child counts as 1
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
      if (stopping !== undefined && running.size === 0) process.exit(stopping === 'SIGINT' ? 130 : 143);
      resolve(code ?? 1);
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
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ log: string, cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} options
 */
export async function logged(command, args, { log, onLine, ...options }) {
  mkdirSync(path.dirname(log), { recursive: true });
  const file = openSync(log, 'a');
  let code;
  try {
    const child = spawn(command, args, { ...options, stdio: ['ignore', onLine ? 'pipe' : file, file] });
    if (onLine && child.stdout) {
      const { createInterface } = await import('node:readline');
      const { writeSync } = await import('node:fs');
      createInterface({ input: child.stdout }).on('line', (line) => {
        writeSync(file, `${line}\n`);
        onLine(line);
      });
    }
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
