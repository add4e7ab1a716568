/** Random draws by seed: a linear congruential generator of 64 bits with permuted output, nothing shared with the other fleets. */
export class Draw {
  private state: bigint;

  constructor(seed: number) {
    this.state = (BigInt(seed) * 0x9e3779b97f4a7c15n + 0x1234567n) & MASK;
    for (let i = 0; i < 8; i++) this.unit();
  }

  /** In [0, 1). */
  unit(): number {
    this.state = (this.state * 6364136223846793005n + 1442695040888963407n) & MASK;
    const high = Number(this.state >> 33n);
    return ((high ^ (high >>> 13)) >>> 0) / 2_147_483_648;
  }

  int(n: number): number {
    return Math.min(n - 1, Math.floor(this.unit() * n));
  }

  yes(p: number): boolean {
    return this.unit() < p;
  }

  range(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  of<T>(list: readonly T[]): T {
    const found = list[this.int(list.length)];
    if (found === undefined) throw new Error('nothing to draw from');
    return found;
  }

  gauss(): number {
    // Sum of twelve: enough for measures without meaning.
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.unit();
    return sum;
  }

  logNormal(median: number, spread: number): number {
    return median * Math.exp(spread * this.gauss());
  }

  wait(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }
}

const MASK = (1n << 64n) - 1n;

/** Draws indices in proportion to weights, in constant time once made (Walker's alias method is not needed: a search will do). */
export class Urn {
  private readonly sums: Float64Array;

  constructor(weights: readonly number[]) {
    this.sums = new Float64Array(weights.length);
    let sum = 0;
    weights.forEach((weight, i) => {
      sum += weight;
      this.sums[i] = sum;
    });
  }

  draw(from: Draw): number {
    const at = from.unit() * (this.sums.at(-1) ?? 0);
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sums[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export function zipfWeights(n: number, exponent: number): number[] {
  return Array.from({ length: n }, (_, i) => (i + 1) ** -exponent);
}
