import { splitGain } from './gain.js';
import { logChoose } from './logFactorial.js';

/**
 * ln p that the best of all cuts gains this much or more when the cases lie anywhere: exact, given how many episodes each bin has. Cuts are
 * no independent questions, so that their number times the p of one is far too much: cases are dealt out bin by bin, and what is still
 * below the gain at every edge so far is carried on (the lattice paths of exact tests of order, as Miller and Siegmund's maximally
 * selected chi-squared has them in the limit). At most 0.
 *
 * @param sizes episodes of each bin
 * @param cases of all bins together
 * @param gain as of `splitGain`
 */
export function bestCutLogP(sizes: ArrayLike<number>, cases: number, gain: number): number {
  let all = 0;
  for (let bin = 0; bin < sizes.length; bin++) all += sizes[bin] ?? 0;
  if (cases === 0 || cases === all) return 0;
  // By the number of cases so far, the probability of having got there below the gain.
  let below = new Float64Array(cases + 1);
  let next = new Float64Array(cases + 1);
  below[0] = 1;
  let [least, most] = [0, 0];
  let seen = 0;
  let reached = 0;
  for (let bin = 0; bin + 1 < sizes.length; bin++) {
    const size = sizes[bin] ?? 0;
    if (size === 0) continue;
    const rest = all - seen;
    next.fill(0, least, Math.min(cases, most + size) + 1);
    for (let so = least; so <= most; so++) {
      const probability = below[so] ?? 0;
      if (probability > 0) deal(probability, so, size, rest, cases - so, next);
    }
    seen += size;
    const [from, to] = [Math.max(least, cases - (all - seen)), Math.min(cases, most + size)];
    [least, most] = [to, from];
    for (let so = from; so <= to; so++) {
      const probability = next[so] ?? 0;
      if (probability === 0) continue;
      if (splitGain(so, seen, cases - so, all - seen) >= gain - ROUNDING) {
        reached += probability;
        next[so] = 0;
      } else {
        least = Math.min(least, so);
        most = Math.max(most, so);
      }
    }
    if (least > most) break;
    [below, next] = [next, below];
  }
  return Math.min(0, Math.log(reached));
}

/** Whether cuts of the same bins are as good as asked for, each worked out as seldom as can be: the larger the gain the smaller is p. */
export class CutTests {
  /** By cases and limit: the least gain known to be good enough, and the largest known not to be. */
  readonly #known = new Map<string, { good: number; bad: number }>();

  /**
   * Whether `bestCutLogP` of these is at most `limit`.
   *
   * @param sizes the same at every call
   */
  asGood(sizes: ArrayLike<number>, cases: number, gain: number, limit: number): boolean {
    const key = `${cases}/${limit}`;
    const known = this.#known.get(key) ?? { good: Infinity, bad: -Infinity };
    this.#known.set(key, known);
    if (gain >= known.good) return true;
    if (gain <= known.bad) return false;
    const good = bestCutLogP(sizes, cases, gain) <= limit;
    if (good) known.good = gain;
    else known.bad = gain;
    return good;
  }
}

const ROUNDING = 1e-9;
/** Terms of a hypergeometric distribution this far below its largest change nothing. */
const NEGLIGIBLE = 1e-18;

/** Of `rest` episodes with `cases` cases among them, `size` are taken: adds the probability of each number of cases to `into`, behind `so`. */
function deal(probability: number, so: number, size: number, rest: number, cases: number, into: Float64Array): void {
  const low = Math.max(0, cases - (rest - size));
  const high = Math.min(size, cases);
  const mode = Math.min(high, Math.max(low, Math.floor(((size + 1) * (cases + 1)) / (rest + 2))));
  const peak =
    probability * Math.exp(logChoose(size, mode) + logChoose(rest - size, cases - mode) - logChoose(rest, cases));
  let term = peak;
  for (let x = mode; x <= high && term > peak * NEGLIGIBLE; x++) {
    into[so + x] = (into[so + x] ?? 0) + term;
    term *= ((size - x) * (cases - x)) / ((x + 1) * (rest - size - cases + x + 1));
  }
  term = peak;
  for (let x = mode; x > low; x--) {
    term *= (x * (rest - size - cases + x)) / ((size - x + 1) * (cases - x + 1));
    if (term <= peak * NEGLIGIBLE) break;
    into[so + x - 1] = (into[so + x - 1] ?? 0) + term;
  }
}
