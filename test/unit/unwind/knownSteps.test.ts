import { describe, expect, it } from 'vitest';
import { RegisterSet } from '../../../src/engine/arch/registerSet.js';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { KnownSteps } from '../../../src/engine/unwind/knownSteps.js';
import type { StepResult } from '../../../src/engine/unwind/rules/stepResult.js';
import type { StackFrame } from '../../../src/engine/unwind/stackFrame.js';

function frame(changes: Partial<StackFrame> = {}, registers: Record<string, bigint> = { rsp: 0x7000n }): StackFrame {
  return {
    pc: runtimeAddress(0x1234n),
    registers: new RegisterSet(Object.entries(registers)),
    trust: 'cfi',
    rejected: [],
    interrupted: false,
    ...changes,
  };
}

/** Counts what is worked out. */
function counted(): { readonly take: () => StepResult; readonly count: () => number } {
  let count = 0;
  return { take: () => ({ kind: 'rejected', reason: String(++count) }), count: () => count };
}

describe('KnownSteps', () => {
  it('takes the step from frames that are alike once', () => {
    const { take, count } = counted();
    const steps = new KnownSteps();
    const first = steps.from(frame(), 'called', take);
    expect(steps.from(frame({ trust: 'scan', rejected: ['why'] }), 'called', take)).toBe(first);
    expect(count()).toBe(1);
  });

  it.each([
    ['another pc', frame({ pc: runtimeAddress(0x1235n) }), 'called'],
    ['another value of a register', frame({}, { rsp: 0x7008n }), 'called'],
    ['a register more', frame({}, { rsp: 0x7000n, rbx: 0n }), 'called'],
    ['another register', frame({}, { rbp: 0x7000n }), 'called'],
    ['a pc that was about to run', frame({ interrupted: true }), 'called'],
    ['a lost pc whose function is known', frame({ calledFunction: runtimeAddress(1n) }), 'called'],
    ['another last transfer', frame(), 'returned'],
  ] as const)('takes a step of its own from a frame with %s', (_, other, lastTransfer) => {
    const { take, count } = counted();
    const steps = new KnownSteps();
    steps.from(frame(), 'called', take);
    steps.from(other, lastTransfer, take);
    expect(count()).toBe(2);
  });

  it('gives the right step for each frame of a recursion that is deeper than it remembers', () => {
    const steps = new KnownSteps();
    for (let round = 0; round < 2; round++)
      for (let depth = 0n; depth < 40n; depth++) {
        const step = steps.from(frame({}, { rsp: depth }), 'called', () => ({
          kind: 'rejected',
          reason: String(depth),
        }));
        expect(step).toEqual({ kind: 'rejected', reason: String(depth) });
      }
  });
});
