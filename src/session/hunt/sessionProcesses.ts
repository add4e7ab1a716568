import { readdirSync, readFileSync } from 'node:fs';

/** A process that runs, as /proc/PID/stat has it (proc(5)). */
interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
}

/** Process ids of a session, all of them or those that have no children in it. */
export function processesOf(session: number, which: 'all' | 'innermost'): number[] {
  const own = running().filter((one) => one.session === session);
  if (which === 'all') return own.map(({ pid }) => pid);
  const parents = new Set(own.map(({ parent }) => parent));
  return own.filter(({ pid }) => !parents.has(pid)).map(({ pid }) => pid);
}

/** Sends a signal to each; one that is gone by now needs none. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

function running(): Running[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      // The name in brackets may hold anything.
      const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), session: Number(session) }];
    } catch {
      return [];
    }
  });
}
