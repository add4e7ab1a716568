import type { CoreRow } from '../shared/report.js';

/** How many rows there are of each label and kind. Holds no rows. */
export class TriageCounts {
  readonly #counts = new Map<string, number>();
  total = 0;

  add(row: Pick<CoreRow, 'status' | 'label' | 'kind'>): void {
    const key = row.status === 'unreadable' ? 'unreadable' : `${row.label ?? '?'} / ${row.kind ?? '?'}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    this.total++;
  }

  /** The most frequent first. */
  sorted(): [key: string, count: number][] {
    return [...this.#counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }
}
