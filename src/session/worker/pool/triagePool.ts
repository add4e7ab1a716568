import { Worker } from 'node:worker_threads';
import type { CoreEntry } from '../../coreSource.js';
import { holdsAddress } from '../../coreSources.js';
import { failedRow, type TriagedCore } from '../../triage.js';
import { type PoolReply, type PoolSettings, TRIAGE_THREAD } from './poolProtocol.js';

/** Cores that wait at a worker, so that it never waits. */
const AHEAD = 4;
/** Where servers are waited for. */
const REMOTE_AHEAD = 16;

/** Mebibytes for objects that live as long as one core does, three times what is in use at once. More is faster by little, and each thread has its own. */
const YOUNG = 24;

/** Triage in several threads. A core at which a thread dies becomes a row that says so, and another thread takes its place. */
export class TriagePool {
  readonly #threads: Thread[];

  /** @param script a bundle that calls `serveTriage` when its argument is `TRIAGE_THREAD` */
  constructor(
    private readonly script: string,
    count: number,
    private readonly settings: PoolSettings,
  ) {
    this.#threads = Array.from({ length: count }, () => this.#start());
  }

  /** So many cores keep all threads busy. */
  get capacity(): number {
    return this.#threads.length * (holdsAddress(this.settings.place.inputs) ? REMOTE_AHEAD : AHEAD);
  }

  /** Never rejects. */
  core(entry: CoreEntry): Promise<TriagedCore> {
    const [idlest] = [...this.#threads].sort((a, b) => a.load - b.load);
    if (idlest === undefined) throw new RangeError('a pool of no threads');
    return new Promise((resolve) => {
      idlest.ask({ entry, resolve });
    });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #start(): Thread {
    const thread = new Thread(this.script, this.settings, (left, cause) => {
      const place = this.#threads.indexOf(thread);
      const [culprit, ...rest] = left;
      culprit?.resolve({ row: failedRow(culprit.entry.source, new Error(cause)) });
      // Nothing was asked of it: it cannot even start, and neither would another.
      const next = culprit === undefined ? undefined : this.#start();
      if (next !== undefined && place >= 0) this.#threads[place] = next;
      for (const task of rest) next?.ask(task);
    });
    return thread;
  }
}

interface Task {
  readonly entry: CoreEntry;
  readonly resolve: (core: TriagedCore) => void;
}

class Thread {
  readonly #worker: Worker;
  readonly #tasks: Task[] = [];
  #ended = false;

  constructor(script: string, settings: PoolSettings, onDeath: (left: readonly Task[], cause: string) => void) {
    this.#worker = new Worker(script, {
      argv: [TRIAGE_THREAD],
      workerData: settings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    let cause = 'the thread ended';
    this.#worker.on('message', (reply: PoolReply) => {
      this.#tasks.shift()?.resolve(reply);
    });
    this.#worker.on('error', (error: Error) => {
      cause = error.message;
    });
    this.#worker.on('exit', () => {
      if (!this.#ended) onDeath(this.#tasks.splice(0), cause);
    });
  }

  get load(): number {
    return this.#tasks.length;
  }

  ask(task: Task): void {
    this.#tasks.push(task);
    this.#worker.postMessage(task.entry);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }
}
