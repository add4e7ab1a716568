/** ln of the upper tail of the standard normal distribution; exact to about 1e-13 relative, however far out. */
export function normalLogTail(z: number): number {
  if (z < 0) return Math.log1p(-Math.exp(normalLogTail(-z)));
  if (z < 5) return Math.log(tailByContinuedSeries(z));
  // Mills' ratio as a continued fraction.
  let fraction = 0;
  for (let k = 120; k >= 1; k--) fraction = k / (z + fraction);
  return -0.5 * z * z - Math.log(z + fraction) - HALF_LOG_TWO_PI;
}

/** ln p of a two-sided test. */
export function twoSidedNormalLogP(z: number): number {
  return Math.min(0, Math.LN2 + normalLogTail(Math.abs(z)));
}

/** The z with the upper tail `p`; 0 < p < 1. */
export function normalQuantileOfTail(p: number): number {
  const target = Math.log(p);
  let low = -40;
  let high = 40;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (normalLogTail(middle) > target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const HALF_LOG_TWO_PI = 0.918_938_533_204_672_7;

function tailByContinuedSeries(z: number): number {
  // 1/2 - density * (z + z^3/3 + z^5/15 + ...): all terms positive.
  let term = z;
  let sum = z;
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  const body = sum * Math.exp(-0.5 * z * z - HALF_LOG_TWO_PI);
  if (body < 0.499) return 0.5 - body;
  let fraction = 0;
  for (let k = 400; k >= 1; k--) fraction = k / (z + fraction);
  return Math.exp(-0.5 * z * z - HALF_LOG_TWO_PI) / (z + fraction);
}
