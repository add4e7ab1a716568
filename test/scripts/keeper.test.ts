import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { inCheckout } from '../../scripts/checkout.mjs';
import { isAlive } from '../../scripts/setup/lock.mjs';

const KEEPER = inCheckout('scripts', 'editorHost', 'keeper.mjs');

/** A process that starts another one and stays; both ignore the polite request to end. */
const STUBBORN = `
process.on('SIGTERM', () => {});
const child = require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); console.log("ready"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.once('data', () => console.log(process.pid, child.pid));
setInterval(() => {}, 1000);`;

/** Starts a process that starts the keeper, so that the test can kill the starter like a crash would. */
function startStarter() {
  const script = `
    const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify([KEEPER, process.execPath, '-e', STUBBORN])}, { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.pipe(process.stdout);
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

it('ends the whole group when its starter is killed', async () => {
  const starter = startStarter();
  const [line] = (await once(starter.stdout, 'data')) as [Buffer];
  const pids = line.toString().trim().split(' ').map(Number);
  expect(pids).toHaveLength(2);
  expect(pids.every(isAlive)).toBe(true);
  starter.kill('SIGKILL');
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});

it("passes on its command's exit code", async () => {
  const keeper = spawn(process.execPath, [KEEPER, process.execPath, '-e', 'process.exit(7)'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const [code] = (await once(keeper, 'exit')) as [number];
  expect(code).toBe(7);
});
