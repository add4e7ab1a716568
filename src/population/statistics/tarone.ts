/**
 * How many questions count: tests whose most extreme outcome could not be significant even so leave the family (Tarone 1990).
 *
 * @param smallest for each test, or group of equal tests, the ln p it could reach at best, and how many there are
 * @param logAlpha ln of the family-wise error rate
 * @returns the divisor k of alpha: at most k tests can reach alpha / k
 */
export function taroneFactor(
  smallest: readonly { readonly logP: number; readonly count: number }[],
  logAlpha: number,
): number {
  const ascending = [...smallest].sort((a, b) => a.logP - b.logP);
  let reached = 0;
  let factor = 1;
  for (const { logP, count } of ascending) {
    // With this many questions the level is alpha / factor; a test that cannot reach it asks none.
    if (logP > logAlpha - Math.log(Math.max(1, factor))) break;
    reached += count;
    factor = reached;
  }
  return Math.max(1, factor);
}
