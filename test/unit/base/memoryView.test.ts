import { describe, expect, it } from 'vitest';
import { hex, linkAddress, runtimeAddress } from '../../../src/engine/base/addresses.js';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { Diagnostics } from '../../../src/engine/base/diagnostics.js';
import { absent, at, type MemoryView, readCString, wordOf } from '../../../src/engine/base/memoryView.js';

it('addresses wrap as the processor does', () => {
  expect(runtimeAddress(-1n)).toBe(0xffffffffffffffffn);
  expect(at(runtimeAddress(8n), -16)).toBe(0xfffffffffffffff8n);
  expect(linkAddress(1n << 64n)).toBe(0n);
  expect(hex(0xabcn)).toBe('0xabc');
});

it('a word needs all of its bytes', () => {
  expect(wordOf({ bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) })).toBe(0x0807060504030201n);
  expect(wordOf({ bytes: new Uint8Array(7) })).toBeUndefined();
  expect(wordOf(absent('unmapped'))).toBeUndefined();
});

it('a string ends at its NUL, or where memory does', () => {
  const text = new TextEncoder().encode('hello\0there');
  const memory: MemoryView = {
    read: (address, length) => {
      const bytes = text.subarray(Number(address), Number(address) + length);
      return bytes.length < length ? { bytes, rest: 'unmapped' } : { bytes };
    },
    word: () => undefined,
  };
  const read = (address: bigint): string | undefined => {
    const bytes = readCString(memory, runtimeAddress(address), 64);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  expect(read(0n)).toBe('hello');
  expect(read(6n)).toBe('there');
  expect(read(100n)).toBeUndefined();
});

describe('bytes as a source', () => {
  const source = bytesSource(Uint8Array.of(1, 2, 3, 4));

  it.each([
    [0n, 4, [1, 2, 3, 4], undefined],
    [2n, 4, [3, 4], 'end'],
    [4n, 1, [], 'end'],
    [1n << 63n, 8, [], 'end'],
  ])('reads from %d, %d bytes', (offset, length, bytes, rest) => {
    const read = source.read(offset, length);
    expect([...read.bytes]).toEqual(bytes);
    expect(read.rest).toBe(rest);
  });
});

it('diagnostics are kept up to a bound, and say how many more there were', () => {
  const diagnostics = new Diagnostics(2);
  for (let i = 0; i < 5; i++) diagnostics.report('bad-note', `problem ${i}`, i === 0 ? 12n : undefined);
  expect(diagnostics.list()).toEqual([
    { code: 'bad-note', message: 'problem 0', offset: 12n },
    { code: 'bad-note', message: 'problem 1' },
    { code: 'more-problems', message: '3 further problems of this file are not listed' },
  ]);
  expect(diagnostics.has('bad-note')).toBe(true);
  expect(diagnostics.has('truncated')).toBe(false);
});
