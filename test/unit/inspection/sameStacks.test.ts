import { describe, expect, it } from 'vitest';
import { StackGroups, tidList } from '../../../src/engine/inspection/sameStacks.js';
import type { FrameRow } from '../../../src/shared/report.js';

const frames = (...pcs: string[]): FrameRow[] =>
  pcs.map((pc, index) => ({ index, pc, cfa: `0x${Math.floor(Math.random() * 1e6)}`, trust: 'cfi' }));

describe('threads with equal stacks', () => {
  it('are put together wherever their stacks lie, in the order of the first', () => {
    const groups = new StackGroups<{ tid: number }>();
    expect(groups.add({ tid: 7 }, frames('0x1', '0x2'), 'end')).toBeUndefined();
    expect(groups.add({ tid: 8 }, frames('0x1', '0x3'), 'end')).toBeUndefined();
    expect(groups.add({ tid: 9 }, frames('0x1', '0x2'), 'end')).toEqual({ tid: 7 });
    expect(groups.all.map(({ first, tids }) => [first.tid, tids])).toEqual([
      [7, [7, 9]],
      [8, [8]],
    ]);
  });

  it('are not when one goes on, or ends for another reason', () => {
    const groups = new StackGroups<{ tid: number }>();
    groups.add({ tid: 1 }, frames('0x1'), 'end');
    expect(groups.add({ tid: 2 }, frames('0x1', '0x2'), 'end')).toBeUndefined();
    expect(groups.add({ tid: 3 }, frames('0x1'), 'cut')).toBeUndefined();
    expect(groups.all).toHaveLength(3);
  });
});

describe('a list of thread ids', () => {
  it.each<[number[], string]>([
    [[5], '5'],
    [[5, 6], '5, 6'],
    [[5, 6, 7, 9, 11, 12], '5-7, 9, 11, 12'],
    [[3, 2, 1], '3, 2, 1'],
    [Array.from({ length: 20 }, (_, i) => 2 * i), '0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22...'],
  ])('%j is %s', (tids, text) => {
    expect(tidList(tids)).toBe(text);
  });
});
