import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../../src/engine/base/byteSource.js';
import { CompressedInput } from '../../../../src/io/compression/compressedInput.js';
import { zstdPieces } from '../../../../src/io/compression/zstdFrames.js';
import { sampleBytes } from './sampleBytes.js';
import { ALL, opened, sample, WHOLE } from './samples.js';

const expected = sampleBytes();

describe('a sound stream', () => {
  it.each(WHOLE)('%s gives every byte and its size at the end', (name) => {
    const source = opened(sample(name));
    expect(source.size).toBeGreaterThan(1n << 62n);
    const { bytes, rest } = source.read(0n, ALL);
    expect(Buffer.compare(bytes, expected)).toBe(0);
    expect(rest).toBe('end');
    expect(source.problem).toBeUndefined();
    expect(source.size).toBe(BigInt(expected.length));
  });

  it.each(WHOLE)('%s is read at random, behind and before the decoded point', (name) => {
    const source = opened(sample(name));
    for (const [offset, length] of [
      [1000, 16],
      [250_000, 5000],
      [3, 1],
      [99_990, 60_000],
      [299_999, 1],
    ] as const) {
      const { bytes, rest } = source.read(BigInt(offset), length);
      expect(Buffer.compare(bytes, expected.subarray(offset, offset + length))).toBe(0);
      expect(rest).toBeUndefined();
    }
    expect(source.read(300_000n, 8)).toEqual({ bytes: new Uint8Array(0), rest: 'end' });
    expect(source.read(299_996n, 8)).toEqual({ bytes: expected.slice(299_996), rest: 'end' });
  });

  it.each(['empty.zst', 'empty.gz', 'empty.xz', 'empty.lz4'])('%s holds nothing', (name) => {
    const source = opened(sample(name));
    expect(source.read(0n, 64)).toEqual({ bytes: new Uint8Array(0), rest: 'end' });
    expect(source.size).toBe(0n);
    expect(source.problem).toBeUndefined();
  });

  it.each(['sized.zst', 'unsized.zst', 'frames.zst', 'empty.zst'])('%s without a zstd decoder in node', (name) => {
    const pieces = [...zstdPieces(new CompressedInput(bytesSource(sample(name))), false)].map((piece) => piece.slice());
    expect(Buffer.compare(Buffer.concat(pieces), name === 'empty.zst' ? Buffer.alloc(0) : expected)).toBe(0);
  });

  it('bytes behind the last gzip member are ignored', () => {
    const source = opened(new Uint8Array(Buffer.concat([gzipSync(expected), Buffer.from('trailing')])));
    expect(source.read(0n, ALL).bytes.length).toBe(expected.length);
    expect(source.problem).toBeUndefined();
  });
});

describe('how far a stream is decompressed', () => {
  it('no further than was asked, but for the piece under way', () => {
    const megabytes = new Uint8Array(Buffer.concat(Array.from({ length: 40 }, () => Buffer.from(expected))));
    const source = opened(new Uint8Array(gzipSync(megabytes)));
    source.read(0n, 4096);
    expect(source.decoded).toBeLessThan(1_000_000);
    source.read(5_000_000n, 1);
    expect(source.decoded).toBeGreaterThan(5_000_000);
    expect(source.decoded).toBeLessThan(6_500_000);
  });

  it('a short rest is read to its end, a long one is left', () => {
    const source = opened(sample('members.gz'));
    source.read(0n, 64);
    source.finish(1000, ALL);
    expect(source.ended).toBe(false);
    source.finish(100_000, ALL);
    expect(source.ended).toBe(true);
    expect(source.size).toBe(300_000n);
  });
});
