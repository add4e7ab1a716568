import { describe, expect, it } from 'vitest';
import { compareStacks } from '../../../src/engine/inspection/compare/compareStacks.js';
import { comparisonPage } from '../../../src/engine/inspection/compare/comparisonPage.js';
import type { ComparedFrame, ComparedStack, ComparedValue } from '../../../src/shared/queries.js';

const number = (value: string): ComparedValue => ({ kind: 'number', value, text: value });
const pointer = (value: string, text: string): ComparedValue => ({ kind: 'stack', value, text });

function frame(name: string, pc: string, parts: Partial<ComparedFrame> = {}): ComparedFrame {
  return { name, place: { kind: 'code', value: pc, text: name }, registers: {}, slots: [], ...parts };
}

function stack(frames: readonly ComparedFrame[], below: readonly ComparedValue[] = []): ComparedStack {
  const side = { tid: 1, frames: frames.length, stop: 'outermost', chosen: true, registers: {} };
  return { side, registers: ['rip', 'rsp'], below, frames };
}

const relations = (left: ComparedStack, right: ComparedStack, isOne: boolean) =>
  compareStacks(left, right, isOne).map(({ part, name, relation }) => `${part} ${name} ${relation}`);

describe('two stacks side by side', () => {
  it('take values that lead to the same for alike in two threads, and for different in one', () => {
    const left = stack([
      frame('f', '0x10', { registers: { rsp: pointer('0x7000', 'stack') }, slots: [number('0x1')] }),
    ]);
    const right = stack([
      frame('f', '0x14', { registers: { rsp: pointer('0x8000', 'stack') }, slots: [number('0x2')] }),
    ]);
    expect(relations(left, right, false)).toEqual(['frame frame alike', 'register rsp alike', 'slot +0 different']);
    expect(relations(left, right, true)).toContain('register rsp different');
  });

  it('put frames of one function beside each other, also where one side has more', () => {
    const left = stack([frame('inner', '0x1'), frame('middle', '0x2'), frame('main', '0x3')]);
    const right = stack([frame('inner', '0x1'), frame('main', '0x3')]);
    const rows = compareStacks(left, right, false);
    expect(rows.map(({ leftFrame, rightFrame, relation }) => [leftFrame, rightFrame, relation])).toEqual([
      [0, 0, 'equal'],
      [1, undefined, 'leftOnly'],
      [2, 1, 'equal'],
    ]);
  });

  it('name what lies below by its distance from the stack pointer, one side longer than the other', () => {
    const rows = compareStacks(stack([], [number('0x1')]), stack([], [number('0x1'), number('0x2')]), false);
    expect(rows.map(({ name, relation }) => [name, relation])).toEqual([
      ['below', 'equal'],
      ['-16', 'equal'],
      ['-8', 'rightOnly'],
    ]);
  });

  it('are shown in pages, all or only what differs under the heading of its frame', () => {
    const same = frame('f', '0x10', { slots: [number('0x1')] });
    const left = stack([same, frame('g', '0x20', { slots: [number('0x1'), number('0x2')] })]);
    const right = stack([same, frame('g', '0x20', { slots: [number('0x1'), number('0x3')] })]);
    const rows = compareStacks(left, right, false);
    const sides = [left.side, right.side] as const;
    const page = comparisonPage(rows, sides, { from: 1, count: 2 });
    expect([page.total, page.differing, page.items.map(({ part }) => part)]).toEqual([5, 1, ['slot', 'frame']]);
    const only = comparisonPage(rows, sides, { from: 0, count: 10, only: 'differences' });
    expect(only.items.map(({ part, name, leftFrame }) => [part, name, leftFrame])).toEqual([
      ['frame', 'frame', 1],
      ['slot', '+8', 1],
    ]);
  });
});
