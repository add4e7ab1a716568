import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { CODE, judgedProcess, type MadeFunction, STACK } from './judgedProcess.js';

/** The frame pointer of `work`, which has its return address right above. */
const FRAME = STACK + 0x800n;
const IN_BEGIN = CODE + 0x115n;
const IN_WORK = CODE + 0x215n;
/** In `work` and in `inner`: a read through %rax. */
const READ_IN_WORK = 0x216;
const READ_IN_INNER = 0x304;

const CODE_BYTES = {
  0x110: [0xe8, 0xeb, 0x00, 0x00, 0x00], // call work
  0x200: [0x55], // push %rbp
  0x201: [0x48, 0x89, 0xe5], // mov %rsp, %rbp
  0x204: [0x53], // push %rbx
  0x205: [0x48, 0x83, 0xec, 0x18], // sub $0x18, %rsp
  0x210: [0xe8, 0xeb, 0x00, 0x00, 0x00], // call inner
  [READ_IN_WORK]: [0x48, 0x8b, 0x00], // mov (%rax), %rax
  0x300: [0x48, 0x83, 0xec, 0x08], // sub $8, %rsp
  [READ_IN_INNER]: [0x48, 0x8b, 0x00], // mov (%rax), %rax
};
const FUNCTIONS: readonly MadeFunction[] = [
  { name: 'begin', start: 0x100, size: 0x40, frame: { 0x104: 0x10 }, outermost: true },
  { name: 'work', start: 0x200, size: 0x40, framePointer: 0x204 },
  { name: 'inner', start: 0x300, size: 0x20, frame: { [READ_IN_INNER]: 0x10 } },
];
/** What `work` has below its frame pointer: %rbx and 0x18 bytes. */
const DEPTH = 0x20n;

/** A read through a null pointer, in `work` or in `inner` which it called. */
function died(
  pc: number,
  shift: bigint,
  code: Readonly<Record<number, readonly number[]>> = {},
  words: Readonly<Record<number, bigint>> = {},
  signalCode = 1,
): Judgement {
  const body = FRAME - DEPTH + shift;
  const record = Number(body - 8n - STACK);
  return judgedProcess({
    words: { 0x800: 0n, 0x808: IN_BEGIN, [record]: IN_WORK, ...words },
    registers: { rip: CODE + BigInt(pc), rsp: pc === READ_IN_WORK ? body : body - 16n, rbp: FRAME, rax: 0n },
    code: { ...CODE_BYTES, ...code },
    functions: FUNCTIONS,
    signalCode,
  });
}

describe.each([
  ['the crashed function', READ_IN_WORK],
  ['its caller', READ_IN_INNER],
])('the stack pointer of %s, which keeps a frame pointer', (_, pc) => {
  it('is measured against what was pushed and subtracted since the frame pointer was set', () => {
    const healthy = died(pc, 0n);
    expect(healthy).toMatchObject({ label: 'other', kind: 'null-dereference' });
    expect(healthy.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it.each([-24n, -16n, -8n, 8n, 16n, 24n])('was moved by %d', (shift) => {
    const found = died(pc, shift);
    expect(found).toMatchObject({ label: 'misaligned-stack', kind: 'rsp-shift', shift: Number(shift) });
    expect(found.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it.each([
    ['a number of bytes that the code does not tell was subtracted', { 0x209: [0x48, 0x29, 0xc4] }], // sub %rax, %rsp
    ['it was set from elsewhere', { 0x209: [0x48, 0x89, 0xfc] }], // mov %rdi, %rsp
  ])('is left alone where %s', (__, code) => {
    expect(died(pc, 16n, code).label).toBe('other');
  });

  it('is left alone where it is a world away', () => {
    expect(died(pc, -0x80n).label).toBe('other');
  });

  it('is left alone where no return address lies above the frame pointer', () => {
    expect(died(pc, 16n, {}, { 0x808: 0x1234n }).kind).not.toBe('rsp-shift');
  });
});

describe('an aligned store by a stack pointer that is no multiple of 16', () => {
  /** movaps %xmm0, (%rsp) */
  const STORE = { [READ_IN_WORK]: [0x0f, 0x29, 0x04, 0x24] };

  it('tells by how much it was moved where the prologue does', () => {
    const found = died(READ_IN_WORK, -24n, STORE, {}, 0x80);
    expect(found).toMatchObject({ kind: 'rsp-shift', shift: -24 });
    expect(found.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it('does not where room was made whose size only running tells', () => {
    // mov %rax, %rsp, as clang ends the allocation of an array
    const found = died(READ_IN_WORK, -24n, { ...STORE, 0x209: [0x48, 0x89, 0xc4] }, {}, 0x80);
    expect(found.kind).toBe('rsp-shift');
    expect(found.confidence).toBeLessThan(0.9);
  });
});
