import { describe, expect, test } from 'vitest';
import { FrameCursor, describeStop, frameAtRow, layOut } from '../../src/adapter/frameCursor.js';
import { FrameList } from '../../src/adapter/frameList.js';
import type { StackRow } from '../../src/shared/queries.js';

/** Every third row is inline. */
const row = (index: number): StackRow => ({
  index,
  frame: index - Math.ceil(index / 3),
  pc: '0x1',
  trust: 'cfi',
  ...(index % 3 === 0 ? { inlined: true } : {}),
});

function listOf(total: number, atOnce: number) {
  const asked: number[] = [];
  const list = new FrameList((from, count) => {
    asked.push(from);
    const length = Math.max(0, Math.min(count, atOnce, total - from));
    return Promise.resolve({
      total,
      items: Array.from({ length }, (_, at) => row(from + at)),
      stop: 'outermost',
      rejected: {},
    });
  });
  return { list, asked };
}

describe('a list of frames', () => {
  test('gives every row, however few the session gives at once', async () => {
    const { list } = listOf(1500, 100);
    for (const index of [0, 99, 100, 511, 512, 1024, 1499]) expect((await list.row(index))?.index).toBe(index);
    expect(await list.row(1500)).toBeUndefined();
    expect(await list.row(-1)).toBeUndefined();
    expect(await list.total()).toBe(1500);
  });

  test('counts frames without inline entries', async () => {
    const { list } = listOf(100_000, 10_000);
    const expected = (index: number): number => index - Math.ceil(index / 3);
    for (const index of [0, 1, 2, 3, 4, 511, 512, 513, 20_000, 99_999]) {
      expect([index, await list.physicalFrame(index)]).toEqual([index, expected(index)]);
    }
  });

  test('asks for a page once and again after a failure', async () => {
    const { list, asked } = listOf(10, 10);
    await list.row(1);
    await list.row(2);
    expect(asked).toEqual([0]);
    let fail = true;
    const shaky = new FrameList(() => {
      if (fail) return Promise.reject(new Error('not now'));
      return Promise.resolve({ total: 1, items: [row(0)], stop: '', rejected: {} });
    });
    await expect(shaky.row(0)).rejects.toThrow('not now');
    fail = false;
    expect(await shaky.total()).toBe(1);
  });
});

describe('the cursor', () => {
  test('stays within the frames', () => {
    const cursor = new FrameCursor();
    expect(cursor.move('callee', 3)).toBe(false);
    expect(cursor.move('outermost', 3)).toBe(true);
    expect(cursor.position).toBe(2);
    expect(cursor.move('caller', 3)).toBe(false);
    expect(cursor.move('innermost', 3)).toBe(true);
    expect(cursor.position).toBe(0);
    expect(describeStop('caller', true, 2, 9)).toBe('frame 3 of 9');
  });

  test.each([0, 1, 7, 8, 9, 50])('at %i lays out rows that count up without holes', (position) => {
    const layout = layOut(position, 60);
    const rows = Array.from({ length: layout.rows }, (_, at) => frameAtRow(layout, at));
    const frames = rows.filter((index) => index !== undefined);
    expect(rows.includes(undefined)).toBe(position > 8);
    expect(frames).toEqual(Array.from({ length: frames.length }, (_, at) => Math.max(0, position - 8) + at));
    expect(frames.at(-1)).toBe(59);
  });
});
