import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, STACK } from './judgedProcess.js';

const SP = STACK + 0x800n;
/** Where the kept registers of the stack that is switched to lie: six words, then the address to go on at. */
const SAVED = SP - 56n;
const KEPT = { rbp: STACK + 0x9f0n, rbx: 0x1111n, r12: 0x2222n, r13: 0x3333n, r14: 0x4444n, r15: 0x5555n };
/** Behind the direct call of the code below. */
const RETURN_ADDRESS = CODE + 0x205n;

function died(registers: Readonly<Record<string, bigint>>, changed: Readonly<Record<number, bigint>> = {}): Judgement {
  const { r15, r14, r13, r12, rbx, rbp } = KEPT;
  const saved = Object.fromEntries([r15, r14, r13, r12, rbx, rbp].map((word, i) => [0x7c8 + 8 * i, word]));
  // What functions left below tells that this stack was in use before.
  const left = { 0x600: RETURN_ADDRESS, 0x640: RETURN_ADDRESS, 0x828: RETURN_ADDRESS };
  return judgedProcess({
    words: { ...left, ...saved, ...changed },
    registers: { ...KEPT, rip: 0n, rsp: SP, ...registers },
    code: { 0x200: [0xe8, 0xfb, 0x00, 0x00, 0x00] },
  });
}

describe('a switch to another stack on which the address to go on at is 0', () => {
  it('is known by the register from which the stack pointer was set', () => {
    const verdict = died({ rsi: SAVED });
    expect([verdict.label, verdict.kind]).toEqual(['return-to-null', 'context-restore-to-null']);
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('is a mere return when no register points there', () => {
    expect(died({}).kind).toBe('zeroed-return-address');
  });

  it('is a mere return when a register points at locals below the saved registers', () => {
    expect(died({ rdi: SAVED - 16n }).kind).toBe('zeroed-return-address');
  });

  it('is a mere return when what lies there is not what the kept registers hold', () => {
    expect(died({ rsi: SAVED }, { 0x7c8: 0x5556n }).kind).toBe('zeroed-return-address');
  });
});
