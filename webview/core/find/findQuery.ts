/** What is looked for, and how. */
export interface FindQuery {
  readonly text: string;
  readonly matchCase: boolean;
  readonly regex: boolean;
}

/** @returns a test for the text of one row; a sentence where the expression is none; undefined where nothing is looked for */
export function matcher(query: FindQuery): ((text: string) => boolean) | string | undefined {
  if (query.text === '') return undefined;
  if (query.regex) {
    try {
      const expression = new RegExp(query.text, query.matchCase ? '' : 'i');
      return (text) => expression.test(text);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  if (query.matchCase) return (text) => text.includes(query.text);
  const wanted = query.text.toLowerCase();
  return (text) => text.toLowerCase().includes(wanted);
}

/** Rows of one part of the page, as text. */
export interface Findable {
  /** How the part is called in the count of what was found. */
  readonly name: string;
  /** All rows in order, drawn or not, in batches; `key` finds the row again. */
  texts(signal: AbortSignal): AsyncIterable<readonly FindableRow[]>;
  /** The row that is active now: the search begins there. */
  at?(): number | undefined;
  /** Goes to a row. */
  go(key: number): void;
  /** Marks the rows that were found, where the part can. */
  mark?(keys: ReadonlySet<number>): void;
}

export interface FindableRow {
  readonly key: number;
  readonly text: string;
}
