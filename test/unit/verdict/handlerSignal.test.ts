import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { writeSignalFrame } from '../../writers/signalFrame.js';
import { CODE, HEAP, judgedProcess, PID, STACK } from './judgedProcess.js';

const SIGQUIT = 3;
const SIGABRT = 6;
const SIGALRM = 14;
const SI_USER = 0;
const SI_TKILL = -6;
const TGKILL = 234n;
/** In no siginfo. */
const NO_CODE = 999;
const TRAMPOLINE = CODE + 0x20n;

/** mov $15, %rax; syscall */
const SIGRETURN = [0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05];

/** The words of a handler's frame on a page of stack, with the frame's place. */
function handlerFrame(page: bigint, signal: number, code: number, sender: number, trap = 0) {
  const registers = { rip: CODE + 0x40n, rsp: page + 0xf00n };
  const shape = { registers, trampoline: TRAMPOLINE, signal, code, trap, faultAddress: BigInt(sender) };
  const { address, bytes } = writeSignalFrame(page + 0xf00n, { ...shape, stateSize: 1024 });
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  const words: Record<number, bigint> = {};
  for (let at = 0; at < padded.length; at += 8) words[Number(address - page) + at] = view.getBigUint64(at, true);
  return { words, address };
}

/** A process that raised SIGABRT in a handler. */
function abortedIn(
  frame: ReturnType<typeof handlerFrame>,
  more: {
    blocked?: bigint;
    code?: Record<number, number[]>;
    heap?: Record<number, bigint>;
    others?: Record<string, bigint>[];
  },
): Judgement {
  return judgedProcess({
    words: frame.words,
    registers: { rip: CODE + 0x10n, rsp: frame.address - 64n, orig_rax: TGKILL },
    code: { 0x20: SIGRETURN },
    signal: SIGABRT,
    signalCode: SI_TKILL,
    siginfo: [BigInt(PID)],
    ...more,
  });
}

describe('a frame in which the siginfo of an earlier handler still lies', () => {
  const SIGUSR2 = 12;
  const SIGSEGV = 11;
  const PAGE_FAULT = 14;
  const blocking = (signal: number, trap: number): Judgement =>
    abortedIn(handlerFrame(STACK, SIGUSR2, SI_TKILL, PID, trap), { blocked: 1n << BigInt(signal - 1) });

  it('is of the fault that its trap tells, whose signal is the one that is blocked since', () => {
    expect(blocking(SIGSEGV, PAGE_FAULT).kind).toBe('null-dereference');
  });

  it('is of the signal it speaks of where that one is blocked, or where nothing trapped', () => {
    expect(blocking(SIGUSR2, PAGE_FAULT).kind).toBe('abort');
    expect(blocking(SIGSEGV, 0).kind).toBe('abort');
  });
});

describe('an abort in a signal handler', () => {
  const unknown = handlerFrame(STACK, 0, NO_CODE, 0);

  it('is a watchdog’s where the one signal that is blocked since is a timer’s, though siginfo says nothing', () => {
    expect(abortedIn(unknown, { blocked: 1n << BigInt(SIGALRM - 1) }).kind).toBe('watchdog');
  });

  it('is a refused system call where the one signal that is blocked since is a filter’s', () => {
    expect(abortedIn(unknown, { blocked: 1n << 30n }).kind).toBe('seccomp');
  });

  it('is the fault whose trap leads to the one signal that is blocked since, whatever the code', () => {
    const died = (trap: number, signal: number) => {
      const frame = handlerFrame(STACK, 0, NO_CODE, 0, trap);
      return abortedIn(frame, { blocked: 1n << BigInt(signal - 1) }).kind;
    };
    const [DIVIDE, INVALID_OPCODE, PAGE_FAULT] = [0, 6, 14];
    const [SIGILL, SIGFPE, SIGSEGV, SIGUSR1] = [4, 8, 11, 10];
    expect(died(DIVIDE, SIGFPE)).toBe('divide-error');
    expect(died(INVALID_OPCODE, SIGILL)).toBe('illegal-instruction');
    expect(died(PAGE_FAULT, SIGSEGV)).toBe('null-dereference');
    expect(died(PAGE_FAULT, SIGUSR1)).toBe('abort');
    expect(died(INVALID_OPCODE, SIGSEGV)).toBe('abort');
  });

  it('is of the very signal that ended the process where nothing is blocked since: the kernel unblocked it', () => {
    const SEGV_MAPERR = 1;
    const [INVALID_OPCODE, PAGE_FAULT] = [6, 14];
    const died = (trap: number, mask = 0n) => {
      const { words, address } = handlerFrame(STACK, 0, NO_CODE, 0, trap);
      // uc_sigmask of the frame.
      const at = Number(address - STACK) + 304;
      return judgedProcess({
        words: { ...words, [at]: mask },
        registers: { rip: CODE + 0x10n, rsp: address - 64n },
        code: { 0x10: [0x8b, 0x03], 0x20: SIGRETURN },
        signalCode: SEGV_MAPERR,
        siginfo: [0x1_0000_0000n],
        blocked: mask,
      });
    };
    // The first fault was at 0, what happened in the handler elsewhere.
    expect(died(PAGE_FAULT).kind).toBe('null-dereference');
    expect(died(INVALID_OPCODE).crash.from).toBe('thread');
    expect(died(PAGE_FAULT, 1n << 10n).crash.from).toBe('thread');
  });

  it('is an abort where several signals are blocked since', () => {
    expect(abortedIn(unknown, { blocked: (1n << BigInt(SIGALRM - 1)) | 2n }).kind).toBe('abort');
  });

  it('is a watchdog’s though what lies in the place of siginfo looks like another signal’s', () => {
    const SIGUSR2 = 12;
    const SI_QUEUE = -1;
    const alarmed = { blocked: 1n << BigInt(SIGALRM - 1) };
    const queued = handlerFrame(STACK, SIGUSR2, SI_QUEUE, 0);
    // Behind what the kernel fills, which it clears: a word that was there before.
    const withWordBehind = (frame: ReturnType<typeof handlerFrame>) => ({
      ...frame,
      words: { ...frame.words, [Number(frame.address - STACK) + 312 + 56]: 5n },
    });
    expect(abortedIn(withWordBehind(queued), alarmed).kind).toBe('watchdog');
    expect(abortedIn(queued, alarmed).kind).toBe('abort');
    // Everything is blocked in the handler, but the trap is that of the instruction that was interrupted: mov (%rbx), %eax.
    const fault = withWordBehind(handlerFrame(STACK, SIGUSR2, SI_QUEUE, 0, 14));
    const all = { blocked: (1n << 64n) - 1n, code: { 0x20: SIGRETURN, 0x40: [0x8b, 0x03] } };
    expect(abortedIn(fault, all).kind).toBe('null-dereference');
    const quit = withWordBehind(handlerFrame(STACK, SIGQUIT, SI_USER, 4000));
    expect(abortedIn(quit, { blocked: 1n << BigInt(SIGQUIT - 1) }).kind).toBe('killed-from-outside');
  });

  it('goes back to the process that sent the signal to another thread, from where it was handed on', () => {
    const own = handlerFrame(STACK, SIGQUIT, SI_USER, PID);
    const first = handlerFrame(HEAP, SIGQUIT, SI_USER, 4000);
    const others = [{ rip: CODE + 0x60n, rsp: first.address - 16n, rbp: first.address - 8n }];
    const verdict = abortedIn(own, { heap: first.words, others });
    expect(verdict.kind).toBe('killed-from-outside');
    expect(verdict.account).toContain('process 4000');
    expect(abortedIn(own, {}).kind).toBe('abort');
  });
});
