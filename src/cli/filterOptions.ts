import { type Command, InvalidArgumentError } from 'commander';
import { filterTime } from '../session/listing/filterTime.js';
import type { ListingFilter } from '../session/listing/listingFilter.js';

export interface FilterOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly since?: number;
  readonly until?: number;
}

/** The options that say which of the listed cores are meant. */
export function withFilterOptions(command: Command): Command {
  return command
    .option('--include <glob>', 'only cores of this name, or path below the argument (repeatable)', collect, [])
    .option('--exclude <glob>', 'no cores of this name, or path below the argument (repeatable)', collect, [])
    .option('--since <time>', 'only cores from then on: 2026-11-21, 2026-11-21T02:15Z, 36h or 7d ago', moment)
    .option('--until <time>', 'only cores before then', moment);
}

export function listingFilter({ include, exclude, since, until }: FilterOptions): ListingFilter {
  return { include, exclude, since, until };
}

function moment(text: string): number {
  const time = filterTime(text, Date.now());
  if (time === undefined)
    throw new InvalidArgumentError(
      'expected a date (2026-11-21), a time (2026-11-21T02:15Z), or how long ago (36h, 7d)',
    );
  return time;
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
