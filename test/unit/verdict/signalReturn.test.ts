import { describe, expect, it } from 'vitest';
import { writeSignalFrame } from '../../writers/signalFrame.js';
import { CODE, judgedProcess, STACK } from './judgedProcess.js';

const SIGUSR1 = 10;
const SIGSEGV = 11;
const SI_TKILL = -6;
const SEGV_MAPERR = 1;
const PAGE_FAULT = 14;

const SP = STACK + 3600n;
const REGISTERS = { rip: 0n, rsp: SP, rbp: STACK + 3700n, rbx: 0x1234n, r12: 0x77n, rax: 0n, rdi: STACK + 3800n };

/** A process that died with `REGISTERS` at 0, below whose stack pointer the frame of a handler lies that has returned. */
function diedBehindHandler(signal: number, code: number, loaded: Readonly<Record<string, bigint>>, trap = 0) {
  const frame = writeSignalFrame(SP, {
    registers: loaded,
    trampoline: CODE + 0x20n,
    signal,
    code,
    trap,
    stateSize: 1024,
  });
  const offset = Number(frame.address - STACK);
  const padded = new Uint8Array(Math.ceil(frame.bytes.length / 8) * 8);
  padded.set(frame.bytes);
  const view = new DataView(padded.buffer);
  const words: Record<number, bigint> = {};
  for (let at = 0; at < padded.length; at += 8) words[offset + at] = view.getBigUint64(at, true);
  return judgedProcess({ words, registers: REGISTERS, code: {} });
}

describe('a crash behind the return of a signal handler', () => {
  it('is known by a stale frame that holds all the registers of the crash', () => {
    const verdict = diedBehindHandler(SIGUSR1, SI_TKILL, REGISTERS);
    expect([verdict.label, verdict.kind]).toEqual(['return-to-null', 'context-restore-to-null']);
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
    expect(verdict.evidence[0]?.text).toContain('stale frame of SIGUSR1');
  });

  it.each(['rsp', 'rbx', 'rdi'])('is another when %s is not what the frame holds', (register) => {
    const other = diedBehindHandler(SIGUSR1, SI_TKILL, { ...REGISTERS, [register]: STACK + 3608n });
    expect(other.kind).not.toBe('context-restore-to-null');
  });

  it("is another when the frame is that of the crash's own fault", () => {
    expect(diedBehindHandler(SIGSEGV, SEGV_MAPERR, REGISTERS).kind).not.toBe('context-restore-to-null');
  });

  // The kernel writes no siginfo for a handler without SA_SIGINFO: what an older frame left at the same place is read as one.
  it("is another when the frame's trap is the fault of running at 0, whatever its siginfo says", () => {
    expect(diedBehindHandler(SIGUSR1, SI_TKILL, REGISTERS, PAGE_FAULT).kind).not.toBe('context-restore-to-null');
  });
});
