import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { CLI } from './builtCommand.js';

export interface Outcome {
  /** `hung` when it had to be ended. */
  readonly status: number | 'hung' | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** A command and its arguments that start ours. */
  readonly under?: readonly string[];
}

/** Longer than any of these runs takes on a busy machine. */
const PATIENCE = 60_000;

/** Runs the built command to its end. */
export function redzone(args: readonly string[], { cwd = tmpdir(), under = [] }: RunOptions = {}): Promise<Outcome> {
  const [command = '', ...rest] = [...under, process.execPath, CLI, ...args];
  return outcomeOf(command, rest, cwd);
}

/** Runs a line of the shell in which `redzone` is the built command. */
export function shell(line: string, cwd: string): Promise<Outcome> {
  const script = `set -o pipefail; redzone() { "${process.execPath}" "${CLI}" "$@"; }; ${line}`;
  return outcomeOf('bash', ['-c', script], cwd);
}

function outcomeOf(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let hung = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const timer = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, PATIENCE);
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status: hung ? 'hung' : status, stdout, stderr });
    });
  });
}
