import { expect } from 'vitest';

/** Polls until it is as expected. What is waited for comes when it comes: a busy machine is no failure. */
export function soon<T>(probe: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(probe, { timeout: 15_000 });
}
