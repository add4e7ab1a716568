import { Worker } from 'node:worker_threads';
import type { QueryAnswer, QueryName, QueryParams } from '../../shared/queries.js';
import { type CoreSession, OpenError, type OpenedCore, type OpenOptions } from '../coreSession.js';
import { ReloadListeners } from '../reloadListeners.js';
import type { WorkOptions } from '../slicedWork.js';
import type { WorkerReply, WorkerRequest } from './workerProtocol.js';

/**
 * The session whose engine runs in a worker thread, so that nothing blocks the caller. The worker starts with the first core; when it
 * dies, what was asked is rejected, listeners are told, and cores are opened again in a new one when they are next asked.
 *
 * @param script the bundle of `engineWorker.ts`
 */
export function createWorkerSession(script: string): CoreSession {
  return new WorkerSession(script);
}

class WorkerSession implements CoreSession {
  #engine: Engine | undefined;
  readonly #listeners = new Set<(reason: string) => void>();
  readonly #reloads = new ReloadListeners();

  constructor(private readonly script: string) {}

  async open(path: string, options: OpenOptions = {}, work: WorkOptions = {}): Promise<OpenedCore> {
    const engine = this.#running();
    const core = new WorkerCore(path, options, this.#reloads, () => this.#running());
    await core.openIn(engine, work);
    return core;
  }

  async dispose(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await engine?.end();
  }

  onReopened(listener: (reason: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #running(): Engine {
    if (this.#engine === undefined) {
      const engine = new Engine(this.script, (reason) => {
        if (this.#engine === engine) this.#engine = undefined;
        for (const listener of this.#listeners) listener(reason);
      });
      this.#engine = engine;
    }
    return this.#engine;
  }
}

class WorkerCore implements OpenedCore {
  #engine: Engine | undefined;
  #key: Promise<string> | undefined;

  constructor(
    readonly path: string,
    private readonly options: OpenOptions,
    private readonly reloads: ReloadListeners,
    private readonly running: () => Engine,
  ) {}

  async openIn(engine: Engine, work: WorkOptions = {}): Promise<string> {
    this.#engine = engine;
    this.#key = engine.call({ kind: 'open', path: this.path, options: this.options }, work) as Promise<string>;
    return this.#key;
  }

  async ask<N extends QueryName>(
    name: N,
    params: QueryParams<N>,
    signal?: AbortSignal,
    progress?: (done: number) => void,
  ): Promise<QueryAnswer<N>> {
    signal?.throwIfAborted();
    const { engine, key } = await this.#opened();
    return engine.call({ kind: 'ask', key, name, params }, { signal, progress }) as Promise<QueryAnswer<N>>;
  }

  async reload(): Promise<void> {
    const { engine, key } = await this.#opened();
    await engine.call({ kind: 'reload', key });
    this.reloads.tell(this.path);
  }

  onReloaded(listener: () => void): () => void {
    return this.reloads.add(this.path, listener);
  }

  /** The engine that runs now, with this core open in it: a new engine knows nothing of it. */
  async #opened(): Promise<{ readonly engine: Engine; readonly key: string }> {
    const engine = this.running();
    const key = await (engine === this.#engine && this.#key !== undefined ? this.#key : this.openIn(engine));
    return { engine, key };
  }

  async close(): Promise<void> {
    const engine = this.#engine;
    const key = this.#key;
    this.#engine = undefined;
    this.#key = undefined;
    if (engine === undefined || key === undefined || engine.ended) return;
    await engine.call({ kind: 'close', key: await key });
  }
}

type Call =
  Exclude<WorkerRequest, { kind: 'cancel' }> extends infer R
    ? R extends WorkerRequest
      ? Omit<R, 'id'>
      : never
    : never;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((done: number) => void) | undefined;
}

/** One worker and what it still owes. */
class Engine {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  ended = false;

  constructor(script: string, onDeath: (reason: string) => void) {
    this.#worker = new Worker(script);
    // The caller's process may end although a worker is idle.
    this.#worker.unref();
    this.#worker.on('message', (reply: WorkerReply) => {
      this.#settle(reply);
    });
    let cause = 'the engine stopped';
    this.#worker.on('error', (error: Error) => {
      cause = `the engine stopped: ${error.message}`;
    });
    this.#worker.on('exit', () => {
      const expected = this.ended;
      this.ended = true;
      for (const { reject } of this.#pending.values()) reject(new Error(cause));
      this.#pending.clear();
      if (!expected) onDeath(cause);
    });
  }

  /** Rejects with the signal's reason as soon as it fires, but for opening; the engine then ends the work and its answer is dropped. */
  call(request: Call, { signal, progress }: WorkOptions = {}): Promise<unknown> {
    if (this.ended) return Promise.reject(new Error('the engine stopped'));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        // A core opens all the same, with what was fetched by then.
        if (request.kind !== 'open') reject(signal?.reason instanceof Error ? signal.reason : new Error('cancelled'));
        if (!this.ended) this.#worker.postMessage({ id: this.#next++, kind: 'cancel', request: id });
      };
      const settled = (): void => {
        signal?.removeEventListener('abort', abort);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#pending.set(id, {
        resolve: (value) => {
          settled();
          resolve(value);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        progress,
      });
      this.#worker.ref();
      this.#worker.postMessage({ ...request, id });
    });
  }

  async end(): Promise<void> {
    this.ended = true;
    await this.#worker.terminate();
  }

  #settle(reply: WorkerReply): void {
    const waiting = this.#pending.get(reply.id);
    if ('progress' in reply) {
      waiting?.progress?.(reply.progress);
      return;
    }
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if (waiting === undefined) return;
    if (reply.ok) waiting.resolve(reply.value);
    else
      waiting.reject(
        reply.openErrorCode === undefined
          ? new Error(reply.message)
          : new OpenError(reply.openErrorCode as OpenError['code'], reply.message),
      );
  }
}
