import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from '../../src/engine/base/byteSource.js';
import { examine, random } from './examine.js';
import { sampleCores, withBinaries } from './sampleCores.js';

const CORES = sampleCores(['null-deep', 'race-default', 'handler-altstack', 'shift-fp', 'abort']);
const SURROUNDINGS = withBinaries();
const PAGE = 4096;
const ROUNDS = 60;

/** A file of which some pages are here; the others are answered `notFetched`, and noted. */
class RemoteFile implements ByteSource {
  readonly size: bigint;
  readonly missed = new Set<number>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly here: ReadonlySet<number>,
  ) {
    this.size = BigInt(bytes.length);
  }

  read(offset: bigint, length: number): ReturnType<ByteSource['read']> {
    if (offset >= this.size) return { bytes: new Uint8Array(0), rest: 'end' };
    const start = Number(offset);
    const end = Math.min(this.bytes.length, start + length);
    for (let page = Math.floor(start / PAGE); page * PAGE < end; page++) {
      if (this.here.has(page)) continue;
      this.missed.add(page);
      const have = Math.max(start, page * PAGE);
      return { bytes: this.bytes.slice(start, have), rest: 'notFetched' };
    }
    const bytes = this.bytes.slice(start, end);
    return bytes.length < length ? { bytes, rest: 'end' } : { bytes };
  }
}

interface Words {
  readonly values: ReadonlyMap<string, string>;
}

function stackOf(report: ReturnType<typeof examine>['report']): Words {
  return {
    values: new Map(
      (report?.stack ?? []).flatMap(({ address, value }) => (value === undefined ? [] : [[address, value]])),
    ),
  };
}

describe.each(CORES.map((core) => [core.name, core] as const))('%s, fetched piece by piece', (_, { bytes }) => {
  const whole = examine(bytesSource(bytes), SURROUNDINGS, true);
  const wholeStack = stackOf(whole.report).values;

  it.each([1, 2, 3, 4])('comes to the answer of the whole file (seed %d)', (seed) => {
    const next = random(seed);
    const here = new Set<number>();
    for (let page = 0; page * PAGE < bytes.length; page++) if (next(3) === 0) here.add(page);
    for (let round = 0; round < ROUNDS; round++) {
      const file = new RemoteFile(bytes, here);
      const { row, report } = examine(file, SURROUNDINGS, true);
      // What is claimed of memory before all is there is already true: nothing is taken for zero.
      for (const [address, value] of stackOf(report).values) expect(wholeStack.get(address) ?? value).toBe(value);
      if (file.missed.size === 0) {
        expect(row).toEqual(whole.row);
        expect(report).toEqual(whole.report);
        return;
      }
      // Not everything arrives at once.
      for (const page of file.missed) if (next(2) === 0 || file.missed.size === 1) here.add(page);
    }
    throw new Error('it never came to an end');
  });

  it('never throws while nothing is there, and says that the file is not whole', () => {
    const { row } = examine(new RemoteFile(bytes, new Set([0])), SURROUNDINGS, true);
    expect(row.status).not.toBe('ok');
  });
});
