import { describe, expect, it } from 'vitest';
import { CODE, HEAP, judgedProcess, STACK } from './judgedProcess.js';

const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const SI_KERNEL = 0x80;

function died(
  registers: Readonly<Record<string, bigint>>,
  signalCode: number,
  fault: bigint,
  words: Readonly<Record<number, bigint>> = {},
) {
  return judgedProcess({ words, registers, code: undefined, signalCode, siginfo: [fault] });
}

describe('a fault whose instruction is not known', () => {
  const healthy = { rip: CODE + 0x10n, rsp: STACK + 0x800n };

  it('is a write where reading is permitted', () => {
    expect(died(healthy, SEGV_ACCERR, CODE + 0x800n)).toMatchObject({ kind: 'wild-write', address: 'protected' });
  });

  it('may be either where nothing is mapped', () => {
    expect(died(healthy, SEGV_MAPERR, 0x1234_5678_0000n).kind).toBe('unknown');
  });

  it.each([0n, 0x1230n, 0x1234_5678_0000n])(
    'is of the stack pointer that is 0x%s, and faults at it',
    (stackPointer) => {
      const verdict = died({ rip: CODE + 0x10n, rsp: stackPointer }, SEGV_MAPERR, stackPointer);
      expect(verdict.kind).toBe('stack-pointer-wild');
      expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
    },
  );

  it('is of a push below a stack pointer that leads nowhere', () => {
    const verdict = died({ rip: CODE + 0x10n, rsp: 0x1230n }, SEGV_MAPERR, 0x1228n);
    expect(verdict.kind).toBe('stack-pointer-wild');
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('is of the stack pointer, if less surely, where the kernel found no room for a handler there', () => {
    const verdict = died({ rip: CODE + 0x10n, rsp: 0x1230n }, SI_KERNEL, 0n);
    expect(verdict.kind).toBe('stack-pointer-wild');
    expect(verdict.confidence).toBeLessThan(0.9);
  });

  it('is of a null pointer while the stack pointer is in order', () => {
    expect(died(healthy, SEGV_MAPERR, 8n).kind).toBe('null-dereference');
  });
});

describe('a frame that is larger than the guard below its stack', () => {
  const into = (stackPointer: bigint, fault: bigint, fs_base = STACK + 0xf00n) =>
    judgedProcess({
      words: {},
      registers: { rip: CODE + 0x10n, rsp: stackPointer, fs_base },
      code: undefined,
      siginfo: [fault],
      guarded: true,
    });

  it('is the end of a stack, whether the guard or what lies below it was touched', () => {
    expect(into(STACK - 0x4000n, STACK - 0x3fe0n)).toMatchObject({ kind: 'stack-overflow' });
    expect(into(STACK - 0x800n, STACK - 0x7f0n)).toMatchObject({ kind: 'stack-overflow' });
  });

  it('is none where the memory behind the guard is not known for the stack of the thread', () => {
    expect(into(STACK - 0x4000n, STACK - 0x3fe0n, 0n).kind).not.toBe('stack-overflow');
  });
});

describe('a fault whose instruction is not known, of a pointer that a moved stack pointer may have read', () => {
  const SP = STACK + 0x800n;
  /** Behind a call in the function at the pc, and where no code is. */
  const OWN = CODE + 0x40n;
  const ELSEWHERE = CODE + 0xfff0n;
  const after = (words: Readonly<Record<number, bigint>>, registers: Readonly<Record<string, bigint>> = {}) =>
    died({ rip: CODE + 0x10n, rsp: SP, rbp: SP + 0x20n, ...registers }, SEGV_MAPERR, 8n, words);
  /** Below the stack pointer the record of the last call; above, two frames that keep a frame pointer. */
  const called = { 0x7f8: OWN, 0x820: SP + 0x60n, 0x828: OWN, 0x868: OWN };

  it('is said surely where the last call shows that the stack pointer is in its place, and the function keeps a frame pointer', () => {
    const verdict = after(called);
    expect(verdict.kind).toBe('null-dereference');
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
    expect(verdict.evidence.some(({ text }) => text.includes('[rsp-8] still holds the return address'))).toBe(true);
  });

  it.each([
    ['no call left anything there', {}],
    ['what lies there is a word of data', { ...called, 0x7f8: HEAP }],
    ['what lies there is an address of no code', { ...called, 0x7f8: ELSEWHERE }],
    ['an earlier call lies two words above it', { ...called, 0x808: OWN }],
    ['an earlier call lies four words above it', { ...called, 0x818: OWN }],
    ['the nearest return address lies where none belongs', { ...called, 0x810: OWN }],
  ])('is said less surely where %s', (_, words) => {
    const verdict = after(words);
    expect(verdict.kind).toBe('null-dereference');
    expect(verdict.confidence).toBe(0.85);
    expect(verdict.missing.some((text) => text.includes('whether the stack pointer was in its place'))).toBe(true);
  });

  it('is said less surely where the function finds its words by the stack pointer', () => {
    expect(after(called, { rbp: 1n }).confidence).toBe(0.88);
    // One record alone may lie there by chance.
    expect(after({ ...called, 0x820: 0n }).confidence).toBe(0.88);
  });

  it('is said less surely where the stack pointer is no multiple of 16', () => {
    expect(after({ ...called, 0x7f0: OWN }, { rsp: SP - 8n }).confidence).toBe(0.85);
  });

  it('is said less surely where the pointer is a return address, which a call wrote over it', () => {
    const own = died({ rip: CODE + 0x10n, rsp: SP, rbp: SP + 0x20n }, SEGV_ACCERR, CODE + 0x800n, called);
    expect(own).toMatchObject({ kind: 'wild-write', address: 'protected' });
    expect(own.confidence).toBeLessThan(0.9);
  });
});

describe('a call through a bad pointer that cannot be read', () => {
  /** What was called has its return address on top, and the stack pointer is not where it would have been popped from. */
  const called = (target: bigint, rsp: bigint, rbp: bigint) =>
    died({ rip: target, rsp, rbp }, SEGV_MAPERR, target, {
      [Number(rsp - STACK)]: CODE + 0x40n,
      [Number(rsp - STACK) - 8]: 5n,
      0x820: STACK + 0x860n,
      0x828: CODE + 0x40n,
      0x868: CODE + 0x40n,
    });

  it.each([
    [0n, 'null-call'],
    [0x1234_5678_0000n, 'wild-jump'],
  ] as const)('to 0x%s is said surely where the caller keeps a frame pointer', (target, kind) => {
    const [framed, frameless] = [STACK + 0x820n, 1n].map((rbp) => called(target, STACK + 0x7f8n, rbp));
    expect([framed?.kind, frameless?.kind]).toEqual([kind, kind]);
    expect(framed?.confidence).toBeGreaterThanOrEqual(0.9);
    expect(frameless?.confidence).toBe(0.88);
  });

  it('is in doubt where the stack pointer is not as a call leaves it', () => {
    expect(called(0x1234_5678_0000n, STACK + 0x7f0n, STACK + 0x820n).confidence).toBe(0.7);
  });
});

describe('an aligned store through a pointer that is misaligned', () => {
  /** movaps %xmm0, (%rax) */
  const died = (rax: bigint) =>
    judgedProcess({
      words: {},
      registers: { rip: CODE + 0x300n, rsp: STACK + 0x1000n, rax },
      heap: { 0x10: 1n },
      code: { 0x300: [0x0f, 0x29, 0x00] },
      signalCode: SI_KERNEL,
    });

  it('is misaligned data where there is some, and a wild pointer where nothing is mapped', () => {
    expect(died(HEAP + 0x108n).kind).toBe('misaligned-access');
    expect(died(0xffff_8000_1234_5678n)).toMatchObject({ kind: 'wild-write', address: 'kernel' });
    expect(died(0x7f00_dead_0008n)).toMatchObject({ kind: 'wild-write', address: 'unmapped' });
    expect(died(8n)).toMatchObject({ kind: 'null-dereference', address: 'near-null' });
  });
});

describe('what else a word that was not meant leads to, without code', () => {
  const SIGFPE = 8;
  const SIGBUS = 7;
  const died = (signal: number, signalCode: number, rbp: bigint) =>
    judgedProcess({
      words: { 0x820: STACK + 0x860n, 0x828: CODE + 0x40n, 0x868: CODE + 0x40n },
      registers: { rip: CODE + 0x10n, rsp: STACK + 0x800n, rbp },
      code: undefined,
      signal,
      signalCode,
      siginfo: [CODE + 0x10n],
    });

  it.each([
    [SIGFPE, 1, 'divide-error'],
    [SIGBUS, 2, 'bus-error'],
  ] as const)('signal %d is said surely only of a function that keeps a frame pointer', (signal, code, kind) => {
    const [framed, frameless] = [STACK + 0x820n, 1n].map((rbp) => died(signal, code, rbp));
    expect([framed?.kind, frameless?.kind]).toEqual([kind, kind]);
    expect(framed?.confidence).toBeGreaterThanOrEqual(0.9);
    expect(frameless?.confidence).toBe(0.88);
  });
});

describe('a 0 below the stack pointer, without code', () => {
  const died = (top: bigint) =>
    judgedProcess({
      words: { 0x800: top, 0x8a8: CODE + 0x40n },
      registers: { rip: 0n, rsp: STACK + 0x800n },
      code: undefined,
    });

  it('is a return address that was popped, unless one of a call lies on top', () => {
    const [returned, called] = [died(5n), died(CODE + 0x80n)];
    expect([returned.kind, called.kind]).toEqual(['zeroed-return-address', 'zeroed-return-address']);
    expect(returned.confidence).toBeGreaterThanOrEqual(0.9);
    expect(called.confidence).toBe(0.8);
  });
});
