import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { DecodedStore } from '../../../../src/io/compression/decodedStore.js';
import { opened } from './samples.js';

const folder = mkdtempSync(join(tmpdir(), 'redzone-store-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const MIB = 1 << 20;

function compressedPattern(megabytes: number): Uint8Array {
  return new Uint8Array(gzipSync(pattern(megabytes), { level: 1 }));
}

/** Bytes of array buffers that something still holds. */
function heldBuffers(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // A collection gives back only later what it found; the next one waits for that.
  for (let held = Number.POSITIVE_INFINITY; ;) {
    collect();
    const { arrayBuffers } = process.memoryUsage();
    if (arrayBuffers >= held) return held;
    held = arrayBuffers;
  }
}

/** Every 4 bytes their own place; every fourth MiB is zero. */
function pattern(megabytes: number): Uint8Array {
  const words = new Uint32Array((megabytes * MIB) / 4);
  for (let i = 0; i < words.length; i++) words[i] = (i >> 18) % 4 === 3 ? 0 : Math.imul(i, 2654435761);
  return new Uint8Array(words.buffer);
}

describe('decompressed bytes beyond the budget', () => {
  const bytes = pattern(24);

  it('are read back from the temporary file, which nobody sees', () => {
    const store = new DecodedStore(4 * MIB, folder);
    for (let at = 0; at < bytes.length; at += 130_000)
      expect(store.append(bytes.subarray(at, at + 130_000))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
    expect(store.length).toBe(bytes.length);
    for (const [offset, length] of [
      [0, 100],
      [3 * MIB - 50, 100],
      [4 * MIB + 17, 3 * MIB],
      [12 * MIB - 1, 2],
      [20 * MIB + 5, 70_000],
      [24 * MIB - 10, 100],
      [0, 24 * MIB],
    ] as const) {
      expect(Buffer.compare(store.read(offset, length), bytes.subarray(offset, offset + length))).toBe(0);
    }
    store.close();
  });

  it('stay what they were where a view was given out', () => {
    const store = new DecodedStore(MIB, folder);
    store.append(bytes.subarray(0, 2.5 * MIB));
    const view = store.read(2.2 * MIB, 1000);
    const before = view.slice();
    store.append(bytes.subarray(2.5 * MIB));
    expect(Buffer.compare(view, before)).toBe(0);
    store.close();
  });

  it('without a place for the file the stream ends there, and says so', () => {
    const source = opened(new Uint8Array(gzipSync(bytes)), { memory: 4 * MIB, folder: join(folder, 'missing') });
    const { bytes: got, rest } = source.read(0n, bytes.length);
    expect(Buffer.compare(got, bytes.subarray(0, got.length))).toBe(0);
    expect(got.length).toBeGreaterThanOrEqual(4 * MIB);
    expect(rest).toBe('unreadable');
    expect(source.problem).toMatchObject({ code: 'stream-limit' });
    expect(source.problem?.message).toContain('no room');
  });

  it('zeros take no room at all', () => {
    const before = process.memoryUsage.rss();
    const store = new DecodedStore(4 * MIB, join(folder, 'missing'));
    const zeros = new Uint8Array(MIB);
    for (let i = 0; i < 1000; i++) expect(store.append(zeros)).toBe(true);
    expect(store.read(999 * MIB, 8)).toEqual(new Uint8Array(8));
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * MIB);
  });
});

describe('a stream that never ends', () => {
  it('is left after its time', () => {
    let now = 0;
    const bomb = new Uint8Array(gzipSync(new Uint8Array(64 * MIB)));
    const source = opened(bomb, { time: 1000, clock: () => (now += 100) });
    source.read(60_000_000n, 8);
    expect(source.problem).toMatchObject({ code: 'stream-limit' });
    expect(source.problem?.message).toContain('takes longer than 1 seconds');
    expect(source.decoded).toBeLessThan(60_000_000);
  });

  it('costs bounded memory', () => {
    // Made elsewhere, so that nothing here holds the bytes themselves.
    const compressed = compressedPattern(64);
    const before = heldBuffers();
    const source = opened(compressed, { memory: 4 * MIB, folder });
    source.read(BigInt(64 * MIB - 8), 8);
    expect(source.decoded).toBe(64 * MIB);
    // 48 MiB of it are not zero.
    expect(heldBuffers() - before).toBeLessThan(16 * MIB);
    source.close();
  });
});
