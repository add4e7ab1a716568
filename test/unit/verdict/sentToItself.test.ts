import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, PID, STACK } from './judgedProcess.js';

const SI_USER = 0;
const WRITE = 1n;
const KILL = 62n;

function died(signal: number, call: bigint, pid = PID): Judgement {
  return judgedProcess({
    words: {},
    registers: { rip: CODE + 0x10n, rsp: STACK + 0x800n, orig_rax: call },
    code: {},
    signal,
    signalCode: SI_USER,
    siginfo: [BigInt(pid)],
  });
}

describe('a signal that the process has from itself', () => {
  it.each([
    ['SIGXFSZ', 25],
    ['SIGQUIT', 3],
    ['SIGSEGV', 11],
  ])('%s of a call to kill is no limit, no fault and nobody else’s', (name, number) => {
    const verdict = died(number, KILL);
    expect(verdict.kind).toBe('unknown');
    expect(verdict.account).toContain(`sent ${name} to itself`);
  });

  it('is the limit of file size in a write: the kernel says it of the process, too', () => {
    expect(died(25, WRITE).kind).toBe('resource-limit');
  });

  it('is another process’s with its number', () => {
    expect(died(25, KILL, PID + 1).kind).toBe('killed-from-outside');
  });
});
