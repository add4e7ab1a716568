/** How far a run is, as `--progress json` prints it. */
export interface Progress {
  /** Cores that are done, those the data set had already among them. */
  readonly done: number;
  /** How many there are; absent while they are still being counted. */
  readonly total?: number;
  /** Cores a second, over the last seconds. */
  readonly rate: number;
  /** Seconds until the end at this rate. */
  readonly left?: number;
  /** Rows of each label, and `unreadable` and `known`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Seconds over which the rate is taken. */
const WINDOW = 10;

/** Counts what is done, and how fast. */
export class ProgressMeter {
  readonly #counts = new Map<string, number>();
  /** Done and when, once a second. */
  readonly #marks: { at: number; done: number }[] = [];
  #done = 0;
  total: number | undefined;

  constructor(private readonly clock: () => number = () => performance.now() / 1000) {
    this.#marks.push({ at: clock(), done: 0 });
  }

  add(outcome: string): void {
    this.#done++;
    this.#counts.set(outcome, (this.#counts.get(outcome) ?? 0) + 1);
  }

  now(): Progress {
    const at = this.clock();
    const [first] = this.#marks;
    const seconds = at - (first?.at ?? at);
    const rate = seconds > 0 ? (this.#done - (first?.done ?? 0)) / seconds : 0;
    if (at - (this.#marks.at(-1)?.at ?? 0) >= 1) this.#marks.push({ at, done: this.#done });
    while (this.#marks.length > WINDOW) this.#marks.shift();
    const left = this.total === undefined ? undefined : Math.max(0, this.total - this.#done);
    return {
      done: this.#done,
      ...(this.total === undefined ? {} : { total: this.total }),
      rate: Math.round(rate * 10) / 10,
      ...(left === undefined || rate === 0 ? {} : { left: Math.round(left / rate) }),
      counts: Object.fromEntries([...this.#counts].sort((a, b) => b[1] - a[1])),
    };
  }
}
