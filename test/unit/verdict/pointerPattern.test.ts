import { describe, expect, it } from 'vitest';
import { pointerPattern } from '../../../src/engine/verdict/pointerPattern.js';

describe('what a bad pointer looks like', () => {
  it.each([
    [0x62696c2f7273752fn, 'is text: "/usr/lib"'],
    [0x656e6f6c6en, 'is text: "nlone"'],
    [0xddddddddddddddddn, 'is the pattern of freed memory (0xdd)'],
    [0x5a5a5a5a5a5a5a5an, 'is the pattern of freed memory (jemalloc)'],
    [0x1717171717171717n, 'is one byte, 0x17, repeated: filled or freed memory'],
    [0xdeadbeefdeadbeefn, 'is a mark, 0xdeadbeef'],
    [0xdeadbeefn, 'is a mark, 0xdeadbeef'],
    [0xffffffffffffffffn, 'is all ones, as of -1 or of erased memory'],
  ])('0x%s', (word, text) => {
    expect(pointerPattern(word)).toBe(text);
  });

  it.each([0n, 0x10n, 0x7f1234567890n, 0x555512345678n, 0x61626364n, 0xdeadbeef00001234n])(
    'nothing of 0x%s',
    (word) => {
      expect(pointerPattern(word)).toBeUndefined();
    },
  );
});
