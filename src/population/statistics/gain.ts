/** Natural log-likelihood that a split in two gains over one common share: half of the G statistic. Whole counts; at least 0. */
export function splitGain(casesInside: number, inside: number, casesOutside: number, outside: number): number {
  const cases = casesInside + casesOutside;
  const all = inside + outside;
  const gain =
    xlogx(casesInside) +
    xlogx(inside - casesInside) -
    xlogx(inside) +
    xlogx(casesOutside) +
    xlogx(outside - casesOutside) -
    xlogx(outside) -
    (xlogx(cases) + xlogx(all - cases) - xlogx(all));
  return Math.max(0, gain);
}

/**
 * Pearson's statistic of the same split, without a logarithm: an upper bound of the gain, since divergence is at most the chi-squared
 * distance. `cases` and `all` are those of both sides.
 */
export function pearson(casesInside: number, inside: number, cases: number, all: number): number {
  const distance = casesInside * all - inside * cases;
  const spread = inside * (all - inside) * cases * (all - cases);
  return spread > 0 ? (distance * distance * all) / spread : 0;
}

const TABLED = 1 << 16;
let table: Float64Array | undefined;

/** x ln x, from a table for the counts that come again and again. */
function xlogx(x: number): number {
  table ??= Float64Array.from({ length: TABLED }, (_, i) => (i > 0 ? i * Math.log(i) : 0));
  return x < TABLED ? (table[x] ?? 0) : x * Math.log(x);
}
