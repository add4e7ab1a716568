/** Counts around a circle (hours of a day, of a week), of one stratum: all, and cases among them. Same length. */
export interface CircleCounts {
  readonly all: ArrayLike<number>;
  readonly cases: ArrayLike<number>;
}

/**
 * ln p that cases lie around the circle as all do: the score test of the first harmonic in a logistic regression, conditional on the
 * number of cases in each stratum. Chi-squared with two degrees of freedom, whose tail is an exponential.
 */
export function harmonicLogP(strata: readonly CircleCounts[]): number {
  let u = 0;
  let v = 0;
  let uu = 0;
  let uv = 0;
  let vv = 0;
  for (const { all, cases } of strata) {
    const places = all.length;
    let n = 0;
    let k = 0;
    let c = 0;
    let s = 0;
    let cc = 0;
    let cs = 0;
    let ss = 0;
    let caseC = 0;
    let caseS = 0;
    for (let i = 0; i < places; i++) {
      const angle = (2 * Math.PI * (i + 0.5)) / places;
      const x = Math.cos(angle);
      const y = Math.sin(angle);
      const here = all[i] ?? 0;
      const own = cases[i] ?? 0;
      n += here;
      k += own;
      c += here * x;
      s += here * y;
      cc += here * x * x;
      cs += here * x * y;
      ss += here * y * y;
      caseC += own * x;
      caseS += own * y;
    }
    if (n < 2 || k === 0 || k === n) continue;
    const factor = (k * (n - k)) / (n * (n - 1));
    u += caseC - (k * c) / n;
    v += caseS - (k * s) / n;
    uu += factor * (cc - (c * c) / n);
    uv += factor * (cs - (c * s) / n);
    vv += factor * (ss - (s * s) / n);
  }
  const determinant = uu * vv - uv * uv;
  if (!(determinant > 1e-12 * uu * vv)) return 0;
  return Math.min(0, -(u * u * vv - 2 * u * v * uv + v * v * uu) / (2 * determinant));
}
