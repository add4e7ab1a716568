// From the launch of a debug session to its first stack traces, against gdb's backtrace of the same core with the same binaries. Both
// are started anew each time.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @typedef {{ name: string, core: string, exe: string, allThreads: boolean, lessMemory: boolean }} Subject */
/** @typedef {{ seconds: number, kilobytes: number }} Measure */

/**
 * A session on standard input and output: initialize, launch, the stop, threads, stack traces; then its peak of memory.
 *
 * @param {string} cli the built command
 * @param {string} sysroot
 * @param {Subject} subject
 * @returns {Promise<Measure & { frames: number }>}
 */
export async function debugSession(cli, sysroot, { core, allThreads }) {
  const start = process.hrtime.bigint();
  const adapter = spawn(process.execPath, [cli, 'dap'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const client = new Client(adapter);
  const initialized = client.event('initialized');
  const stopped = client.event('stopped');
  await client.request('initialize', { adapterID: 'redzone' });
  const launched = client.request('launch', { core, sysroot });
  await initialized;
  await client.request('configurationDone', {});
  await launched;
  const { threadId } = await stopped;
  const { threads } = await client.request('threads', {});
  const chosen = allThreads ? threads.map((/** @type {{ id: number }} */ { id }) => id) : [threadId];
  let frames = 0;
  for (const id of chosen) {
    const { stackFrames } = await client.request('stackTrace', { threadId: id, startFrame: 0, levels: 100 });
    frames += stackFrames.length;
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const kilobytes = peak(readFileSync(`/proc/${adapter.pid}/status`, 'utf8'));
  adapter.stdin.end();
  await new Promise((resolve) => adapter.once('exit', resolve));
  return { seconds, kilobytes, frames };
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

/** As much of a client of the protocol as a measurement needs. */
class Client {
  #seq = 0;
  #rest = Buffer.alloc(0);
  /** @type {Map<number, (body: any) => void>} */
  #waiting = new Map();
  /** @type {Map<string, (body: any) => void>} */
  #events = new Map();
  #input;

  constructor(/** @type {import('node:child_process').ChildProcess} */ { stdin, stdout }) {
    this.#input = stdin;
    stdout?.on('data', (/** @type {Buffer} */ data) => {
      this.#rest = Buffer.concat([this.#rest, data]);
      this.#drain();
    });
  }

  /** @returns {Promise<any>} its body */
  request(/** @type {string} */ command, /** @type {object} */ args) {
    const seq = ++this.#seq;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    return new Promise((resolve) => {
      this.#waiting.set(seq, resolve);
      this.#input?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    });
  }

  /** @returns {Promise<any>} the body of the next event of that name */
  event(/** @type {string} */ name) {
    return new Promise((resolve) => this.#events.set(name, resolve));
  }

  #drain() {
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.toString('latin1', 0, end))?.[1]);
      if (this.#rest.length < end + 4 + length) return;
      const message = JSON.parse(this.#rest.toString('utf8', end + 4, end + 4 + length));
      this.#rest = this.#rest.subarray(end + 4 + length);
      if (message.type === 'response') this.#waiting.get(message.request_seq)?.(message.body);
      else this.#events.get(message.event)?.(message.body);
    }
  }
}
