import { JoinError } from './joinSpec.js';

/** Columns out of the path or URL of a core, by a regular expression with named groups. */
export class PathPattern {
  readonly #expression: RegExp;
  readonly columns: readonly string[];

  /** @throws JoinError when it is no regular expression, or names nothing */
  constructor(readonly pattern: string) {
    try {
      this.#expression = new RegExp(pattern);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new JoinError(`the path pattern is no regular expression (${cause})`);
    }
    this.columns = [...pattern.matchAll(/\(\?<([A-Za-z_]\w*)>/g)].map(([, name = '']) => name);
    if (this.columns.length === 0)
      throw new JoinError(`the path pattern ${pattern} names no column: write groups as (?<region>[^/]+)`);
  }

  of(source: string): Readonly<Record<string, string | undefined>> {
    return this.#expression.exec(source)?.groups ?? {};
  }
}
