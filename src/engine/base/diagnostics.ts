/**
 * What went wrong while decoding, as data: corrupt input never throws past the engine's door.
 */
export interface Diagnostic {
  /** Stable machine-readable name, kebab-case: `truncated`, `bad-note`, `binary-mismatch`... */
  readonly code: string;
  /** One sentence: what, where, and what it costs the reader. */
  readonly message: string;
  /** Where in the file, when one place can be named. */
  readonly offset?: bigint;
}

/** Collects diagnostics up to a bound, so that a hostile file cannot fill memory with complaints. */
export class Diagnostics {
  readonly #items: Diagnostic[] = [];
  #dropped = 0;

  constructor(private readonly limit = 100) {}

  report(code: string, message: string, offset?: bigint): void {
    if (this.#items.length >= this.limit) {
      this.#dropped++;
      return;
    }
    this.#items.push(offset === undefined ? { code, message } : { code, message, offset });
  }

  has(code: string): boolean {
    return this.#items.some((item) => item.code === code);
  }

  /** All that was kept, in order; a last item tells how many were dropped. */
  list(): readonly Diagnostic[] {
    if (this.#dropped === 0) return this.#items;
    return [
      ...this.#items,
      { code: 'more-problems', message: `${this.#dropped} further problems of this file are not listed` },
    ];
  }
}
