/** Names one sort of fact, and its type. */
export class FactKey<T> {
  /** Only the type matters; it is never set. */
  declare readonly fact: T;

  constructor(readonly name: string) {}
}

/**
 * What was worked out of one binary, by link address, and serves all cores of a run: a function's shape, an address's source lines. Facts
 * hold no runtime addresses, since each process maps the binary elsewhere.
 */
export class ImageFacts {
  readonly #facts = new Map<FactKey<unknown>, Map<bigint, unknown>>();

  /** The fact about an address, worked out when it is asked for the first time. */
  at<T>(key: FactKey<T>, address: bigint, workOut: () => T): T {
    let known = this.#facts.get(key);
    if (known === undefined) {
      known = new Map<bigint, unknown>();
      this.#facts.set(key, known);
    }
    const fact = known.get(address);
    if (fact !== undefined || known.has(address)) return fact as T;
    const made = workOut();
    if (known.size >= MOST_FACTS) known.clear();
    known.set(address, made);
    return made;
  }

  /** Bytes that are held, about. */
  get heldBytes(): number {
    let count = 0;
    for (const known of this.#facts.values()) count += known.size;
    return count * BYTES_A_FACT;
  }
}

/** Of each sort, for one binary. */
const MOST_FACTS = 16_384;
const BYTES_A_FACT = 400;
