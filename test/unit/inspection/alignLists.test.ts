import { describe, expect, it } from 'vitest';
import { alignLists } from '../../../src/engine/inspection/compare/alignLists.js';

/** Each pair as `left|right`, a dash where one side has nothing. */
const aligned = (left: string, right: string): string =>
  alignLists(Array.from(left), Array.from(right))
    .map(({ left: l, right: r }) => `${l === undefined ? '-' : left[l]}${r === undefined ? '-' : right[r]}`)
    .join(' ');

describe('two lists side by side', () => {
  it.each([
    ['abc', 'abc', 'aa bb cc'],
    ['', 'ab', '-a -b'],
    // A frame more at the inner end, as a stack read 8 bytes higher has it.
    ['xabc', 'abc', 'x- aa bb cc'],
    ['abc', 'abxc', 'aa bb -x cc'],
    // What differs is paired in order, what is left over stands alone.
    ['aPQc', 'aXc', 'aa PX Q- cc'],
    // Recursion: prefix and suffix overlap, and no frame may be counted twice.
    ['aaa', 'aa', 'aa aa a-'],
    ['abab', 'ab', 'aa bb a- b-'],
    ['xyzq', 'zxyq', '-z xx yy z- qq'],
  ])('%s and %s', (left, right, expected) => {
    expect(aligned(left, right)).toBe(expected);
  });

  it('keeps every place of both once and in order, whatever the lists', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    for (let round = 0; round < 300; round++) {
      const list = () => Array.from({ length: random(12) }, () => String.fromCharCode(97 + random(4)));
      const [left, right] = [list(), list()];
      const pairs = alignLists(left, right);
      expect(pairs.flatMap(({ left: l }) => (l === undefined ? [] : [l]))).toEqual(left.map((_, i) => i));
      expect(pairs.flatMap(({ right: r }) => (r === undefined ? [] : [r]))).toEqual(right.map((_, i) => i));
    }
  });

  it('pairs lists in order that are too long for a table', () => {
    const left = Array.from({ length: 2000 }, (_, i) => `l${i}`);
    expect(
      alignLists(
        left,
        left.map((key) => `${key}x`),
      ),
    ).toHaveLength(2000);
  });
});
