/** p-values corrected by Benjamini and Hochberg: of those at most q, the expected share of false ones is at most q. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = new Array<number>(p.length).fill(1);
  let least = 1;
  for (let rank = order.length; rank >= 1; rank--) {
    const index = order[rank - 1] ?? 0;
    least = Math.min(least, ((p[index] ?? 1) * p.length) / rank);
    adjusted[index] = least;
  }
  return adjusted;
}

/** p-values corrected by Holm: the probability of any false one at most q is at most q. */
export function holm(p: readonly number[]): number[] {
  const order = ascending(p);
  const adjusted = new Array<number>(p.length).fill(1);
  let most = 0;
  order.forEach((index, rank) => {
    most = Math.max(most, Math.min(1, (p[index] ?? 1) * (p.length - rank)));
    adjusted[index] = most;
  });
  return adjusted;
}

function ascending(p: readonly number[]): number[] {
  return p.map((_, index) => index).sort((a, b) => (p[a] ?? 1) - (p[b] ?? 1));
}
