/** A repeatable source of random numbers in [0, 1): the same seed gives the same report. */
export type Random = () => number;

/** PCG-like mixing of a 32-bit counter (the "mulberry32" generator): good enough for permutations, and fast. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Puts a list into an order in which every other is as likely (Fisher and Yates), in place. */
export function shuffle<T extends Int32Array | Uint8Array>(list: T, random: Random): T {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = list[i] ?? 0;
    list[i] = list[j] ?? 0;
    list[j] = swapped;
  }
  return list;
}
