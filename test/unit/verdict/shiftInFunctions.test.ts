import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, type MadeFunction, PID, STACK } from './judgedProcess.js';

/** Where %rsp was at the crash. */
const SP = STACK + 0x800n;
/** Behind the call of `work` in `begin`, and those of `inner` in `work`. */
const IN_BEGIN = CODE + 0x115n;
const EARLIER_IN_WORK = CODE + 0x20fn;
const IN_WORK = CODE + 0x215n;
/** A word that the processor cannot go to. */
const JUNK = 0x1234_5678_9abc_def0n;

const RETURN = 0x220;
const READ = 0x304;

const CODE_BYTES = {
  0x110: [0xe8, 0xeb, 0x00, 0x00, 0x00], // call work
  0x200: [0x48, 0x83, 0xec, 0x18], // sub $0x18, %rsp
  0x20a: [0xe8, 0xf1, 0x00, 0x00, 0x00], // call inner
  0x210: [0xe8, 0xeb, 0x00, 0x00, 0x00], // call inner
  0x21b: [0x48, 0x8d, 0x64, 0x24, 0x18], // lea 0x18(%rsp), %rsp
  [RETURN]: [0xc3],
  0x300: [0x48, 0x83, 0xec, 0x08], // sub $8, %rsp
  [READ]: [0x48, 0x8b, 0x00], // mov (%rax), %rax
};
const BEGIN: MadeFunction = { name: 'begin', start: 0x100, size: 0x40, frame: { 0x104: 0x10 }, outermost: true };
const WORK: MadeFunction = { name: 'work', start: 0x200, size: 0x40, frame: { 0x204: 0x20, [RETURN]: 8 } };
const INNER: MadeFunction = { name: 'inner', start: 0x300, size: 0x20, frame: { [READ]: 0x10 } };

const SI_KERNEL = 0x80;

/** `work` returns with %rsp too low by a word; the record of a call that it made since lies below. */
function badReturn(
  code: Readonly<Record<number, readonly number[]>> = {},
  functions: readonly MadeFunction[] = [BEGIN, WORK, INNER],
  words: Readonly<Record<number, bigint>> = {},
): Judgement {
  return judgedProcess({
    words: { 0x800: JUNK, 0x808: IN_BEGIN, 0x7e0: IN_WORK, ...words },
    registers: { rip: CODE + BigInt(RETURN), rsp: SP },
    code: { ...CODE_BYTES, ...code },
    functions,
    signalCode: SI_KERNEL,
  });
}

/** `inner`, called by `work`, reads through a null pointer. */
function badRead(
  words: Readonly<Record<number, bigint>>,
  code: Readonly<Record<number, readonly number[]>> = {},
  functions: readonly MadeFunction[] = [BEGIN, WORK, INNER],
): Judgement {
  return judgedProcess({
    words,
    registers: { rip: CODE + BigInt(READ), rsp: SP, rax: 0n },
    code: { ...CODE_BYTES, ...code },
    functions,
  });
}

/** The return address of `inner`, and that of `work` in its place. */
const HEALTHY = { 0x808: IN_WORK, 0x828: IN_BEGIN };
/** `work` has its return address two words too high, and made another call before that. */
const SHIFTED = { 0x808: IN_WORK, 0x838: IN_BEGIN, 0x818: EARLIER_IN_WORK };

const SHIFT = { label: 'misaligned-stack', kind: 'rsp-shift' };

describe('a function that sets the stack pointer from elsewhere', () => {
  /** mov %rdi, %rsp */
  const switching = { 0x206: [0x48, 0x89, 0xfc] };

  it('shows no shift where it returns to a bad word', () => {
    expect(badReturn()).toMatchObject({ ...SHIFT, shift: -8 });
    expect(badReturn(switching).label).toBe('other');
  });

  it('shows none while it runs', () => {
    expect(badRead(SHIFTED)).toMatchObject({ ...SHIFT, shift: -16 });
    expect(badRead(SHIFTED, switching)).toMatchObject({ label: 'other', kind: 'null-dereference' });
  });
});

describe('a stack pointer that is no multiple of a word', () => {
  const died = (words: Readonly<Record<number, bigint>>, away: bigint): Judgement =>
    judgedProcess({
      words,
      registers: { rip: CODE + BigInt(RETURN), rsp: SP + away },
      code: CODE_BYTES,
      functions: [BEGIN, WORK, INNER],
      signalCode: SI_KERNEL,
    });

  it.each([-4n, 3n])('was moved, and by how much the return address tells: %d', (away) => {
    // The return address where it belongs, a word that is no address in what is popped, and a call before.
    const words = { 0x800: IN_BEGIN, 0x7f8: JUNK, 0x808: JUNK, 0x7e0: IN_WORK };
    const found = died(words, away);
    expect(found).toMatchObject({ ...SHIFT, shift: Number(away) });
    expect(found.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('was moved, whatever the process died of, and the amount is left open where nothing tells it', () => {
    const found = judgedProcess({
      words: { 0x900: CODE + 0x115n },
      registers: { rip: CODE + BigInt(READ), rsp: SP + 2n, rax: 0n },
      code: CODE_BYTES,
    });
    expect(found).toMatchObject(SHIFT);
    expect(found.confidence).toBeGreaterThanOrEqual(0.9);
    expect(found.shift).toBeUndefined();
  });

  it('is no shift where no stack is', () => {
    const found = judgedProcess({
      words: {},
      registers: { rip: CODE + BigInt(READ), rsp: SP + 2n, rax: 0n },
      code: CODE_BYTES,
    });
    expect(found.label).toBe('other');
  });
});

describe('a return address behind a call of another function', () => {
  it('is not the one of the function that runs: its stack is broken', () => {
    const [own, other] = [badRead(HEALTHY), badRead({ ...HEALTHY, 0x808: IN_BEGIN })];
    expect([own.kind, other.kind]).toEqual(['null-dereference', 'null-dereference']);
    expect(own.confidence).toBeGreaterThanOrEqual(0.9);
    expect(other.confidence).toBe(0.85);
  });

  it('may be its own where that function can have jumped on to it, and to no other', () => {
    // jmp inner, in work; jmp begin, in work
    const jumping = { 0x230: [0xe9, 0xcb, 0x00, 0x00, 0x00] };
    const elsewhere = { 0x230: [0xe9, 0xcb, 0xfe, 0xff, 0xff] };
    expect(badRead({ ...HEALTHY, 0x808: IN_BEGIN }, jumping).confidence).toBeGreaterThanOrEqual(0.9);
    expect(badRead({ ...HEALTHY, 0x808: IN_BEGIN }, elsewhere).confidence).toBe(0.85);
  });

  it('is not its own where it called another one itself, though that may jump through pointers', () => {
    // In inner: call work, whose code jumps through a pointer; the word where inner's own return address belongs is that call's.
    const code = { 0x310: [0xe8, 0xeb, 0xfe, 0xff, 0xff], 0x230: [0xff, 0xe0] };
    expect(badRead({ ...HEALTHY, 0x808: CODE + 0x315n, 0x818: IN_WORK }, code).confidence).toBe(0.85);
    expect(badRead({ ...HEALTHY, 0x808: IN_BEGIN }, code).confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('leaves a guard word that was found changed in doubt; another word there does not', () => {
    const smashed = (word: bigint): Judgement =>
      judgedProcess({
        words: { ...HEALTHY, 0x828: word },
        registers: { rip: CODE + BigInt(READ), rsp: SP },
        code: CODE_BYTES,
        functions: [BEGIN, WORK, { ...INNER, name: '__stack_chk_fail' }],
        signal: 6,
        signalCode: -6,
        siginfo: [BigInt(PID)],
      });
    const [overwritten, foreign] = [smashed(JUNK), smashed(EARLIER_IN_WORK)];
    expect([overwritten.kind, foreign.kind]).toEqual(['stack-protector', 'stack-protector']);
    expect(overwritten.confidence).toBeGreaterThanOrEqual(0.9);
    expect(foreign.confidence).toBe(0.85);
  });
});

describe('an address of code that no call precedes', () => {
  it('is a landing pad, behind which nothing is measured', () => {
    const found = badRead({ ...SHIFTED, 0x808: CODE + 0x219n });
    expect(found).toMatchObject({ label: 'other', kind: 'null-dereference' });
  });
});

describe('a frame without a return address, which no shift mends', () => {
  it('leaves what was read through a bad pointer in doubt', () => {
    const [healthy, broken] = [badRead(HEALTHY), badRead({ 0x808: IN_WORK, 0x828: JUNK })];
    expect([healthy.kind, broken.kind]).toEqual(['null-dereference', 'null-dereference']);
    expect(healthy.confidence).toBeGreaterThanOrEqual(0.9);
    expect(broken.confidence).toBe(0.85);
    expect(broken.evidence.map(({ text, weight }) => weight < 0 && text.includes('work'))).toContain(true);
  });

  it('leaves in doubt that nobody caught an exception: the search for a handler went along that stack', () => {
    const terminated = (above: bigint): Judgement =>
      judgedProcess({
        words: { 0x808: IN_WORK, 0x828: above },
        registers: { rip: CODE + BigInt(READ), rsp: SP },
        code: CODE_BYTES,
        functions: [BEGIN, { ...WORK, name: '__cxa_throw' }, { ...INNER, name: '_ZSt9terminatev' }],
        signal: 6,
        signalCode: -6,
        siginfo: [BigInt(PID)],
      });
    const [healthy, broken] = [terminated(IN_BEGIN), terminated(JUNK)];
    expect([healthy.kind, broken.kind]).toEqual(['uncaught-exception', 'uncaught-exception']);
    expect(healthy.confidence).toBeGreaterThanOrEqual(0.9);
    expect(broken.confidence).toBe(0.85);
  });

  it('is the end of a stack when 0 lies there, and no return address behind it', () => {
    expect(badRead({ 0x808: IN_WORK, 0x828: 0n }).confidence).toBeGreaterThanOrEqual(0.9);
    expect(badRead({ 0x808: IN_WORK, 0x828: 0n, 0x898: IN_BEGIN }).confidence).toBe(0.85);
  });

  it('leaves a call through a bad pointer in doubt that was made from there', () => {
    // call *%rax, in inner
    const called = (words: Readonly<Record<number, bigint>>, rip: bigint): Judgement =>
      judgedProcess({
        words: { 0x7f8: CODE + 0x308n, ...words },
        registers: { rip, rsp: SP - 8n, rax: rip },
        code: { ...CODE_BYTES, 0x306: [0xff, 0xd0] },
        functions: [BEGIN, WORK, INNER],
      });
    for (const [rip, kind] of [
      [0n, 'null-call'],
      [0x1234_5678_0000n, 'wild-jump'],
    ] as const) {
      const [healthy, broken] = [called(HEALTHY, rip), called({ 0x808: JUNK, 0x828: IN_BEGIN }, rip)];
      expect([healthy.kind, broken.kind]).toEqual([kind, kind]);
      expect(healthy.confidence).toBeGreaterThanOrEqual(0.9);
      expect(broken.confidence).toBe(0.85);
    }
  });

  it('leaves an abort in doubt', () => {
    const aborted = (words: Readonly<Record<number, bigint>>): Judgement =>
      judgedProcess({
        words,
        registers: { rip: CODE + BigInt(READ), rsp: SP },
        code: CODE_BYTES,
        functions: [BEGIN, WORK, { ...INNER, name: 'abort' }],
        signal: 6,
        signalCode: -6,
        siginfo: [BigInt(PID)],
      });
    const [healthy, broken] = [aborted(HEALTHY), aborted({ 0x808: IN_WORK, 0x828: JUNK })];
    expect([healthy.kind, broken.kind]).toEqual(['abort', 'abort']);
    expect(healthy.confidence).toBeGreaterThanOrEqual(0.9);
    expect(broken.confidence).toBe(0.85);
  });
});

describe('frames that were only looked for', () => {
  /** `begin` is no outermost function and has no call-frame information: its caller is looked for. */
  const looked = { 0x808: IN_BEGIN, 0x848: CODE + 0x415n };
  const code = { 0x410: [0xe8, 0xeb, 0xfc, 0xff, 0xff] };
  const end: MadeFunction = { name: 'end', start: 0x400, size: 0x40, frame: { 0x404: 0x10 }, outermost: true };
  const described: MadeFunction = { name: 'begin', start: 0x100, size: 0x40, frame: { 0x104: 0x40 } };

  it('make a shift less sure than those that were measured', () => {
    const measured = badReturn(code, [described, WORK, INNER, end], looked);
    const scanned = badReturn(code, [WORK, INNER, end], looked);
    expect([measured, scanned]).toMatchObject([
      { ...SHIFT, shift: -8 },
      { ...SHIFT, shift: -8 },
    ]);
    expect(measured.confidence).toBeGreaterThanOrEqual(0.9);
    expect(scanned.confidence).toBeLessThan(0.9);
    expect(scanned.evidence.map(({ text }) => text).join('\n')).toContain('only looked for');
  });
});
