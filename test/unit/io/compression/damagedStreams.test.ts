import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../../src/engine/base/byteSource.js';
import { CompressedInput } from '../../../../src/io/compression/compressedInput.js';
import { StreamError } from '../../../../src/io/compression/streamError.js';
import { zstdPieces } from '../../../../src/io/compression/zstdFrames.js';
import { sampleBytes } from './sampleBytes.js';
import { ALL, opened, sample, WHOLE } from './samples.js';

const expected = sampleBytes();
/** lz4 frames may end behind any frame; a file cut there is whole. */
const FRAME_ENDS = new Set<string>(['legacy.lz4', 'frames.lz4', 'frames.zst', 'members.gz', 'streams.xz']);

/** Bytes that our own zstd decoder gives, whatever decoder node has. */
function portable(bytes: Uint8Array): number {
  let total = 0;
  try {
    for (const piece of zstdPieces(new CompressedInput(bytesSource(bytes)), false)) total += piece.length;
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
  }
  return total;
}

describe('a cut stream', () => {
  it.each(WHOLE)('%s gives what came before the cut and says where it is', (name) => {
    const whole = sample(name);
    for (const part of [0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999]) {
      const length = Math.max(16, Math.floor(whole.length * part));
      const source = opened(whole.subarray(0, length));
      const { bytes, rest } = source.read(0n, ALL);
      expect(Buffer.compare(bytes, expected.subarray(0, bytes.length))).toBe(0);
      expect(rest).toBe('unreadable');
      expect(source.problem).toMatchObject({ code: 'truncated-stream', offset: length });
      expect(source.problem?.message).toContain(`is cut at byte ${length} of the file`);
      expect(source.problem?.message).toContain(`${bytes.length} bytes could be decompressed`);
      expect(source.size).toBeGreaterThan(1n << 62n);
    }
  });

  // Blocks of zstd, up to 128 KiB of output, come whole or not at all; of the others what is there is decoded.
  it.each(WHOLE.filter((name) => !name.endsWith('.zst')))('%s cut in its middle still gives a good part', (name) => {
    const whole = sample(name);
    const { bytes } = opened(whole.subarray(0, Math.floor(whole.length * 0.6))).read(0n, ALL);
    expect(bytes.length).toBeGreaterThan(10_000);
  });

  it.each(WHOLE)('%s cut at each of its last bytes', (name) => {
    const whole = sample(name);
    for (let missing = 1; missing <= 12; missing++) {
      const source = opened(whole.subarray(0, whole.length - missing));
      const { bytes } = source.read(0n, ALL);
      expect(Buffer.compare(bytes, expected.subarray(0, bytes.length))).toBe(0);
      if (!FRAME_ENDS.has(name)) expect(source.problem?.code).toBe('truncated-stream');
    }
  });
});

describe('a damaged stream', () => {
  /** xz without a checksum, and legacy lz4, cannot know of a byte that decodes to another. */
  const checked = WHOLE.filter((name) => !['unsized.zst', 'legacy.lz4', 'frames.lz4', 'streams.xz'].includes(name));

  it.each(checked)('%s is never sound after a byte was changed', (name) => {
    const whole = sample(name);
    for (let i = 1; i < 12; i++) {
      const bytes = whole.slice();
      const place = Math.floor((bytes.length * i) / 12);
      bytes[place] = (bytes[place] ?? 0) ^ 0x55;
      const source = opened(bytes);
      source.read(0n, ALL);
      expect(source.problem?.code, `byte ${place}`).toMatch(/^(corrupt|truncated|unsupported)-stream$/);
      expect(source.problem?.message.split('\n')).toHaveLength(1);
    }
  });

  it.each(WHOLE)('%s never throws and never goes on for long, wherever it is damaged', (name) => {
    const whole = sample(name);
    let state = 7;
    for (let round = 0; round < 40; round++) {
      const bytes = whole.slice();
      for (let i = 0; i < 3; i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        bytes[8 + ((state >>> 8) % (bytes.length - 8))] = state >>> 24;
      }
      const source = opened(bytes);
      const { bytes: got } = source.read(0n, ALL);
      expect(got.length).toBeLessThanOrEqual(ALL);
      source.close();
      if (name.endsWith('.zst')) expect(portable(bytes)).toBeLessThanOrEqual(ALL);
    }
  });

  it('zeros in the middle, as of a lost disk block', () => {
    for (const name of ['sized.zst', 'named.gz', 'crc64.xz', 'linked.lz4']) {
      const bytes = sample(name);
      const middle = bytes.length >> 1;
      bytes.fill(0, middle, middle + 4096);
      const source = opened(bytes);
      source.read(0n, ALL);
      expect(source.problem?.code, name).toBe('corrupt-stream');
      expect(source.problem?.message).toMatch(
        / is corrupt at byte \d+ of the file \(.+\): \d+ bytes could be decompressed/,
      );
    }
  });

  it('zstd checksums are verified without a decoder in node, too', () => {
    const bytes = sample('sized.zst');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    expect(() => [...zstdPieces(new CompressedInput(bytesSource(bytes)), false)]).toThrow(StreamError);
  });

  it('a zstd block that promises far more than a block may give is left at once', () => {
    // Tables of a single code each: 98,047 matches of 65,539 bytes out of no bits at all.
    const size = 120_000;
    const word = (size << 3) | 4 | 1;
    const file = new Uint8Array(9 + size);
    file.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, word & 255, (word >> 8) & 255, word >> 16]);
    file.set([0x01, 0x41, 255, 0xff, 0xff, 0x54, 0, 0, 52], 9);
    file[file.length - 1] = 1;
    const start = performance.now();
    expect(() => [...zstdPieces(new CompressedInput(bytesSource(file)), false)]).toThrow(StreamError);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('a feature that is not built in is named', () => {
    const source = opened(sample('filter.xz'));
    expect(source.read(0n, 64)).toEqual({ bytes: new Uint8Array(0), rest: 'unreadable' });
    expect(source.problem?.code).toBe('unsupported-stream');
    expect(source.problem?.message).toContain('filters besides LZMA2');
  });

  it('a zstd frame that asks for gigabytes of memory is refused', () => {
    const source = opened(
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    );
    source.read(0n, 64);
    expect(source.problem).toMatchObject({ code: 'unsupported-stream', offset: 0 });
    expect(source.problem?.message).toContain('2048 MiB');
  });
});
