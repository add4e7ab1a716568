import type { OpenedFile } from './openedFile.js';

/** How often a question is put again after more of the file was fetched. */
const MOST_ROUNDS = 8;

/**
 * Puts a question to a core whose file may not be here as a whole: what the answer missed is fetched, and the question put again, until
 * nothing was missed. `complete` says whether it came to that.
 */
export async function askAgain<T>(
  file: OpenedFile,
  ask: () => T | Promise<T>,
  signal?: AbortSignal,
): Promise<Asked<T>> {
  let answer = await ask();
  for (let round = 0; round < MOST_ROUNDS && (await file.fetchMissing?.(signal)) === true; round++)
    answer = await ask();
  return { answer, complete: file.hasMissing?.() !== true };
}

export interface Asked<T> {
  readonly answer: T;
  readonly complete: boolean;
}

/** In the words of a row's problems, when the rounds did not suffice. */
export const NOT_FETCHED = {
  code: 'not-fetched',
  message: `after ${MOST_ROUNDS} rounds of fetching, bytes that the answer rests on were still not here: it is not final`,
} as const;
