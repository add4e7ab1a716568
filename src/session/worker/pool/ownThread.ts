import { coreSourceOf } from '../../coreSources.js';
import { failedRow, Triage } from '../../triage.js';
import type { Lane, PoolTask } from './lane.js';
import type { PoolSettings } from './poolProtocol.js';

/**
 * The thread that asks, which labels cores too. It is there at once, with its code compiled: in the time in which another starts it labels
 * a hundred. Between two cores it does what else it has to: replies of the other threads, rows that are written, signals.
 */
export class OwnThread implements Lane {
  readonly #triage: Triage;
  readonly #source: ReturnType<typeof coreSourceOf>;
  #busy = 0;

  /** @param atOnce more than one where servers are waited for */
  constructor(
    private readonly settings: PoolSettings,
    private readonly atOnce: number,
    private readonly onRoom: () => void,
  ) {
    this.#source = coreSourceOf(settings.place.inputs, settings.place);
    this.#triage = new Triage(settings.options, undefined, this.#source);
  }

  get room(): number {
    return this.atOnce - this.#busy;
  }

  take(task: PoolTask): void {
    this.#busy++;
    setImmediate(() => void this.#label(task));
  }

  async end(): Promise<void> {
    this.#triage.dispose();
    await this.#source.close?.();
  }

  async #label({ entry, resolve }: PoolTask): Promise<void> {
    try {
      resolve(await this.#triage.coreOf(entry, this.settings.wanted));
    } catch (error) {
      resolve({ row: failedRow(entry.source, error) });
    }
    this.#busy--;
    this.onRoom();
  }
}
