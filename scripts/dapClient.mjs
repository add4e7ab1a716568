// As much of a client of the Debug Adapter Protocol as the build and the bench need: a session on standard input and output.

import { spawn } from 'node:child_process';

/**
 * Starts the adapter, opens the core and asks for stacks, as an editor does.
 *
 * @param {string} cli the built command
 * @param {{ core: string, sysroot?: string, program?: string, allThreads?: boolean, inTurn?: boolean }} given as launch.json would have it;
 *   of all threads, or of the crashed one; `inTurn` waits for each stack before it asks for the next, as editors do not
 * @returns {Promise<{ frames: number, pid: number, end: () => Promise<number | null> }>} how many frames the stacks have together; `end`
 *   gives the exit status
 */
export async function firstStacks(cli, { allThreads = false, inTurn = false, ...launch }) {
  const adapter = spawn(process.execPath, [cli, 'dap'], { stdio: ['pipe', 'pipe', 'ignore'] });
  /** @type {Promise<number | null>} */
  const exit = new Promise((resolve) => adapter.once('exit', resolve));
  const client = new Client(adapter);
  const initialized = client.event('initialized');
  const stopped = client.event('stopped');
  await client.request('initialize', { adapterID: 'redzone' });
  const launched = client.request('launch', launch);
  await initialized;
  await client.request('configurationDone', {});
  await launched;
  const { threadId } = await stopped;
  const { threads } = await client.request('threads', {});
  const chosen = allThreads ? threads.map((/** @type {{ id: number }} */ { id }) => id) : [threadId];
  let frames = 0;
  const ask = (/** @type {number} */ id) => client.request('stackTrace', { threadId: id, startFrame: 0, levels: 100 });
  if (inTurn) for (const id of chosen) frames += (await ask(id)).stackFrames.length;
  else for (const { stackFrames } of await Promise.all(chosen.map(ask))) frames += stackFrames.length;
  const end = () => {
    adapter.stdin.end();
    return exit;
  };
  return { frames, pid: adapter.pid ?? 0, end };
}

class Client {
  #seq = 0;
  #rest = Buffer.alloc(0);
  /** @typedef {{ resolve: (body: any) => void, reject: (why: Error) => void }} Waiting */
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();
  /** @type {Map<string, Waiting>} */
  #events = new Map();
  #input;

  constructor(/** @type {import('node:child_process').ChildProcess} */ adapter) {
    this.#input = adapter.stdin;
    adapter.stdout?.on('data', (/** @type {Buffer} */ data) => {
      this.#rest = Buffer.concat([this.#rest, data]);
      this.#drain();
    });
    // What is still waited for will not come.
    adapter.once('exit', (code) => {
      this.#giveUp(`The debug adapter ended with ${String(code)} in the middle of a session.`);
    });
  }

  /** @returns {Promise<any>} its body */
  request(/** @type {string} */ command, /** @type {object} */ args) {
    const seq = ++this.#seq;
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    const answer = this.#waitFor(this.#waiting, seq);
    this.#input?.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    return answer;
  }

  /** @returns {Promise<any>} the body of the next event of that name */
  event(/** @type {string} */ name) {
    return this.#waitFor(this.#events, name);
  }

  /**
   * @template K
   * @param {Map<K, Waiting>} waiting
   * @param {K} key
   * @returns {Promise<any>}
   */
  #waitFor(waiting, key) {
    const promise = new Promise((resolve, reject) => waiting.set(key, { resolve, reject }));
    // It may be given up before anybody waits for it.
    promise.catch(() => undefined);
    return promise;
  }

  #drain() {
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#rest.toString('latin1', 0, end))?.[1]);
      if (this.#rest.length < end + 4 + length) return;
      const message = JSON.parse(this.#rest.toString('utf8', end + 4, end + 4 + length));
      this.#rest = this.#rest.subarray(end + 4 + length);
      if (message.type === 'event') this.#events.get(message.event)?.resolve(message.body);
      else if (message.success === true) this.#waiting.get(message.request_seq)?.resolve(message.body);
      else this.#giveUp(`The debug adapter refused ${String(message.command)}: ${String(message.message)}`);
    }
  }

  #giveUp(/** @type {string} */ why) {
    for (const { reject } of [...this.#waiting.values(), ...this.#events.values()]) reject(new Error(why));
  }
}
