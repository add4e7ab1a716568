/** Rows asked for at once where all are wanted. */
const PAGE = 512;

/** All items of a list that comes in pages, page after page. */
export async function* pagesOf<T>(
  fetch: (from: number, count: number) => Promise<{ readonly total: number; readonly items: readonly T[] }>,
): AsyncIterable<readonly T[]> {
  for (let from = 0; ; from += PAGE) {
    const { total, items } = await fetch(from, PAGE);
    yield items;
    if (from + items.length >= total || items.length === 0) return;
  }
}
