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
