/** Something that a server lends for a while. */
export interface Lent {
  /** Milliseconds since 1970; `undefined` for what does not end. */
  readonly expires?: number;
}

/** Asks for what is lent when it is needed first, and again before it ends; whoever asks meanwhile waits for the same answer. */
export class Renewed<T extends Lent> {
  #asked: Promise<T> | undefined;
  #expires = Number.POSITIVE_INFINITY;

  constructor(
    private readonly ask: () => Promise<T>,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Rejects with the error of the question, which is put again then. */
  get(): Promise<T> {
    if (this.#asked === undefined || this.clock() > this.#expires - EARLY) this.#asked = this.#renewed();
    return this.#asked;
  }

  async #renewed(): Promise<T> {
    this.#expires = Number.POSITIVE_INFINITY;
    try {
      const lent = await this.ask();
      this.#expires = lent.expires ?? Number.POSITIVE_INFINITY;
      return lent;
    } catch (error) {
      this.#asked = undefined;
      throw error;
    }
  }
}

/** Milliseconds: a request that is signed now may take a while. */
const EARLY = 300_000;
