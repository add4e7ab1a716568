import type { Page } from '../../src/shared/queries.js';

/** Rows asked for at once. */
const PAGE_ROWS = 128;

/**
 * Pages of a long answer, fetched when their rows come into view. `onPage` is called as each arrives; a page that failed is asked
 * for again when its rows are wanted the next time.
 */
export class PageCache<T> {
  readonly #fetch: (from: number, count: number) => Promise<Page<T>>;
  readonly #onPage: (page: Page<T>) => void;
  readonly #pages = new Map<number, readonly T[] | 'awaited'>();

  constructor(fetch: (from: number, count: number) => Promise<Page<T>>, onPage: (page: Page<T>) => void) {
    this.#fetch = fetch;
    this.#onPage = onPage;
  }

  /** The row, or undefined while it is not there. */
  at(index: number): T | undefined {
    const page = this.#pages.get(Math.floor(index / PAGE_ROWS));
    return page === undefined || page === 'awaited' ? undefined : page[index % PAGE_ROWS];
  }

  /** Asks for the pages that hold these rows. */
  want(first: number, last: number): void {
    for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) {
      if (this.#pages.has(page)) continue;
      this.#pages.set(page, 'awaited');
      this.#fetch(page * PAGE_ROWS, PAGE_ROWS).then(
        (answer) => {
          this.#pages.set(page, answer.items);
          this.#onPage(answer);
        },
        () => {
          this.#pages.delete(page);
        },
      );
    }
  }
}
