import { describe, expect, it } from 'vitest';
import { judgedProcess, STACK } from './judgedProcess.js';

/** `GNUCC++\0`, the class of exceptions of libstdc++, first word of the _Unwind_Exception. */
const GNU_CLASS = 0x474e5543432b2b00n;
const SP = STACK + 3600n;
const HEADER = STACK + 1024n;

/** A process that went to address 7, which lies below its stack pointer as a return or a restore leaves it. */
function wentTo7(firstWordAtRax: bigint) {
  return judgedProcess({
    words: { 1024: firstWordAtRax, 3592: 7n },
    registers: { rip: 7n, rsp: SP, rax: HEADER, rdx: 1n },
    code: {},
  });
}

describe('a return to a wild address', () => {
  it('is less sure while an exception was on its way to a landing pad', () => {
    const plain = wentTo7(0n);
    const inFlight = wentTo7(GNU_CLASS);
    expect([plain.kind, inFlight.kind]).toEqual(['return-to-wild', 'return-to-wild']);
    expect(inFlight.confidence).toBeLessThanOrEqual(0.7);
    expect(plain.confidence).toBeGreaterThan(inFlight.confidence);
    expect(inFlight.evidence.find(({ rule }) => rule === 'exception-in-flight')?.weight).toBeLessThan(0);
  });
});
