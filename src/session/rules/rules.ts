import type { ColumnValue, DatasetRow } from '../../shared/dataset.js';
import { EventIndex } from '../logs/eventIndex.js';
import type { LogLine } from '../logs/logLine.js';

/** A rule that takes rows out of the count: all that is given must hold. */
export interface Rule {
  readonly name: string;
  /** In words, for whoever reads the data set. */
  readonly reason?: string;
  /** For each column its value, values of which one must be equal, or an expression. */
  readonly when: Readonly<Record<string, readonly (string | RegExp)[]>>;
  /** A line of the logs of the row's host. Named groups must equal the columns of their names. */
  readonly log?: RegExp;
  /** Milliseconds before and after the crash between which the line must stand. */
  readonly before: number;
  readonly after: number;
}

/** Rules, with the lines they look for. */
export class Rules {
  readonly #events: EventIndex[];
  readonly #taken: number[];

  constructor(private readonly rules: readonly Rule[] = []) {
    this.#events = rules.map(() => new EventIndex());
    this.#taken = rules.map(() => 0);
  }

  get empty(): boolean {
    return this.rules.length === 0;
  }

  /** Keeps a line of a log if a rule looks for it. */
  seeLine(line: LogLine): void {
    this.rules.forEach((rule, i) => {
      if (rule.log?.test(line.text) === true) this.#events[i]?.add(line.host, line.time, line.text);
    });
  }

  /** The first rule that takes a row out, with what it saw. */
  excluding(row: DatasetRow): { readonly rule: string; readonly reason: string } | undefined {
    for (const [i, rule] of this.rules.entries()) {
      const line = this.#applies(rule, i, row);
      if (line === undefined) continue;
      this.#taken[i] = (this.#taken[i] ?? 0) + 1;
      const seen = line === '' ? fieldsText(rule, row) : line;
      return { rule: rule.name, reason: rule.reason === undefined ? seen : `${rule.reason}: ${seen}` };
    }
    return undefined;
  }

  /** How many rows each rule took out. */
  taken(): readonly { readonly rule: string; readonly rows: number }[] {
    return this.rules.map(({ name }, i) => ({ rule: name, rows: this.#taken[i] ?? 0 }));
  }

  /** The line it saw, empty for a rule that needs none; `undefined` when it does not apply. */
  #applies(rule: Rule, index: number, row: DatasetRow): string | undefined {
    for (const [column, wanted] of Object.entries(rule.when)) {
      const text = textOf(row[column]);
      if (!wanted.some((one) => (typeof one === 'string' ? one === text : text !== '' && one.test(text))))
        return undefined;
    }
    const { log } = rule;
    if (log === undefined) return '';
    const { time, host } = row;
    if (!(time instanceof Date)) return undefined;
    const events = this.#events[index]?.between(
      typeof host === 'string' ? host : undefined,
      time.getTime() - rule.before,
      time.getTime() + rule.after,
    );
    return events?.find(({ text }) => {
      const groups = log.exec(text)?.groups ?? {};
      return Object.entries(groups).every(([column, value]) => !(column in row) || textOf(row[column]) === value);
    })?.text;
  }
}

function fieldsText(rule: Rule, row: DatasetRow): string {
  return Object.keys(rule.when)
    .map((column) => `${column} ${textOf(row[column])}`)
    .join(', ');
}

function textOf(value: ColumnValue): string {
  if (value === undefined) return '';
  return value instanceof Date ? value.toISOString() : String(value);
}
