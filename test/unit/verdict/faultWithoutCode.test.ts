import { describe, expect, it } from 'vitest';
import { CODE, HEAP, judgedProcess, STACK } from './judgedProcess.js';

const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
const SI_KERNEL = 0x80;

function died(registers: Readonly<Record<string, bigint>>, signalCode: number, fault: bigint) {
  return judgedProcess({ words: {}, registers, code: undefined, signalCode, siginfo: [fault] });
}

describe('a fault whose instruction is not known', () => {
  const healthy = { rip: CODE + 0x10n, rsp: STACK + 0x800n };

  it('is a write where reading is permitted', () => {
    const verdict = died(healthy, SEGV_ACCERR, CODE + 0x800n);
    expect(verdict).toMatchObject({ kind: 'wild-write', address: 'protected' });
    expect(verdict.confidence).toBeGreaterThanOrEqual(0.9);
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
