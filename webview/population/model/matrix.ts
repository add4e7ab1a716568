/** A table of values by groups, the most frequent values first. */
export interface Matrix {
  readonly rows: readonly MatrixRow[];
  /** Rows of the table behind the ones that are shown. */
  readonly more: number;
  /** Sum of each group over all values. */
  readonly totals: readonly number[];
  readonly total: number;
}

export interface MatrixRow {
  readonly code: number;
  readonly total: number;
  readonly cells: readonly MatrixCell[];
}

export interface MatrixCell {
  readonly count: number;
  /** What would stand here if value and group had nothing to do with each other. */
  readonly expected: number;
  /** Adjusted standardized residual: beyond 3 the cell is unlikely to stand here by chance. 0 where it says nothing. */
  readonly residual: number;
}

/** Makes the matrix from counts as `Crossfilter.count` gives them. The row of "no value" (code 0) is left out. */
export function matrixOf(counts: Uint32Array, groups: number, most: number): Matrix {
  const size = counts.length / groups;
  const totals = new Array<number>(groups).fill(0);
  const sums: { readonly code: number; readonly total: number }[] = [];
  let all = 0;
  for (let code = 1; code < size; code++) {
    let total = 0;
    for (let group = 0; group < groups; group++) {
      const count = counts[code * groups + group] ?? 0;
      total += count;
      totals[group] = (totals[group] ?? 0) + count;
    }
    all += total;
    if (total > 0) sums.push({ code, total });
  }
  sums.sort((a, b) => b.total - a.total || a.code - b.code);
  const rows = sums.slice(0, most).map(({ code, total }) => ({
    code,
    total,
    cells: totals.map((sum, group) => cell(counts[code * groups + group] ?? 0, total, sum, all)),
  }));
  return { rows, more: sums.length - rows.length, totals, total: all };
}

function cell(count: number, row: number, column: number, all: number): MatrixCell {
  const expected = all === 0 ? 0 : (row * column) / all;
  const variance = all === 0 ? 0 : expected * (1 - row / all) * (1 - column / all);
  return { count, expected, residual: variance > 0 ? (count - expected) / Math.sqrt(variance) : 0 };
}
