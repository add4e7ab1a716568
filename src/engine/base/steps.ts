/**
 * Long work that is done in steps of about a millisecond: whoever runs it decides when to go on and whether. Yields how much of it is
 * done, 0 to 1; returns the result.
 */
export type Steps<T> = Generator<number, T, undefined>;

/** Work that is short, as steps. */

export function* oneStep<T>(work: () => T): Steps<T> {
  return work();
}

/** Does all of it at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
