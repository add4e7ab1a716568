import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, STACK } from './judgedProcess.js';

/** Behind a call through %rax. */
const INDIRECT = CODE + 0x102n;
/** Behind a direct call to CODE + 0x300. */
const DIRECT = CODE + 0x205n;

function judged(words: Readonly<Record<number, bigint>>, registers: Readonly<Record<string, bigint>>): Judgement {
  return judgedProcess({ words, registers, code: { 0x100: [0xff, 0xd0], 0x200: [0xe8, 0xfb, 0x00, 0x00, 0x00] } });
}

describe('candidate stacks of a process that died at 0', () => {
  it('a call through NULL: the return address on top is its caller’s', () => {
    const judgement = judged({ 0x108: INDIRECT }, { rip: 0n, rsp: STACK + 0x108n, rax: 0n });
    expect(judgement).toMatchObject({ label: 'other', kind: 'null-call' });
    expect(judgement.chosen.id).toBe('asCalled');
    expect(judgement.chosen.walk.frames[1]?.pc).toBe(INDIRECT);
  });

  it('a jump to NULL by what was called: no return popped a zero, whatever the callee’s code shows', () => {
    const judgement = judged({ 0x100: STACK, 0x108: DIRECT }, { rip: 0n, rsp: STACK + 0x108n });
    expect(judgement).toMatchObject({ label: 'other', kind: 'null-call' });
    expect(judgement.confidence).toBeGreaterThanOrEqual(0.9);
    const popped = judged({ 0x100: 0n, 0x108: DIRECT }, { rip: 0n, rsp: STACK + 0x108n });
    expect(popped.kind).not.toBe('null-call');
  });

  it('a return to NULL: the zero was popped, and the lost caller is named by the call before the next return address', () => {
    const judgement = judged({ 0x108: 0n, 0x128: DIRECT }, { rip: 0n, rsp: STACK + 0x110n });
    expect(judgement.label).toBe('return-to-null');
    expect(judgement.chosen.id).toBe('asReturned');
    const [, lost, caller] = judgement.chosen.walk.frames;
    expect(lost).toMatchObject({ trust: 'callTarget', calledFunction: CODE + 0x300n });
    expect(caller?.pc).toBe(DIRECT);
  });

  it('every reading that was weighed is kept, the chosen one once', () => {
    const { candidates, chosen } = judged({ 0x108: 0n, 0x128: DIRECT }, { rip: 0n, rsp: STACK + 0x110n });
    expect(candidates().filter((candidate) => candidate === chosen)).toHaveLength(1);
    expect(new Set(candidates().map(({ id }) => id)).size).toBe(candidates().length);
    for (const { coherence, walk } of candidates()) {
      expect(coherence.score).toBeGreaterThanOrEqual(0);
      expect(coherence.score).toBeLessThanOrEqual(1);
      expect(walk.frames.length).toBeGreaterThan(0);
    }
  });
});
