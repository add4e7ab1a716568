/**
 * Values of named registers. A register that is not in the set is unknown, never zero.
 */
export class RegisterSet {
  readonly #values: ReadonlyMap<string, bigint>;

  constructor(values: ReadonlyMap<string, bigint> | Iterable<readonly [string, bigint]>) {
    this.#values = values instanceof Map ? values : new Map(values);
  }

  get(name: string): bigint | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  entries(): IterableIterator<[string, bigint]> {
    return this.#values.entries();
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** Whether the same registers are known, with the same values. */
  equals(other: RegisterSet): boolean {
    if (this.#values.size !== other.#values.size) return false;
    for (const [register, value] of this.#values) if (other.#values.get(register) !== value) return false;
    return true;
  }

  /** A copy with some registers changed; `undefined` makes one unknown. */
  with(changes: Readonly<Record<string, bigint | undefined>>): RegisterSet {
    const values = new Map(this.#values);
    for (const [register, value] of Object.entries(changes)) {
      if (value === undefined) values.delete(register);
      else values.set(register, BigInt.asUintN(64, value));
    }
    return new RegisterSet(values);
  }
}
