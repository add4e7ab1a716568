/** The shortest ends of two paths or addresses that differ: of `a/x/core` and `a/y/core`, `x/core` and `y/core`. */
export function tellApart(left: string, right: string): readonly [string, string] {
  const [l, r] = [left.split('/'), right.split('/')];
  let parts = 1;
  while (parts < Math.max(l.length, r.length) && endOf(l, parts) === endOf(r, parts)) parts++;
  return [endOf(l, parts), endOf(r, parts)];
}

function endOf(path: readonly string[], parts: number): string {
  return path.slice(-parts).join('/');
}
