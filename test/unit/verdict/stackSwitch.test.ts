import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, HEAP, judgedProcess, STACK } from './judgedProcess.js';

const SP = STACK + 0x800n;
/** Where the kept registers of the stack that is switched to lie: six words, then the address to go on at. */
const SAVED = SP - 56n;
const KEPT = { rbp: STACK + 0x9f0n, rbx: 0x1111n, r12: 0x2222n, r13: 0x3333n, r14: 0x4444n, r15: 0x5555n };
/** Behind the direct call of the code below. */
const RETURN_ADDRESS = CODE + 0x205n;

const CALL = { 0x200: [0xe8, 0xfb, 0x00, 0x00, 0x00] };

function died(
  registers: Readonly<Record<string, bigint>>,
  changed: Readonly<Record<number, bigint>> = {},
  isReadable = true,
): Judgement {
  const { r15, r14, r13, r12, rbx, rbp } = KEPT;
  const saved = Object.fromEntries([r15, r14, r13, r12, rbx, rbp].map((word, i) => [0x7c8 + 8 * i, word]));
  // What functions left below tells that this stack was in use before.
  const left = { 0x600: RETURN_ADDRESS, 0x640: RETURN_ADDRESS, 0x828: RETURN_ADDRESS };
  // Where another stack's pointer is kept, and that stack: registers, then the address to go on at.
  const heap = { 0x10: HEAP + 0x100n, 0x130: RETURN_ADDRESS };
  return judgedProcess({
    words: { ...left, ...saved, ...changed },
    registers: { ...KEPT, rip: 0n, rsp: SP, ...registers },
    heap,
    code: isReadable ? CALL : undefined,
  });
}

function judgedKind(registers: Readonly<Record<string, bigint>>, words: Readonly<Record<number, bigint>>): string {
  return died(registers, words, false).kind;
}

describe('a switch to another stack on which the address to go on at is 0', () => {
  it('is known by the register from which the stack pointer was set', () => {
    const verdict = died({ rsi: SAVED });
    expect([verdict.label, verdict.kind]).toEqual(['return-to-null', 'context-restore-to-null']);
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('is known by the stack that was left, where the kept registers are mostly 0 and no code can be read', () => {
    const zeros = { rbx: 0n, r12: 0n, r13: 0n, r14: 0n, r15: 0n };
    const words = { 0x7c8: 0n, 0x7d0: 0n, 0x7d8: 0n, 0x7e0: 0n, 0x7e8: 0n };
    const alone = judgedKind({ ...zeros, rsi: SAVED }, words);
    const withOther = judgedKind({ ...zeros, rsi: SAVED, rdi: HEAP + 0x10n }, words);
    expect([alone, withOther]).toEqual(['zeroed-return-address', 'context-restore-to-null']);
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
