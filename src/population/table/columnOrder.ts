/** Rows whose order of columns is looked at. */
const MOST_ROWS = 1000;

/**
 * The order in which a table has its columns, where no row has all of them: as each row has them, by first sight where rows do not tell or
 * contradict each other.
 */
export class ColumnOrder {
  private readonly after = new Map<string, Set<string>>();
  private row = -1;
  private last: string | undefined;

  /** A cell of a row, in the row's own order. */
  see(row: number, name: string): void {
    if (row >= MOST_ROWS) return;
    if (row === this.row && this.last !== undefined && this.last !== name && !this.isAfter(this.last, name)) {
      const followers = this.after.get(this.last) ?? new Set();
      this.after.set(this.last, followers.add(name));
    }
    this.row = row;
    this.last = name;
  }

  private isAfter(name: string, other: string): boolean {
    return this.after.get(other)?.has(name) === true;
  }

  /** @param names in the order of first sight */
  order(names: readonly string[]): string[] {
    const waitsFor = new Map(names.map((name) => [name, 0]));
    for (const followers of this.after.values())
      for (const name of followers) waitsFor.set(name, (waitsFor.get(name) ?? 0) + 1);
    const left = new Set(names);
    const ordered: string[] = [];
    while (left.size > 0) {
      const next = this.nextOf(left, waitsFor);
      if (next === undefined) break;
      left.delete(next);
      ordered.push(next);
      for (const name of this.after.get(next) ?? []) waitsFor.set(name, (waitsFor.get(name) ?? 0) - 1);
    }
    return ordered;
  }

  /** The first that waits for no other, else the first. */
  private nextOf(left: ReadonlySet<string>, waitsFor: ReadonlyMap<string, number>): string | undefined {
    let first: string | undefined;
    for (const name of left) {
      if ((waitsFor.get(name) ?? 0) <= 0) return name;
      first ??= name;
    }
    return first;
  }
}
