import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, STACK } from './judgedProcess.js';

const SP = STACK + 0x800n;
/** Behind the call of `called` in `outer`. */
const IN_OUTER = CODE + 0x115n;

/** A function returned to 0, and the next return address is behind a call of a function with just this code. */
function returnedToZero(
  called: readonly number[],
  frame: Readonly<Record<number, number>> = {},
  registers: Readonly<Record<string, bigint>> = {},
  next = 0x818,
): Judgement {
  return judgedProcess({
    words: { 0x7f8: 0n, [next]: IN_OUTER },
    registers: { rip: 0n, rsp: SP, ...registers },
    code: { 0x110: [0xe8, 0xeb, 0x00, 0x00, 0x00], 0x200: called },
    functions: [
      { name: 'outer', start: 0x100, size: 0x40, frame: { 0x104: 0x10 }, outermost: true },
      { name: 'called', start: 0x200, size: 0x20, frame },
      { name: 'further', start: 0x300, size: 0x20 },
    ],
  });
}

function said({ evidence }: Judgement): string {
  return evidence.map(({ text }) => text).join('\n');
}

const AWAY = 'no function whose return address lies above has its frame at this distance';

describe('the caller to which a return should have led', () => {
  it('is a function that calls with its frame at just this distance', () => {
    // sub $0x18, %rsp; call further
    const found = returnedToZero([0x48, 0x83, 0xec, 0x18, 0xe8, 0xf7, 0x00, 0x00, 0x00], { 0x204: 0x20 });
    expect(found).toMatchObject({ label: 'return-to-null', kind: 'zeroed-return-address' });
    expect(found.confidence).toBeGreaterThanOrEqual(0.9);
    expect(said(found)).not.toContain(AWAY);
  });

  it('is the function to which a linkage stub leads, not the stub', () => {
    const slot = [...new Uint8Array(new BigUint64Array([CODE + 0x200n]).buffer)];
    const found = judgedProcess({
      words: { 0x7f8: 0n, 0x818: IN_OUTER },
      registers: { rip: 0n, rsp: SP },
      code: {
        0x110: [0xe8, 0x2b, 0x01, 0x00, 0x00], // call stub
        0x200: [0x48, 0x83, 0xec, 0x18, 0xe8, 0xf7, 0x00, 0x00, 0x00], // sub $0x18, %rsp; call further
        0x240: [0xff, 0x25, 0x3a, 0x00, 0x00, 0x00], // jmp *slot
        0x280: slot,
      },
      functions: [
        { name: 'outer', start: 0x100, size: 0x40, frame: { 0x104: 0x10 }, outermost: true },
        { name: 'called', start: 0x200, size: 0x20, frame: { 0x204: 0x20 } },
        { name: 'stub', start: 0x240, size: 0x10 },
        { name: 'further', start: 0x300, size: 0x20 },
      ],
    });
    expect(found.kind).toBe('zeroed-return-address');
    expect(said(found)).toContain('makes calls with its frame at just this distance');
  });

  it('is none that makes no calls', () => {
    const found = returnedToZero([0x90, 0xc3]);
    expect(found.kind).toBe('zeroed-return-address');
    expect(found.confidence).toBeLessThan(0.9);
    expect(said(found)).toContain(AWAY);
  });

  it('may be what a function without calls jumped on to', () => {
    // jmp further
    expect(said(returnedToZero([0xe9, 0xfb, 0x00, 0x00, 0x00]))).not.toContain(AWAY);
  });

  describe('when what was called by nobody knows whom lies farther up', () => {
    /** Behind a direct and behind an indirect call in `top`. */
    const [DIRECT, INDIRECT] = [CODE + 0x395n, CODE + 0x39an];
    /** `called` makes no calls; above the return address that a call of it left, `outer` returns to `top`. */
    const died = (returnOfOuter: bigint) =>
      judgedProcess({
        words: { 0x7f8: 0n, 0x818: IN_OUTER, 0x828: returnOfOuter, 0x838: INDIRECT },
        registers: { rip: 0n, rsp: SP },
        code: {
          0x110: [0xe8, 0xeb, 0x00, 0x00, 0x00], // call called
          0x200: [0x90, 0xc3],
          0x390: [0xe8, 0x6b, 0xfd, 0xff, 0xff], // call outer
          0x398: [0xff, 0xd0], // call *%rax
        },
        functions: [
          { name: 'outer', start: 0x100, size: 0x40, frame: { 0x104: 0x10 } },
          { name: 'called', start: 0x200, size: 0x20 },
          { name: 'top', start: 0x380, size: 0x40, frame: { 0x384: 0x10 }, outermost: true },
        ],
      });

    it('is not the function without calls whose caller has its own return address in its place', () => {
      expect(said(died(DIRECT))).toContain(AWAY);
    });

    it('may be anybody where the return address may be left over from earlier', () => {
      expect(said(died(INDIRECT))).not.toContain(AWAY);
    });
  });

  describe('when longjmp had gone back to a function whose frame was left', () => {
    /** sub $0x18, %rsp; call further: a call of setjmp, behind which longjmp goes on. */
    const calling = [0x48, 0x83, 0xec, 0x18, 0xe8, 0xf7, 0x00, 0x00, 0x00];
    const frame = { 0x204: 0x20 };
    const behind = CODE + 0x209n;
    const died = (registers: Readonly<Record<string, bigint>>) => returnedToZero(calling, frame, registers, 0x828);

    it('is told by the registers with which longjmp jumps', () => {
      const found = died({ rdx: behind, r8: SP - 0x20n, r9: 7n });
      expect(found).toMatchObject({ label: 'return-to-null', kind: 'zeroed-return-address' });
      expect(found.confidence).toBeGreaterThanOrEqual(0.9);
      expect(found.account).toContain('longjmp went back to called+0x9');
    });

    it.each([
      ['a frame that ends elsewhere', { rdx: behind, r8: SP - 0x28n }],
      ['an address that no call precedes', { rdx: CODE + 0x203n, r8: SP - 8n }],
      ['a stack pointer that is not below', { rdx: behind, r8: SP + 0x20n }],
    ])('is not told by %s', (_, registers) => {
      const found = died(registers);
      expect(found.confidence).toBeLessThan(0.9);
      expect(said(found)).not.toContain('longjmp');
    });
  });
});
