/**
 * Applies `task` to items as they come, up to `width` of them under way at once, and gives the results in the order of the items. What
 * is under way when the caller stops is waited for by nobody; its errors are dropped.
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  width: number,
  task: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = task(item);
      // Whoever waits for it is told of its error; until then it must not count as unhandled.
      result.catch(() => undefined);
      underWay.push(result);
      if (underWay.length >= width) {
        const [first] = underWay.splice(0, 1);
        if (first !== undefined) yield await first;
      }
    }
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) yield await next;
  } finally {
    underWay.length = 0;
  }
}
