/** How a likelihood compares with that of the finding beside it, of which `bits` is the logarithm of the ratio: `3 times less likely`. */
export function likelihoodText(bits: number): string {
  const times = 2 ** Math.abs(bits);
  return times < 1.25 ? 'as likely' : `${Number(times.toPrecision(2))} times ${bits > 0 ? 'less' : 'more'} likely`;
}
