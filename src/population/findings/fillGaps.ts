import type { CategoryColumn } from '../../shared/columnTable.js';

/** One column tells another when the same value of it goes with the same value of the other this often. */
const ALWAYS = 0.995;
/** Seen together so often for each value, on average: else agreement means little. */
const SEEN = 3;
/** Gaps of fewer rows than this share are not worth the search. */
const WORTH = 0.005;
const MOST_TELLING = 3;
/** Rows times columns squared up to which every column is asked for every other. */
const ALL_TOLD = 1e8;

/** Columns with gaps filled, and which columns the machine's column tells. */
export interface Filled {
  readonly columns: readonly CategoryColumn[];
  /** Of `columns`: what belongs to the machine (region, rack, SKU). */
  readonly told: readonly CategoryColumn[];
}

/**
 * Metadata have gaps, but a host has one region and one SKU: where the column of the machine (or another with many values) tells a
 * column, its gaps are filled from there.
 */
export function fillGaps(columns: readonly CategoryColumn[], node: CategoryColumn | undefined): Filled {
  const rows = columns[0]?.codes.length ?? 0;
  const most = rows * columns.length * columns.length <= ALL_TOLD ? columns.length : MOST_TELLING;
  const telling = [...columns].sort((a, b) => b.values.length - a.values.length).slice(0, most);
  const sources = node === undefined ? telling : [node, ...telling.filter(({ name }) => name !== node.name)];
  const told: CategoryColumn[] = [];
  const filled = columns.map((column) => {
    let result = column;
    for (const source of sources) {
      if (source.name === column.name || source.values.length <= column.values.length / 2) continue;
      const isNode = source === node;
      if (!isNode && missingShare(result) < WORTH) continue;
      const known = toldBy(source, column);
      if (known === undefined) continue;
      if (missingShare(result) >= WORTH) result = filledFrom(result, source, known);
      if (isNode) told.push(result);
    }
    // `told` holds the column as it is after all sources.
    const at = told.findIndex(({ name }) => name === column.name);
    if (at >= 0) told[at] = result;
    return result;
  });
  return { columns: filled, told };
}

function missingShare({ codes }: CategoryColumn): number {
  let missing = 0;
  for (const code of codes) if (code < 0) missing++;
  return codes.length === 0 ? 0 : missing / codes.length;
}

/** For each value of the source the value of the target that it goes with; undefined where it does not always. */
export function toldBy(source: CategoryColumn, target: CategoryColumn): Int32Array | undefined {
  const first = new Int32Array(source.values.length).fill(-1);
  let agree = 0;
  let seen = 0;
  const counts = new Int32Array(target.values.length);
  // The first value met stands for all: where one value is nearly always right, it mostly is the first.
  for (let row = 0; row < source.codes.length; row++) {
    const from = source.codes[row] ?? -1;
    const to = target.codes[row] ?? -1;
    if (from < 0 || to < 0) continue;
    counts[to] = (counts[to] ?? 0) + 1;
    if (first[from] === -1) {
      first[from] = to;
      continue;
    }
    seen++;
    if (first[from] === to) agree++;
  }
  const most = counts.reduce((largest, count) => Math.max(largest, count), 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  // A column that is nearly constant agrees with everything.
  if (seen < SEEN * Math.min(source.values.length, 10) || agree < ALWAYS * seen || most > 0.95 * all) return undefined;
  return first;
}

function filledFrom(column: CategoryColumn, source: CategoryColumn, known: Int32Array): CategoryColumn {
  const codes = Int32Array.from(column.codes, (code, row) =>
    code >= 0 ? code : (known[source.codes[row] ?? -1] ?? -1),
  );
  return { ...column, codes };
}
