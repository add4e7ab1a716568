import type { CategoryColumn } from '../../shared/columnTable.js';

/** How often each value of a column comes, by its code, and how many rows have one at all. */
export function valueCounts({ values, codes }: Pick<CategoryColumn, 'values' | 'codes'>): {
  readonly counts: Int32Array;
  readonly known: number;
  readonly most: number;
} {
  const counts = new Int32Array(values.length);
  let known = 0;
  for (const code of codes)
    if (code >= 0) {
      counts[code] = (counts[code] ?? 0) + 1;
      known++;
    }
  return { counts, known, most: counts.reduce((largest, count) => Math.max(largest, count), 0) };
}
