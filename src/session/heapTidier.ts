import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects garbage in a long run whenever a thread's old objects have grown by so much. Left alone, V8 lets what it sets aside grow with
 * the length of the run, so that a hundred thousand cores would need more memory than a thousand.
 */
export class HeapTidier {
  #untilLook = LOOK_EVERY;
  #least = Number.POSITIVE_INFINITY;

  /** One piece of work is done. */
  done(): void {
    if (--this.#untilLook > 0) return;
    this.#untilLook = LOOK_EVERY;
    const bytes = oldBytes();
    if (bytes - this.#least > GROWTH) {
      collect();
      this.#least = oldBytes();
    } else this.#least = Math.min(this.#least, bytes);
  }
}

/** Pieces of work between two looks, each of which takes some microseconds. */
const LOOK_EVERY = 32;
/** A collection takes some tens of milliseconds: what a few hundred cores leave behind is worth it. */
const GROWTH = 6 << 20;

/** What has outlived the collections of young objects, living or not. */
function oldBytes(): number {
  let bytes = 0;
  for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics())
    if (!name.startsWith('new_')) bytes += used;
  return bytes;
}

/** The engine's own collection, which it gives only to contexts made after it was asked to. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  if (typeof gc === 'function') (gc as () => void)();
}
