/** Random draws by seed, of the tests' own, so that a fleet is the same everywhere. */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
    for (let i = 0; i < 4; i++) this.uniform();
  }

  uniform(): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    if (this.state === 0) this.state = 1;
    return (this.state >>> 0) / 4_294_967_296;
  }

  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  chance(p: number): boolean {
    return this.uniform() < p;
  }

  between(low: number, high: number): number {
    return low + this.uniform() * (high - low);
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.below(list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  exponential(mean: number): number {
    return -Math.log(1 - this.uniform()) * mean;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An index with probability in proportion to its weight. */
  weighted(weights: readonly number[]): number {
    let at = this.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < weights.length; i++) {
      at -= weights[i] ?? 0;
      if (at < 0) return i;
    }
    return weights.length - 1;
  }
}

/** Weights of ranks 1 to n. */
export function zipf(n: number, exponent: number): number[] {
  return Array.from({ length: n }, (_, rank) => 1 / (rank + 1) ** exponent);
}
