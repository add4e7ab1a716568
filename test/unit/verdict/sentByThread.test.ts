import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, PID, STACK } from './judgedProcess.js';

const SIGABRT = 6;
const SI_TKILL = -6;
const TGKILL = 234n;
/** In no system call. */
const NONE = BigInt.asUintN(64, -1n);

const registers = { rip: CODE + 0x10n, rsp: STACK + 0x800n };

function died(call: bigint, pid = PID, others = [registers]): Judgement {
  return judgedProcess({
    words: {},
    registers: { ...registers, orig_rax: call },
    code: {},
    signal: SIGABRT,
    signalCode: SI_TKILL,
    siginfo: [BigInt(pid)],
    others,
  });
}

describe('SIGABRT from within the process', () => {
  it('came of another thread when this one sent nothing', () => {
    const verdict = died(NONE);
    expect(verdict.kind).toBe('watchdog');
    expect(verdict.confidence).toBeLessThan(0.9);
    expect(verdict.missing).not.toEqual([]);
  });

  it('is the own abort of a thread that is in the system call for it', () => {
    expect(died(TGKILL).kind).toBe('abort');
  });

  it('is the own abort of the only thread', () => {
    expect(died(NONE, PID, []).kind).toBe('abort');
  });

  it('came from outside when another process sent it', () => {
    expect(died(NONE, PID + 1).kind).toBe('killed-from-outside');
  });
});
