/**
 * Numbers for things that a client asks for later. The dead never change, so the same key keeps its number for the whole session
 * and repeated questions do not grow the table.
 */
export class ReferenceTable<T> {
  private readonly numbers = new Map<string, number>();
  private readonly things: T[] = [];

  /** The number of `key`, from 1; `make` is called the first time only. */
  reference(key: string, make: () => T): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const reference = this.things.push(make());
    this.numbers.set(key, reference);
    return reference;
  }

  /** `undefined` for a number that was never given out. */
  get(reference: number): T | undefined {
    return this.things[reference - 1];
  }
}
