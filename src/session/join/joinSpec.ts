/** A table to join to every crash, as the command line or `redzone.yaml` describes it. */
export interface JoinSpec {
  /** CSV, TSV, JSON lines or Parquet. */
  readonly file: string;
  /** Columns that must be equal, of the crash first: `host=node`. */
  readonly on: readonly JoinKey[];
  /**
   * Columns of the table between which the time of the crash lies, the end excluded. Without an end a row holds until the next one of
   * its key begins. An empty end is open.
   */
  readonly interval?: { readonly start: string; readonly end?: string };
  /** Columns to take; all but the keys and the interval when absent. */
  readonly take?: readonly string[];
  /** Stands before the names of what is taken. */
  readonly prefix?: string;
}

export interface JoinKey {
  readonly left: string;
  readonly right: string;
}

/** `host=node`, or `host` where both are called so. */
export function joinKey(text: string): JoinKey {
  const at = text.indexOf('=');
  return at < 0 ? { left: text, right: text } : { left: text.slice(0, at), right: text.slice(at + 1) };
}

/** Why tables cannot be joined as asked: one sentence that names the table, the column and what there is instead. */
export class JoinError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JoinError';
  }
}

/** `a, b and 3 more`. */
export function someOf(names: readonly string[], most = 12): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}
