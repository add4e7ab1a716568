import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { YamlError, yamlDocument } from '../../io/yamlDocument.js';
import { JoinError, joinKey, type JoinSpec } from '../join/joinSpec.js';
import type { Rule } from '../rules/rules.js';

/** What `redzone.yaml` says of a fleet: docs/fleet.md. */
export interface FleetConfig {
  readonly joins: readonly JoinSpec[];
  /** A regular expression with named groups over the path of a core. */
  readonly path?: string;
  /** The JSON file beside a core, `{}` standing for its path. */
  readonly sidecar?: string;
  readonly logs: readonly { readonly path: string; readonly host?: string }[];
  readonly rules: readonly Rule[];
}

/**
 * @throws JoinError with one sentence that names the file and the place in it
 */
export function readConfig(file: string): FleetConfig {
  let document;
  try {
    document = yamlDocument(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof YamlError) throw new JoinError(`${file}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    throw new JoinError(
      `${file}: ${code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code ?? String(error)})`}`,
    );
  }
  const root = new Reader(file, '', document ?? {}).fields(['join', 'path', 'sidecar', 'logs', 'exclude']);
  const besides = (path: string): string => (isAbsolute(path) ? path : join(dirname(file), path));
  const path = root.optional('path')?.text();
  const sidecar = root.optional('sidecar')?.text();
  return {
    joins: root.list('join').map((item) => joinOf(item, besides)),
    ...(path === undefined ? {} : { path }),
    ...(sidecar === undefined ? {} : { sidecar }),
    logs: root.list('logs').map((item) => logOf(item, besides)),
    rules: root.list('exclude').map(ruleOf),
  };
}

function joinOf(item: Reader, besides: (path: string) => string): JoinSpec {
  const fields = item.fields(['file', 'on', 'interval', 'take', 'prefix']);
  const interval = fields.list('interval').map((entry) => entry.text());
  const [start, end] = interval;
  if (interval.length > 2) throw fields.error('interval', 'is one or two columns, the start first');
  const on = fields.required('on');
  const prefix = fields.optional('prefix')?.text();
  return {
    file: besides(fields.required('file').text()),
    on: on.isMap ? on.entries().map(([left, right]) => ({ left, right: right.text() })) : on.texts().map(joinKey),
    ...(start === undefined ? {} : { interval: { start, ...(end === undefined ? {} : { end }) } }),
    ...(fields.optional('take') === undefined ? {} : { take: fields.required('take').texts() }),
    ...(prefix === undefined ? {} : { prefix }),
  };
}

function logOf(item: Reader, besides: (path: string) => string): { path: string; host?: string } {
  if (!item.isMap) return { path: besides(item.text()) };
  const fields = item.fields(['file', 'host']);
  const host = fields.optional('host')?.text();
  return { path: besides(fields.required('file').text()), ...(host === undefined ? {} : { host }) };
}

/** Milliseconds around a crash in which a line of a log is looked for, where a rule does not say. */
const BEFORE = 60_000;
const AFTER = 10_000;

function ruleOf(item: Reader): Rule {
  const fields = item.fields(['name', 'reason', 'when', 'log', 'before', 'after']);
  const reason = fields.optional('reason')?.text();
  const log = fields.optional('log');
  const when = fields.optional('when');
  if (log === undefined && when === undefined)
    throw fields.error('', 'says neither when nor log: it would take every row');
  return {
    name: fields.required('name').text(),
    ...(reason === undefined ? {} : { reason }),
    when: Object.fromEntries((when?.entries() ?? []).map(([column, value]) => [column, value.patterns()])),
    ...(log === undefined ? {} : { log: log.expression() }),
    before: fields.optional('before')?.duration() ?? BEFORE,
    after: fields.optional('after')?.duration() ?? AFTER,
  };
}

/** A value of the document that knows where it stands. */
class Reader {
  constructor(
    private readonly file: string,
    private readonly at: string,
    private readonly value: unknown,
  ) {}

  get isMap(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  /** The same map, of which it is certain that it has no other fields. */
  fields(known: readonly string[]): this {
    if (!this.isMap) throw this.error('', `is not a map of ${known.join(', ')}`);
    const strange = Object.keys(this.value as object).find((name) => !known.includes(name));
    if (strange !== undefined) throw this.error(strange, `is not known; there are ${known.join(', ')}`);
    return this;
  }

  entries(): [string, Reader][] {
    if (!this.isMap) throw this.error('', 'is not a map');
    return Object.keys(this.value as object).map((name) => [name, this.inside(name)]);
  }

  optional(name: string): Reader | undefined {
    const inside = this.inside(name);
    return inside.value === undefined || inside.value === null ? undefined : inside;
  }

  required(name: string): Reader {
    const inside = this.optional(name);
    if (inside === undefined) throw this.error(name, 'is missing');
    return inside;
  }

  /** A list, or one value as a list of one; none when it is missing. */
  list(name: string): Reader[] {
    const inside = this.optional(name);
    if (inside === undefined) return [];
    if (!Array.isArray(inside.value)) return [inside];
    return inside.value.map((value, i) => new Reader(this.file, `${inside.at}[${i + 1}]`, value));
  }

  text(): string {
    if (typeof this.value === 'string' || typeof this.value === 'number' || typeof this.value === 'boolean')
      return String(this.value);
    throw this.error('', 'is not a text');
  }

  texts(): string[] {
    const values: readonly unknown[] = Array.isArray(this.value) ? this.value : [this.value];
    return values.map((value, i) => new Reader(this.file, `${this.at}[${i + 1}]`, value).text());
  }

  /** Texts to equal, or expressions between slashes. */
  patterns(): (string | RegExp)[] {
    return this.texts().map((text) => {
      const match = /^\/(.*)\/(i?)$/s.exec(text);
      return match === null ? text : this.compiled(match[1] ?? '', match[2] ?? '');
    });
  }

  expression(): RegExp {
    return this.compiled(this.text().replace(/^\/(.*)\/$/s, '$1'), '');
  }

  /** `90s`, `15m`, `2h`, in milliseconds. */
  duration(): number {
    const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/.exec(this.text());
    const unit = UNITS.get(match?.[2] ?? '');
    if (match === null || unit === undefined) throw this.error('', 'is no duration such as 90s, 15m or 2h');
    return Number(match[1]) * unit;
  }

  error(name: string, message: string): JoinError {
    const place = [this.at, name].filter((part) => part !== '').join('.');
    return new JoinError(`${this.file}: ${place === '' ? 'the document' : place} ${message}`);
  }

  private inside(name: string): Reader {
    const value = this.isMap ? (this.value as Readonly<Record<string, unknown>>)[name] : undefined;
    return new Reader(this.file, this.at === '' ? name : `${this.at}.${name}`, value);
  }

  private compiled(pattern: string, flags: string): RegExp {
    try {
      return new RegExp(pattern, flags);
    } catch (error) {
      throw this.error('', `is no regular expression (${error instanceof Error ? error.message : String(error)})`);
    }
  }
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
