import type { CoreSession, OpenedCore, OpenOptions } from '../../session/coreSession.js';

/** Cores that stay open between calls, so that the next question about one is quick. */
const MOST_OPEN = 8;

/** Cores by their place; those not asked for longest are closed. */
export class OpenCores {
  readonly #open = new Map<string, Promise<OpenedCore>>();

  constructor(
    private readonly session: CoreSession,
    private readonly options: OpenOptions,
  ) {}

  /** Rejects with OpenError when it cannot be opened as a core. */
  async at(path: string): Promise<OpenedCore> {
    const known = this.#open.get(path);
    this.#open.delete(path);
    const core = known ?? this.session.open(path, this.options);
    this.#open.set(path, core);
    try {
      const opened = await core;
      await this.#evict();
      return opened;
    } catch (error) {
      // The next call tries again.
      this.#open.delete(path);
      throw error;
    }
  }

  async #evict(): Promise<void> {
    for (const [path, core] of this.#open) {
      if (this.#open.size <= MOST_OPEN) return;
      this.#open.delete(path);
      await (await core).close();
    }
  }
}
