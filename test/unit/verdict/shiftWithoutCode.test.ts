import { describe, expect, it } from 'vitest';
import { CODE, judgedProcess, STACK } from './judgedProcess.js';

/** Points into the code, which was not dumped. */
const RETURN = CODE + 0x102n;

function judged(words: Readonly<Record<number, bigint>>, registers: Readonly<Record<string, bigint>>) {
  return judgedProcess({ words, registers, code: undefined });
}

describe('a return that went wrong, without any code', () => {
  it('is one to NULL, surely, when no address of code lies where a shift would have left the return address', () => {
    const judgement = judged({ 0x508: RETURN }, { rip: 0n, rsp: STACK + 0x400n });
    expect(judgement).toMatchObject({ label: 'return-to-null', kind: 'zeroed-return-address' });
    expect(judgement.confidence).toBeGreaterThanOrEqual(0.9);
  });

  it.each([-64, -32, -16, 16, 48])('is in doubt when one lies where a shift of %d would have', (shift) => {
    const judgement = judged({ [0x400 - 8 - shift]: RETURN }, { rip: 0n, rsp: STACK + 0x400n });
    expect(judgement.label).toBe('return-to-null');
    expect(judgement.confidence).toBeLessThan(0.9);
    expect(judgement.candidates().map(({ id }) => id)).toContain(`shift${shift < 0 ? '' : '+'}${shift}`);
  });

  it('is the more in doubt the more the popped word is one that lies on stacks anyway', () => {
    const popped = (word: bigint, more: Readonly<Record<number, bigint>> = {}): number => {
      const words = { 0x3f8: word, 0x408: RETURN, 0x500: 1n, ...more };
      const judgement = judged(words, { rip: word, rsp: STACK + 0x400n });
      expect(judgement).toMatchObject({ label: 'other', kind: 'return-to-wild' });
      return judgement.confidence;
    };
    const [unmapped, small, local] = [popped(0x7f00_dead_1234n), popped(0x11n), popped(STACK + 0x500n)];
    expect(unmapped).toBeGreaterThan(small);
    expect(small).toBeGreaterThan(local);
    expect(local).toBeLessThan(0.5);
    // A frame record farther out: nobody overwrites a return address with a saved frame pointer.
    expect(popped(STACK + 0x500n, { 0x500: STACK + 0x600n, 0x508: RETURN, 0x600: 1n })).toBeLessThan(0.5);
  });

  it('was no return when the word from where one would have popped its target is another', () => {
    const judgement = judged({ 0x3f8: 9n, 0x408: RETURN }, { rip: 0x7f00_dead_1234n, rsp: STACK + 0x400n });
    expect(judgement).toMatchObject({ label: 'other', kind: 'wild-jump' });
    expect(judgement.confidence).toBeGreaterThanOrEqual(0.9);
    expect(judgement.evidence.map(({ text }) => text).join('\n')).toContain('no return led there: [rsp-8]');
  });

  it('is in little doubt when the frame pointer was restored from its place', () => {
    const words = { [0x3e8]: RETURN, [0x3f0]: STACK + 0x420n, [0x420]: STACK + 0x460n, [0x428]: RETURN };
    const judgement = judged(words, { rip: 0n, rsp: STACK + 0x400n, rbp: STACK + 0x420n });
    expect(judgement.label).toBe('return-to-null');
    expect(judgement.confidence).toBeGreaterThanOrEqual(0.75);
  });

  it('is a shift when a saved frame pointer was popped', () => {
    const frame = STACK + 0x420n;
    const words = { 0x400: frame, 0x408: RETURN, 0x420: STACK + 0x460n, 0x428: RETURN };
    const judgement = judged(words, { rip: frame, rsp: STACK + 0x408n });
    expect(judgement).toMatchObject({ label: 'misaligned-stack', kind: 'rsp-shift', shift: -8 });
  });

  it('is a shift when the frame pointer holds what should have been returned to', () => {
    const words = { 0x3f8: RETURN, 0x400: 5n, 0x408: 7n };
    const judgement = judged(words, { rip: 5n, rsp: STACK + 0x408n, rbp: RETURN });
    expect(judgement).toMatchObject({ label: 'misaligned-stack', kind: 'rsp-shift', shift: 8 });
    expect(judgement.confidence).toBeLessThan(0.9);
  });

  it('cannot be told from a call through NULL where an address of code is on top of a 0', () => {
    const judgement = judged({ 0x408: RETURN }, { rip: 0n, rsp: STACK + 0x408n });
    expect(judgement).toMatchObject({ label: 'other', kind: 'unknown' });
  });

  it('is none at all when no 0 was there to be popped', () => {
    const judgement = judged({ 0x400: 9n, 0x408: RETURN }, { rip: 0n, rsp: STACK + 0x408n });
    expect(judgement).toMatchObject({ label: 'other', kind: 'null-call' });
  });
});

describe('an aligned store through the stack pointer', () => {
  /** movaps %xmm0, (%rsp) */
  const code = { 0x300: [0x0f, 0x29, 0x04, 0x24] };
  const SI_KERNEL = 0x80;

  it('shows a misaligned stack, however little else is known', () => {
    const registers = { rip: CODE + 0x300n, rsp: STACK + 0x408n };
    const judgement = judgedProcess({ words: {}, registers, code, signalCode: SI_KERNEL });
    expect(judgement).toMatchObject({ label: 'misaligned-stack', kind: 'rsp-shift' });
    expect(judgement.shift).toBeUndefined();
  });

  it('shows nothing of the kind when it goes through another register', () => {
    // movaps %xmm0, (%rax)
    const other = { 0x300: [0x0f, 0x29, 0x00] };
    const registers = { rip: CODE + 0x300n, rsp: STACK + 0x408n, rax: STACK + 0x108n };
    const judgement = judgedProcess({ words: {}, registers, code: other, signalCode: SI_KERNEL });
    expect(judgement.label).toBe('other');
  });
});

describe('a refused access at the stack pointer, without any code', () => {
  it('is that of a stack pointer that was lost, not of a null pointer', () => {
    const judgement = judgedProcess({ words: {}, registers: { rip: CODE + 0x300n, rsp: 8n }, code: undefined });
    expect(judgement).toMatchObject({ label: 'other', kind: 'stack-pointer-wild' });
  });

  it('is that of a null pointer while the stack pointer is in order', () => {
    const registers = { rip: CODE + 0x300n, rsp: STACK + 0x400n };
    expect(judgedProcess({ words: {}, registers, code: undefined }).kind).toBe('null-dereference');
  });
});

describe('a stack without addresses of code', () => {
  it('was switched to when hardly anything lies on it', () => {
    expect(judged({ 0x800: 1n }, { rip: 0n, rsp: STACK + 0x800n }).kind).toBe('context-restore-to-null');
  });

  it('was used when it is full of numbers', () => {
    const numbers = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [0x100 + 8 * i, 0x3ff0_0000_0000_0000n]));
    expect(judged(numbers, { rip: 0n, rsp: STACK + 0x800n }).kind).toBe('zeroed-return-address');
  });
});
