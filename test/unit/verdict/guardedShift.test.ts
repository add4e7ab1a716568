import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, HEAP, judgedProcess, PID, STACK } from './judgedProcess.js';

const GUARD = 0xfeed_1234_5678_9a00n;
const OVERWRITTEN = 0x4141_4141_4141_4141n;
/** Behind the call of `copy` in `begin`, and that of `__stack_chk_fail` in `copy`. */
const IN_BEGIN = CODE + 0x115n;
const IN_COPY = CODE + 0x21cn;
/** Behind a call in `begin` that may have led anywhere. */
const LEFT_OVER = CODE + 0x132n;
/** `copy` keeps its guard word 0x18 above its stack pointer, and its frame is 0x30 long. */
const SP = 0x808;

/** `copy` found its guard word changed, with the stack pointer `low` bytes too low and its own words where they belong. */
function died(low: number, guard: bigint, words: Readonly<Record<number, bigint>> = {}): Judgement {
  return judgedProcess({
    words: {
      [SP - 8]: IN_COPY,
      [SP + 0x18 + low]: guard,
      [SP + 0x28]: LEFT_OVER,
      [SP + 0x28 + low]: IN_BEGIN,
      ...words,
    },
    registers: { rip: CODE + 0x310n, rsp: STACK + BigInt(SP - 8), fs_base: HEAP },
    heap: { 0x28: GUARD },
    code: {
      0x110: [0xe8, 0xeb, 0x00, 0x00, 0x00], // call copy
      0x130: [0xff, 0xd0], // call *%rax
      0x204: [0x48, 0x8b, 0x44, 0x24, 0x18], // mov 0x18(%rsp), %rax
      0x209: [0x64, 0x48, 0x2b, 0x04, 0x25, 0x28, 0x00, 0x00, 0x00], // sub %fs:0x28, %rax
      0x217: [0xe8, 0xe4, 0x00, 0x00, 0x00], // call __stack_chk_fail
    },
    functions: [
      { name: 'begin', start: 0x100, size: 0x40, frame: { 0x104: 0x10 }, outermost: true },
      { name: 'copy', start: 0x200, size: 0x40, frame: { 0x204: 0x30 } },
      { name: '__stack_chk_fail', start: 0x300, size: 0x40 },
    ],
    signal: 6,
    signalCode: -6,
    siginfo: [BigInt(PID)],
  });
}

describe('a guard word that was found changed', () => {
  it.each([24, 40])(
    'was looked for in the wrong place where it lies %d bytes off, as the return address does',
    (low) => {
      const found = died(low, GUARD);
      expect(found).toMatchObject({ label: 'misaligned-stack', kind: 'rsp-shift', shift: -low });
      expect(found.confidence).toBeGreaterThanOrEqual(0.85);
    },
  );

  it('was overwritten where the return address is in its place, and what lies farther up is a frame of a caller', () => {
    for (const caller of [IN_BEGIN, LEFT_OVER])
      expect(
        died(24, GUARD, { [SP + 0x18]: OVERWRITTEN, [SP + 0x28]: IN_BEGIN, [SP + 0x28 + 24]: caller }),
      ).toMatchObject({ label: 'other', kind: 'stack-protector' });
  });

  it('was looked for a word off where the caller may have called anything, and overwritten where only a large shift would do', () => {
    const behindAnyCall = (low: number) => died(low, GUARD, { [SP + 0x28]: OVERWRITTEN, [SP + 0x28 + low]: LEFT_OVER });
    expect(behindAnyCall(8)).toMatchObject({ kind: 'rsp-shift', shift: -8 });
    for (const low of [24, 64]) expect(behindAnyCall(low)).toMatchObject({ label: 'other', kind: 'stack-protector' });
  });

  it('was overwritten where its value is nowhere near', () => {
    for (const low of [0, 40])
      expect(died(low, OVERWRITTEN)).toMatchObject({ label: 'other', kind: 'stack-protector' });
  });
});
