import { describe, expect, it } from 'vitest';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { coherenceOf } from '../../../src/engine/unwind/coherence.js';
import type { StackFrame, Walk } from '../../../src/engine/unwind/stackFrame.js';
import { prstatus, siginfo } from '../../writers/coreNotes.js';
import { openProcess, registers } from '../process.js';

const CODE = 0x40_0000n;

/** Code with a direct call to CODE + 0x300, whose return address is CODE + 0x205, among one-byte instructions. */
const { context } = openProcess({
  notes: [prstatus(1, {}), siginfo(11, 1, [0n])],
  loads: [
    {
      vaddr: CODE,
      bytes: new Uint8Array(4096).fill(0x90).map((byte, at) => [0xe8, 0xfb, 0, 0, 0][at - 0x200] ?? byte),
      flags: 'rx',
    },
  ],
});

function frame(pc: bigint, interrupted: boolean): StackFrame {
  const trust = interrupted ? 'context' : 'scan';
  return { pc: runtimeAddress(pc), registers: registers({}), trust, rejected: [], interrupted };
}

const innermost = frame(CODE + 0x310n, true);
const caller = frame(CODE + 0x205n, false);

function scoreOf(frames: readonly StackFrame[], stop: Walk['stop']): number {
  return coherenceOf(context, { frames, stop }).score;
}

describe('how much sense a stack makes', () => {
  it('a frame without a caller agrees with nothing, wherever the walk stopped', () => {
    expect(scoreOf([innermost], 'outermost')).toBe(0);
    expect(scoreOf([innermost], 'no-rule')).toBe(0);
    expect(scoreOf([], 'no-rule')).toBe(0);
  });

  it('one with a caller behind a call agrees with something, and with more where it ends', () => {
    const open = scoreOf([innermost, caller], 'no-rule');
    expect(open).toBeGreaterThan(0);
    expect(scoreOf([innermost, caller], 'outermost')).toBeGreaterThan(open);
  });

  it('one whose caller made no call agrees with nothing', () => {
    expect(scoreOf([innermost, frame(CODE + 0x105n, false)], 'no-rule')).toBe(0);
  });
});
