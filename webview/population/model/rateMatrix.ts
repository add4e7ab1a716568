/** How often it crashes for how much ran, by value and group; the values that are furthest above their due first. */
export interface RateMatrix {
  readonly rows: readonly RateRow[];
  /** Rows behind the ones that are shown. */
  readonly more: number;
  /** Rates are told for so many units, a power of ten: the highest that is shown is a number above 1. */
  readonly per: number;
}

export interface RateRow {
  readonly code: number;
  readonly exposure: number;
  readonly cells: readonly RateCell[];
}

export interface RateCell {
  readonly count: number;
  /** What would stand here if it crashed for how much ran as it does everywhere. */
  readonly expected: number;
  /** Distance from that in standard deviations of a Poisson count. */
  readonly residual: number;
  /** Crashes for each unit. */
  readonly rate: number;
}

/**
 * Makes the matrix from counts as `Crossfilter.count` gives them.
 *
 * @param exposureOf how much ran of a value by its code; values without any are left out
 */
export function rateMatrixOf(
  counts: Uint32Array,
  groups: number,
  exposureOf: (code: number) => number | undefined,
  most: number,
): RateMatrix {
  const known: { readonly code: number; readonly exposure: number }[] = [];
  const totals = new Array<number>(groups).fill(0);
  let all = 0;
  for (let code = 1; code < counts.length / groups; code++) {
    const exposure = exposureOf(code) ?? 0;
    if (!(exposure > 0)) continue;
    known.push({ code, exposure });
    all += exposure;
    for (let group = 0; group < groups; group++)
      totals[group] = (totals[group] ?? 0) + (counts[code * groups + group] ?? 0);
  }
  const rows = known.map(({ code, exposure }) => ({
    code,
    exposure,
    cells: totals.map((total, group) => cell(counts[code * groups + group] ?? 0, exposure, (total * exposure) / all)),
  }));
  const excess = ({ cells }: RateRow) =>
    cells.reduce((largest, { residual }) => Math.max(largest, residual), -Infinity);
  rows.sort((a, b) => excess(b) - excess(a) || a.code - b.code);
  const shown = rows.slice(0, most);
  const highest = shown.reduce((top, { cells }) => cells.reduce((most, { rate }) => Math.max(most, rate), top), 0);
  const per = highest > 0 ? 10 ** Math.max(0, Math.ceil(-Math.log10(highest))) : 1;
  return { rows: shown, more: rows.length - shown.length, per };
}

function cell(count: number, exposure: number, expected: number): RateCell {
  return {
    count,
    expected,
    residual: expected > 0 ? (count - expected) / Math.sqrt(expected) : 0,
    rate: count / exposure,
  };
}
