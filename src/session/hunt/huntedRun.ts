import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { processesOf, signalAll } from './sessionProcesses.js';

/** How one run of the command ended. */
export interface RunEnd {
  /** Its process id, which is its session's. */
  readonly session: number;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly seconds: number;
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly timedOut: boolean;
}

export interface RunSettings {
  readonly command: readonly string[];
  /** Working directory. */
  readonly folder: string;
  /** Where `stdout` and `stderr` go, which is there. */
  readonly outputFolder: string;
  /** Milliseconds after which it is sent SIGABRT, so that its core says where it hung. */
  readonly timeout: number | undefined;
}

/**
 * Runs a command once, in a session of its own, without standard input, its soft limit for cores raised to the hard one. Whatever it
 * started and left behind is ended. Resolves also when the signal fires, after all of it is gone.
 */
export function huntedRun(settings: RunSettings, signal: AbortSignal): Promise<RunEnd> {
  const { command, folder, outputFolder, timeout } = settings;
  const outputs = ['stdout', 'stderr'].map((name) => openSync(join(outputFolder, name), 'w'));
  return new Promise((resolve, reject) => {
    const started = Date.now();
    // Limits are a process's own: this changes nothing of the machine's.
    const child = spawn('/bin/sh', ['-c', 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"', 'redzone-hunt', ...command], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', ...outputs],
    });
    for (const output of outputs) closeSync(output);
    const session = child.pid ?? -1;
    const timers: NodeJS.Timeout[] = [];
    const later = (milliseconds: number, what: () => void): void => {
      timers.push(setTimeout(what, milliseconds));
    };
    const kill = (): void => {
      signalAll(processesOf(session, 'all'), 'SIGKILL');
    };
    let timedOut = false;
    if (timeout !== undefined)
      later(timeout, () => {
        timedOut = true;
        // The innermost processes are those that hang; what waits for them would leave a core that says no more than that.
        signalAll(processesOf(session, 'innermost'), 'SIGABRT');
        later(PATIENCE, kill);
      });
    const stop = (): void => {
      signalAll(processesOf(session, 'all'), 'SIGTERM');
      later(PATIENCE, kill);
    };
    signal.addEventListener('abort', stop, { once: true });
    const settle = (): void => {
      for (const timer of timers) clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('exit', (exitCode, endedBy) => {
      settle();
      kill();
      resolve({
        session,
        started,
        seconds: (Date.now() - started) / 1000,
        exitCode: exitCode ?? undefined,
        signal: endedBy ?? undefined,
        timedOut,
      });
    });
    if (signal.aborted) stop();
  });
}

/** Milliseconds for writing a core, and for ending in order. */
const PATIENCE = 10_000;
