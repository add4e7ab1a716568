import { Worker } from 'node:worker_threads';
import type { Lane, PoolTask } from './lane.js';
import { type PoolReply, type PoolSettings, READY, TRIAGE_THREAD } from './poolProtocol.js';

/** Mebibytes for objects that live as long as one core does, three times what is in use at once. More is faster by little, and each thread has its own. */
const YOUNG = 24;

/** One thread besides the one that asks. */
export class PoolThread implements Lane {
  readonly #worker: Worker;
  readonly #tasks: PoolTask[] = [];
  #ready = false;
  #ended = false;

  /**
   * @param script a bundle that calls `serveTriage` when its argument is `TRIAGE_THREAD`
   * @param ahead cores that wait at it, so that it never waits
   * @param onDeath told what it has left: first the core at which it died, if there was one
   */
  constructor(
    script: string,
    settings: PoolSettings,
    private readonly ahead: number,
    private readonly onRoom: () => void,
    onDeath: (left: readonly PoolTask[], cause: string) => void,
  ) {
    this.#worker = new Worker(script, {
      argv: [TRIAGE_THREAD],
      workerData: settings,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    });
    let cause = 'the thread ended';
    this.#worker.on('message', (reply: PoolReply) => {
      if (reply === READY) this.#ready = true;
      else this.#tasks.shift()?.resolve(reply);
      this.onRoom();
    });
    this.#worker.on('error', (error: Error) => {
      cause = error.message;
    });
    this.#worker.on('exit', () => {
      if (this.#ended) return;
      this.#ready = false;
      onDeath(this.#tasks.splice(0), cause);
    });
  }

  get room(): number {
    return this.#ready ? this.ahead - this.#tasks.length : 0;
  }

  take(task: PoolTask): void {
    this.#tasks.push(task);
    this.#worker.postMessage(task.entry);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }
}
