import { inOrder } from '../inOrder.js';
import type { CoreEntry, CoreSource, Listed } from '../coreSource.js';
import { systemdName } from '../coreNames.js';

/** What of a listing is wanted. Plain data. */
export interface ListingFilter {
  /** Globs of which one must fit; all when there are none. */
  readonly include: readonly string[];
  /** Globs of which none may fit. */
  readonly exclude: readonly string[];
  /** Milliseconds since 1970, the first included, the second not. */
  readonly since: number | undefined;
  readonly until: number | undefined;
}

/** Whether a filter lets everything through. */
export function isOpen({ include, exclude, since, until }: ListingFilter): boolean {
  return include.length + exclude.length === 0 && since === undefined && until === undefined;
}

/**
 * Lets through what of a listing is wanted. A glob without a slash is about the last part of a path or address, one with a slash about
 * what lies below the argument. Of an entry without a date it is asked when it is opened; when even then nobody knows, it is let through.
 *
 * @param inputs the arguments that were listed
 */
export async function* filtered(
  listing: AsyncIterable<Listed> | Iterable<Listed>,
  filter: ListingFilter,
  inputs: readonly string[],
  source: Pick<CoreSource, 'open'>,
  signal?: AbortSignal,
): AsyncGenerator<Listed, void> {
  if (isOpen(filter)) {
    yield* listing;
    return;
  }
  const named = await nameFilter(filter, inputs);
  const judged = async (item: Listed): Promise<Listed | undefined> => {
    switch (item.kind) {
      case 'passedOver':
      case 'leftOut':
        return item;
      case 'unreadable':
        return named.isExcluded(item.path) ? undefined : item;
      case 'core': {
        const { entry } = item;
        return named.isWanted(entry.source) && (await isInTime(entry, filter, source, signal)) ? item : LEFT_OUT;
      }
    }
  };
  for await (const item of inOrder(listing, AT_ONCE, judged)) if (item !== undefined) yield item;
}

/** Entries that are asked for their date at once. */
const AT_ONCE = 16;

const LEFT_OUT = { kind: 'leftOut' } as const;

async function nameFilter(
  { include, exclude }: ListingFilter,
  inputs: readonly string[],
): Promise<{ isWanted: (path: string) => boolean; isExcluded: (path: string) => boolean }> {
  const { Minimatch } = await import('minimatch');
  const compiled = (globs: readonly string[]): ((path: string) => boolean) => {
    const matchers = globs.map((glob) => {
      // A folder that is named stands for all in it.
      const pattern = glob.replace(/^\.?\//, '').replace(/\/$/, '/**');
      return new Minimatch(pattern, { dot: true, matchBase: !pattern.includes('/'), nocomment: true, nonegate: true });
    });
    return (path) => matchers.some((matcher) => matcher.match(path));
  };
  const [wanted, unwanted] = [compiled(include), compiled(exclude)];
  const isExcluded = (path: string): boolean => unwanted(below(path, inputs));
  return {
    isExcluded,
    isWanted: (path) => (include.length === 0 || wanted(below(path, inputs))) && !isExcluded(path),
  };
}

/** A listed path without the argument it lies below. */
function below(path: string, inputs: readonly string[]): string {
  for (const input of inputs) {
    const folder = `${input.replace(/\/+$/, '')}/`;
    if (path.startsWith(folder)) return path.slice(folder.length);
  }
  return path.replace(/^(?:[a-z0-9]+:\/\/[^/]*)?\/+/i, '').replace(/^\.\//, '');
}

async function isInTime(
  entry: CoreEntry,
  { since, until }: ListingFilter,
  source: Pick<CoreSource, 'open'>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (since === undefined && until === undefined) return true;
  const time = knownTime(entry) ?? (await askedTime(entry, source, signal));
  if (time === undefined) return true;
  return (since === undefined || time >= since) && (until === undefined || time < until);
}

/** When it died, where the place knows; else when it was written. */
function knownTime({ origin, source, modified }: CoreEntry): number | undefined {
  const told = origin?.time === undefined ? undefined : Date.parse(origin.time);
  return told ?? systemdName(source)?.time ?? modified;
}

async function askedTime(
  entry: CoreEntry,
  source: Pick<CoreSource, 'open'>,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    const file = await source.open(entry, signal);
    try {
      return Number.isNaN(file.modified) ? undefined : file.modified;
    } finally {
      file.close();
    }
  } catch {
    signal?.throwIfAborted();
    // Whoever reads it will say what is wrong.
    return undefined;
  }
}
