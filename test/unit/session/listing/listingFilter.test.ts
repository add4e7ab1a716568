import { describe, expect, it } from 'vitest';
import type { CoreEntry, Listed } from '../../../../src/session/coreSource.js';
import { filterTime } from '../../../../src/session/listing/filterTime.js';
import { filtered, type ListingFilter } from '../../../../src/session/listing/listingFilter.js';
import type { OpenedFile } from '../../../../src/session/openedFile.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 21);
const ALL: ListingFilter = { include: [], exclude: [], since: undefined, until: undefined };

async function kept(
  filter: Partial<ListingFilter>,
  entries: readonly (string | CoreEntry)[],
  inputs = ['/cores'],
): Promise<string[]> {
  const listing = entries.map((entry): Listed => ({
    kind: 'core',
    entry: typeof entry === 'string' ? { source: entry } : entry,
  }));
  const source = {
    // An index page tells no dates; opening does.
    open: ({ source: path }: CoreEntry) =>
      ({ modified: path.includes('dated') ? START : Number.NaN, close: () => undefined }) as unknown as OpenedFile,
  };
  const found: string[] = [];
  for await (const item of filtered(listing, { ...ALL, ...filter }, inputs, source))
    if (item.kind === 'core') found.push(item.entry.source);
  return found;
}

describe('globs', () => {
  const paths = ['/cores/web/a.core', '/cores/web/old/b.core', '/cores/db/a.core', '/cores/.hidden/c.core'];

  it.each([
    ['*.core', paths],
    ['a.*', ['/cores/web/a.core', '/cores/db/a.core']],
    ['web/*', ['/cores/web/a.core']],
    ['web/**', ['/cores/web/a.core', '/cores/web/old/b.core']],
    ['web/', ['/cores/web/a.core', '/cores/web/old/b.core']],
    ['**/old/**', ['/cores/web/old/b.core']],
    ['{web,db}/a.core', ['/cores/web/a.core', '/cores/db/a.core']],
    ['/web/a.core', ['/cores/web/a.core']],
    ['cores/**', []],
    ['!a.core', []],
  ])('%s', async (glob, wanted) => {
    expect(await kept({ include: [glob] }, paths)).toEqual(wanted);
    // What is taken and what is left out are each other's rest.
    expect(await kept({ exclude: [glob] }, paths)).toEqual(paths.filter((path) => !wanted.includes(path)));
  });

  it('are about what lies below an address too', async () => {
    const keys = ['s3://bucket/cores/eu/a.core', 's3://bucket/cores/us/a.core', 's3://bucket/cores/eu/b.core'];
    expect(await kept({ include: ['eu/*'], exclude: ['b.*'] }, keys, ['s3://bucket/cores/'])).toEqual([keys[0]]);
    // Of a manifest nothing lies below an argument.
    expect(await kept({ include: ['cores/us/*'] }, keys, [])).toEqual([keys[1]]);
  });

  it('say of a folder that cannot be read that it is not wanted', async () => {
    const listing: Listed[] = [{ kind: 'unreadable', path: '/cores/secret', reason: 'EACCES' }, { kind: 'passedOver' }];
    const source = { open: () => ({}) as OpenedFile };
    const kinds = async (exclude: string[]): Promise<string[]> => {
      const seen: string[] = [];
      for await (const item of filtered(listing, { ...ALL, exclude }, ['/cores'], source)) seen.push(item.kind);
      return seen;
    };
    expect(await kinds(['other'])).toEqual(['unreadable', 'passedOver']);
    expect(await kinds(['secret'])).toEqual(['passedOver']);
  });
});

describe('dates', () => {
  const at = (source: string, modified: number): CoreEntry => ({ source, modified });

  it('are from and before', async () => {
    const entries = [at('a', START - 1), at('b', START), at('c', START + DAY - 1), at('d', START + DAY)];
    expect(await kept({ since: START, until: START + DAY }, entries)).toEqual(['b', 'c']);
    expect(await kept({ since: START }, entries)).toEqual(['b', 'c', 'd']);
    expect(await kept({ until: START }, entries)).toEqual(['a']);
  });

  it('are those of the death where a name or an attribute tells, however late the file was copied', async () => {
    const late = START + 300 * DAY;
    const name = `core.app.0.${'a'.repeat(32)}.12.${START}000.zst`;
    const told: CoreEntry = {
      source: 'x',
      modified: late,
      origin: { time: new Date(START).toISOString(), timeSource: 'xattr' },
    };
    expect(await kept({ until: START + 1 }, [at(name, late), told, at('y', late)])).toEqual([name, 'x']);
  });

  it('are asked for where a listing tells none; who knows none is kept', async () => {
    expect(await kept({ since: START + 1 }, ['dated', 'dateless'])).toEqual(['dateless']);
    expect(await kept({ until: START + 1 }, ['dated', 'dateless'])).toEqual(['dated', 'dateless']);
  });

  it.each([
    ['2026-11-21', START],
    ['2026-11-21T02:15', START + 135 * 60_000],
    ['2026-11-21 02:15:30Z', START + 135 * 60_000 + 30_000],
    ['2026-11-21T02:15+02:00', START + 15 * 60_000],
    ['36h', START - 1.5 * DAY],
    ['2w', START - 14 * DAY],
    ['1.5d', START - 1.5 * DAY],
    ['yesterday', undefined],
    ['2026-13-01', undefined],
    ['7', undefined],
  ])('%s', (text, time) => {
    expect(filterTime(text, START)).toBe(time);
  });
});
