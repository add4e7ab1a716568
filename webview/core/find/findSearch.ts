import { pagesOf } from '../paging.js';
import { type Findable, type FindQuery, matcher } from './findQuery.js';

/** More matches help nobody. */
const MOST_MATCHES = 10_000;

/** Where something was found. */
export interface Match {
  readonly part: Findable;
  readonly key: number;
}

/**
 * Looks through all parts of a page, row after row, and tells what it found so far after each batch. The caller may stop it at any time.
 *
 * @returns a sentence when the query cannot be run
 */
export async function search(
  parts: readonly Findable[],
  query: FindQuery,
  signal: AbortSignal,
  onFound: (found: Found) => void,
): Promise<string | undefined> {
  const matches = matcher(query);
  if (typeof matches === 'string') return matches;
  const found: Match[] = [];
  const report = (done: boolean): void => {
    if (!signal.aborted) onFound({ matches: found, done, more: found.length >= MOST_MATCHES });
  };
  if (matches !== undefined) {
    for (const part of parts) {
      const keys = new Set<number>();
      for await (const rows of part.texts(signal)) {
        if (signal.aborted) return undefined;
        for (const { key, text } of rows) {
          if (found.length >= MOST_MATCHES) break;
          if (keys.has(key) || !matches(text)) continue;
          keys.add(key);
          found.push({ part, key });
        }
        part.mark?.(keys);
        report(false);
        if (found.length >= MOST_MATCHES) break;
      }
    }
  }
  report(true);
  return undefined;
}

export interface Found {
  readonly matches: readonly Match[];
  readonly done: boolean;
  /** There are more than were kept. */
  readonly more: boolean;
}

/** The rows of a list that is there as a whole. */
export async function* rowsOf(texts: readonly string[]): AsyncIterable<readonly { key: number; text: string }[]> {
  await Promise.resolve();
  yield texts.map((text, key) => ({ key, text }));
}

/** The rows of a list that comes in pages. */
export async function* rowsOfPages<T>(
  fetch: (from: number, count: number) => Promise<{ readonly total: number; readonly items: readonly T[] }>,
  text: (item: T) => string,
  signal: AbortSignal,
): AsyncIterable<readonly { key: number; text: string }[]> {
  let from = 0;
  for await (const items of pagesOf(fetch)) {
    if (signal.aborted) return;
    yield items.map((item, index) => ({ key: from + index, text: text(item) }));
    from += items.length;
  }
}
