/** What is read without waiting lets signals and timers have their turn. */
export class Breath {
  #since = performance.now();

  /** Resolves at once, or, every so often, when all that waits was done. */
  async taken(): Promise<void> {
    if (performance.now() - this.#since < MOST) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#since = performance.now();
  }
}

/** Milliseconds without waiting. */
const MOST = 50;
