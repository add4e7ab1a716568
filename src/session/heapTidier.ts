import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage every so often in a long run. Left alone, V8 lets what it sets aside grow with the length of the run, so that a
 * hundred thousand cores would need more memory than a thousand.
 */
export class HeapTidier {
  #left: number;

  /** @param every so many pieces of work; a collection takes some tens of milliseconds */
  constructor(private readonly every: number) {
    this.#left = every;
  }

  /** One piece of work is done. */
  done(): void {
    if (--this.#left > 0) return;
    this.#left = this.every;
    collect();
  }
}

/** The engine's own collection, which it gives only to contexts made after it was asked to. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof gc === 'function') (gc as () => void)();
}
