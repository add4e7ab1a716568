import type { CoreEntry } from '../../coreSource.js';
import { holdsAddress } from '../../coreSources.js';
import { failedRow, type TriagedCore } from '../../triage.js';
import type { Lane, PoolTask } from './lane.js';
import { OwnThread } from './ownThread.js';
import type { PoolSettings } from './poolProtocol.js';
import { PoolThread } from './poolThread.js';

/** Cores that wait at a thread: more than it labels while this one labels one. */
const AHEAD = 8;
/** Where servers are waited for. */
const REMOTE_AHEAD = 16;
/** Rows of a thread that may wait for an earlier one of another: as many as are made while a thread warms up. */
const WAITING = 64;

/**
 * Triage in several threads, the one that asks among them. A core at which another thread dies becomes a row that says so, and a new thread
 * takes its place.
 */
export class TriagePool {
  readonly #queue: PoolTask[] = [];
  readonly #lanes: Lane[];
  #ended = false;

  /**
   * @param script a bundle that calls `serveTriage` when its argument is `TRIAGE_THREAD`
   * @param count at least 1, which is the one that asks
   */
  constructor(
    private readonly script: string,
    private readonly count: number,
    private readonly settings: PoolSettings,
  ) {
    const threads = Array.from({ length: count - 1 }, () => this.#start());
    const own = new OwnThread(settings, this.#isRemote ? REMOTE_AHEAD : 1, () => {
      this.#feed();
    });
    this.#lanes = [own, ...threads];
  }

  /** So many cores keep all threads busy, even when one takes long over the first of them. */
  get capacity(): number {
    return this.count * WAITING;
  }

  /** Never rejects. Waits for ever once the pool is disposed of. */
  core(entry: CoreEntry): Promise<TriagedCore> {
    return new Promise((resolve) => {
      this.#queue.push({ entry, resolve });
      this.#feed();
    });
  }

  async dispose(): Promise<void> {
    this.#ended = true;
    this.#queue.splice(0);
    await Promise.all(this.#lanes.map((lane) => lane.end()));
  }

  get #isRemote(): boolean {
    return holdsAddress(this.settings.place.inputs);
  }

  #feed(): void {
    if (this.#ended) return;
    for (const lane of this.#lanes) {
      for (let room = lane.room; room > 0; room--) {
        const task = this.#queue.shift();
        if (task === undefined) return;
        lane.take(task);
      }
    }
  }

  #start(): PoolThread {
    const thread = new PoolThread(
      this.script,
      this.settings,
      this.#isRemote ? REMOTE_AHEAD : AHEAD,
      () => {
        this.#feed();
      },
      (left, cause) => {
        const [culprit, ...rest] = left;
        culprit?.resolve({ row: failedRow(culprit.entry.source, new Error(cause)) });
        this.#queue.unshift(...rest);
        const place = this.#lanes.indexOf(thread);
        // One at which nothing was asked cannot even start, and neither would another.
        if (culprit === undefined) this.#lanes.splice(place, 1);
        else this.#lanes[place] = this.#start();
        this.#feed();
      },
    );
    return thread;
  }
}
