/** So many are seen before the first is handed on: enough to lay out a table. */
const AHEAD = 512;

/** The first items of a sequence, and the whole of it, which can be gone through once. */
export async function lookAhead<T>(
  items: AsyncIterable<T> | Iterable<T>,
  most = AHEAD,
): Promise<{ readonly first: readonly T[]; readonly all: AsyncIterable<T> }> {
  const iterator = iterate(items);
  const first: T[] = [];
  let ended = false;
  while (first.length < most && !ended) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else first.push(next.value);
  }
  return { first, all: chain(first, ended ? undefined : iterator) };
}

async function* iterate<T>(items: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T, void> {
  yield* items;
}

async function* chain<T>(first: readonly T[], rest: AsyncGenerator<T, void> | undefined): AsyncIterable<T> {
  yield* first;
  if (rest !== undefined) yield* rest;
}
