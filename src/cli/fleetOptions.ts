import { type Command, InvalidArgumentError } from 'commander';
import type { FleetConfig } from '../session/config/readConfig.js';
import { JoinError, joinKey, type JoinSpec } from '../session/join/joinSpec.js';

/** The options that say what is known of a fleet besides its cores. */
export interface FleetOptions {
  readonly config?: string;
  readonly pathPattern?: string;
  readonly sidecar?: string;
  readonly log: readonly string[];
}

type Draft = { -readonly [K in keyof JoinSpec]: JoinSpec[K] };

/** Adds the options; the returned function gives what they say once the command line was read. */
export function withFleetOptions(command: Command): () => readonly JoinSpec[] {
  const joins: Draft[] = [];
  const last = (option: string): Draft => {
    const join = joins.at(-1);
    if (join === undefined) throw new InvalidArgumentError(`${option} belongs to a table: give --join FILE before it`);
    return join;
  };
  const names = (text: string): string[] => text.split(',').map((name) => name.trim());
  command
    .option('--config <file>', 'joins, logs and rules of a fleet, as docs/fleet.md has them')
    .option('--join <file>', 'a table to join: CSV, TSV, JSON lines or Parquet (repeatable)', (file: string) => {
      joins.push({ file, on: [] });
    })
    .option(
      '--on <keys>',
      'of that table: column of the crash=column of the table, or one name for both',
      (text: string) => {
        const join = last('--on');
        join.on = [...join.on, ...names(text).map(joinKey)];
      },
    )
    .option(
      '--interval <columns>',
      'of that table: start,end between which the time of the crash lies',
      (text: string) => {
        const [start = '', end] = names(text);
        last('--interval').interval = { start, ...(end === undefined ? {} : { end }) };
      },
    )
    .option('--take <columns>', 'of that table: the columns to take', (text: string) => {
      last('--take').take = names(text);
    })
    .option('--prefix <text>', 'of that table: stands before the names of its columns', (text: string) => {
      last('--prefix').prefix = text;
    })
    .option('--path-pattern <expression>', 'columns out of the path: (?<region>[^/]+)/(?<host>[^/]+)/[^/]+$')
    .option('--sidecar <template>', 'columns out of a JSON file beside each core: {}.json')
    .option(
      '--log <file>',
      'a log to read crashes and machine checks from, HOST=FILE where it does not say (repeatable)',
      collect,
      [],
    );
  return () => {
    const without = joins.find(({ on }) => on.length === 0);
    if (without !== undefined) throw new JoinError(`${without.file}: say with --on which columns must be equal`);
    return joins;
  };
}

/** The configuration's file and the options as one, the options last. */
export async function fleetConfig(options: FleetOptions, joins: readonly JoinSpec[]): Promise<FleetConfig> {
  const config: FleetConfig =
    options.config === undefined
      ? { joins: [], logs: [], rules: [] }
      : (await import('../session/config/readConfig.js')).readConfig(options.config);
  return {
    ...config,
    joins: [...config.joins, ...joins],
    ...(options.pathPattern === undefined ? {} : { path: options.pathPattern }),
    ...(options.sidecar === undefined ? {} : { sidecar: options.sidecar }),
    logs: [...config.logs, ...options.log.map(logOf)],
  };
}

function logOf(text: string): { path: string; host?: string } {
  const match = /^([\w.-]+)=(.+)$/.exec(text);
  return match === null ? { path: text } : { host: match[1] ?? '', path: match[2] ?? '' };
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
