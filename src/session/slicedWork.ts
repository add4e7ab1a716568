import type { Steps } from '../engine/base/steps.js';

/** So long work goes on before others have their turn, in milliseconds. */
const SLICE = 10;
/** Progress is told no more often than this, in milliseconds. */
const TELL_EVERY = 50;

/** How long work is watched and ended. */
export interface WorkOptions {
  /** Ends the work within a slice; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told from time to time how much is done, 0 to 1. */
  readonly progress?: ((done: number) => void) | undefined;
}

/** Does work in slices of the thread's time, so that requests and cancellations come in between. Short work is done at once. */
export async function inSlices<T>(steps: Steps<T>, { signal, progress }: WorkOptions = {}): Promise<T> {
  let told = Date.now();
  try {
    for (;;) {
      const until = Date.now() + SLICE;
      let done = 0;
      do {
        signal?.throwIfAborted();
        const step = steps.next();
        if (step.done === true) return step.value;
        done = step.value;
      } while (Date.now() < until);
      if (progress !== undefined && Date.now() - told >= TELL_EVERY) {
        told = Date.now();
        progress(done);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    steps.return(undefined as T);
  }
}
