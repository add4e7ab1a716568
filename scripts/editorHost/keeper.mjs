// Runs one command in a process group of its own and ends the whole group when whoever started it is gone, in whatever way: the
// starter holds the other end of standard input, and the kernel closes that even for a process that was killed. The server of
// VS Code has children of its own (extension host, file watcher, terminals); none of them may outlive a test.
//
//   keeper.mjs [--remove FOLDER] COMMAND ARGUMENT...      FOLDER is removed at the end, for whoever can no longer do it

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const PATIENCE = 3000;

const given = process.argv.slice(2);
const removed = given[0] === '--remove' ? given.splice(0, 2)[1] : undefined;
const [command, ...args] = given;
if (command === undefined) {
  process.stderr.write('keeper: no command\n');
  process.exit(2);
}

let ending = false;

// Started detached, this process leads a group, and its number is the group's.
const endGroup = (/** @type {NodeJS.Signals} */ signal) => {
  try {
    process.kill(-process.pid, signal);
  } catch {
    // Nobody is left in the group.
  }
};

const end = () => {
  if (ending) return;
  ending = true;
  endGroup('SIGTERM');
  setTimeout(() => endGroup('SIGKILL'), PATIENCE);
};

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end);
process.stdin.on('error', end);
process.stdin.on('close', end);
process.stdin.resume();

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  process.stderr.write(`${command} did not start: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => {
  // What the server leaves behind is ended without patience; this process, the last of the group, goes with it.
  ending = true;
  process.exitCode = code ?? 1;
  const self = () => {
    if (removed !== undefined) rmSync(removed, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 });
    process.exit();
  };
  process.removeAllListeners('SIGTERM');
  process.on('SIGTERM', () => undefined);
  endGroup('SIGTERM');
  setTimeout(self, 200);
});
