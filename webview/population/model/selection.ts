/** Which rows the reader looks at. Conditions on different columns must all hold. */
export interface Selection {
  /** By column: one of these texts, or none of them. */
  readonly values: ReadonlyMap<string, ValueChoice>;
  /** By numeric column, time in milliseconds since 1970: from <= value < to. */
  readonly ranges: ReadonlyMap<string, Range>;
  /** Held by the text of any column; empty for all rows. */
  readonly text: string;
}

export interface ValueChoice {
  /** Texts, the empty one standing for no value; at least one. */
  readonly texts: readonly string[];
  /** Rows with other values than these. */
  readonly not: boolean;
}

export type Range = readonly [from: number, to: number];

export const EVERYTHING: Selection = { values: new Map(), ranges: new Map(), text: '' };

export function isEverything({ values, ranges, text }: Selection): boolean {
  return values.size === 0 && ranges.size === 0 && text === '';
}

/** Chooses a value, or gives it up where it was chosen. With `only`, whatever else of the column was chosen is given up. */
export function toggled(selection: Selection, column: string, text: string, only = false): Selection {
  const before = selection.values.get(column);
  const was = before?.texts.includes(text) ?? false;
  let texts: readonly string[];
  if (only) texts = was && before?.texts.length === 1 ? [] : [text];
  else texts = was ? (before?.texts.filter((other) => other !== text) ?? []) : [...(before?.texts ?? []), text];
  return withValues(selection, column, texts.length === 0 ? undefined : { texts, not: before?.not ?? false });
}

export function withValues(selection: Selection, column: string, choice: ValueChoice | undefined): Selection {
  return { ...selection, values: replaced(selection.values, column, choice) };
}

export function withRange(selection: Selection, column: string, range: Range | undefined): Selection {
  return { ...selection, ranges: replaced(selection.ranges, column, range) };
}

function replaced<T>(before: ReadonlyMap<string, T>, key: string, value: T | undefined): ReadonlyMap<string, T> {
  const after = new Map(before);
  if (value === undefined) after.delete(key);
  else after.set(key, value);
  return after;
}
