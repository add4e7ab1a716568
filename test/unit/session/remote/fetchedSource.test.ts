import { expect, it } from 'vitest';
import { FetchedSource } from '../../../../src/session/remote/fetchedSource.js';
import { mergeMisses } from '../../../../src/session/remote/mergeMisses.js';

const SIZE = 3 * 4096 + 100;
const BYTES = Uint8Array.from({ length: SIZE }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

function holding(...pages: number[]): FetchedSource {
  const source = new FetchedSource(SIZE);
  for (const page of pages) source.add(page * 4096, BYTES.subarray(page * 4096, (page + 1) * 4096));
  return source;
}

it('answers what it holds, across pages and up to the end', () => {
  const source = holding(0, 1, 2, 3);
  expect(source.read(10n, 20)).toEqual({ bytes: BYTES.subarray(10, 30) });
  expect(source.read(4000n, 5000)).toEqual({ bytes: BYTES.slice(4000, 9000) });
  expect(source.read(12_288n, 4096)).toEqual({ bytes: BYTES.slice(12_288), rest: 'end' });
  expect(source.read(BigInt(SIZE), 1)).toMatchObject({ rest: 'end' });
  expect(source.hasMissing()).toBe(false);
});

it('gives the bytes before a hole and remembers what it missed', () => {
  const source = holding(0, 2);
  expect(source.read(4000n, 500)).toEqual({ bytes: BYTES.slice(4000, 4096), rest: 'notFetched' });
  expect(source.takeMisses()).toEqual([{ start: 4096, end: 4500 }]);
  expect(source.hasMissing()).toBe(false);
});

it('says unreadable where nothing more will come', () => {
  const source = holding(0);
  source.lose({ start: 4096, end: 8192 });
  expect(source.read(4000n, 500)).toEqual({ bytes: BYTES.slice(4000, 4096), rest: 'unreadable' });
  expect(source.hasMissing()).toBe(false);
});

it('keeps no page that came cut, other than the last of the file', () => {
  const source = new FetchedSource(SIZE);
  source.add(0, BYTES.subarray(0, 5000));
  expect(source.read(4096n, 100).rest).toBe('notFetched');
  source.add(12_288, BYTES.subarray(12_288));
  expect(source.read(12_288n, 100)).toEqual({ bytes: BYTES.slice(12_288) });
});

it('wants only what it does not hold', () => {
  const source = holding(0, 1);
  source.want({ start: 100, end: 8000 });
  expect(source.hasMissing()).toBe(false);
  source.want({ start: 100, end: 9000 });
  expect(source.takeMisses()).toEqual([{ start: 8192, end: 9000 }]);
});

it('joins misses that lie near each other, in larger blocks round by round', () => {
  const misses = [
    { start: 5000, end: 5008 },
    { start: 9000, end: 9100 },
    { start: 900_000, end: 900_001 },
  ];
  expect(mergeMisses(misses, 1_000_000, 0)).toEqual([
    { start: 4096, end: 12_288 },
    { start: 897_024, end: 901_120 },
  ]);
  expect(mergeMisses(misses, 1_000_000, 7)).toEqual([
    { start: 0, end: 65_536 },
    { start: 851_968, end: 917_504 },
  ]);
  expect(mergeMisses([{ start: 999_990, end: 1_000_000 }], 1_000_000, 7)).toEqual([{ start: 983_040, end: 1_000_000 }]);
});
