import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../../src/engine/verdict/judge.js';
import { causeOnStack } from '../../../src/engine/verdict/rules/abortCauses.js';
import { CODE, judgedProcess, PID, STACK } from './judgedProcess.js';

/** What lies below main in every program of Rust's: the panics it would catch. */
const CATCHING = [
  'std::panicking::catch_unwind::do_call',
  'std::panicking::catch_unwind',
  'std::panic::catch_unwind',
  'std::panicking::try::do_call',
  'std::panicking::r#try',
  'std::rt::lang_start_internal',
];

describe('functions on the stack of an abort', () => {
  it('that would catch a panic of Rust are no panic', () => {
    expect(causeOnStack(['abort', 'app::main', ...CATCHING])).toBeUndefined();
  });

  it.each([
    'std::panicking::begin_panic_handler',
    'core::panicking::panic_fmt',
    'std::panicking::rust_panic_with_hook',
  ])('that begin one are: %s', (name) => {
    expect(causeOnStack(['abort', name, 'app::main', ...CATCHING])).toMatchObject({
      cause: { kind: 'panic' },
      index: 1,
    });
  });

  it('that a signal ended Go is no panic, and no allocation that failed is one of Rust', () => {
    const go = ['runtime.raise.abi0', 'runtime.crash', 'runtime.sighandler', 'runtime.sigtramp'];
    expect(causeOnStack(go)?.cause.kind).toBe('abort');
    const rust = ['abort', 'std::process::abort', 'std::alloc::rust_oom', 'alloc::alloc::handle_alloc_error'];
    expect(causeOnStack(rust)?.cause.account).toContain('allocation failed');
  });
});

describe('std::terminate', () => {
  const terminated = (thrower: string): Judgement =>
    judgedProcess({
      words: { 0x800: CODE + 0x215n, 0x808: CODE + 0x315n, 0x810: 0n },
      registers: { rip: CODE + 0x110n, rsp: STACK + 0x800n },
      code: { 0x210: [0xe8, 0xeb, 0xfe, 0xff, 0xff], 0x310: [0xe8, 0xeb, 0xfe, 0xff, 0xff] },
      functions: [
        { name: 'abort', start: 0x100, size: 0x40 },
        { name: '_ZSt9terminatev', start: 0x200, size: 0x40 },
        { name: thrower, start: 0x300, size: 0x40, outermost: true },
      ],
      signal: 6,
      signalCode: -6,
      siginfo: [BigInt(PID)],
    });

  it('called by `throw;` without an exception is no uncaught one', () => {
    expect(terminated('__cxa_throw').kind).toBe('uncaught-exception');
    const found = terminated('__cxa_rethrow');
    expect(found.kind).toBe('abort');
    expect(found.account).toContain('no exception was being handled');
  });
});

describe('a message of the C library’s', () => {
  /** A page that begins with its own size, then the text. */
  const messagePage = (text: string): Record<number, bigint> => {
    const bytes = new Uint8Array(8 * Math.ceil((text.length + 5) / 8));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, 4096, true);
    bytes.set(new TextEncoder().encode(text), 4);
    const words: Record<number, bigint> = {};
    for (let at = 0; at < bytes.length; at += 8) words[at] = view.getBigUint64(at, true);
    return words;
  };
  const aborted = (text: string, named: boolean): Judgement =>
    judgedProcess({
      words: {},
      registers: { rip: CODE + 0x110n, rsp: STACK + 0x800n },
      heap: messagePage(text),
      code: {},
      ...(named ? { functions: [{ name: 'abort', start: 0x100, size: 0x40, outermost: true as const }] } : {}),
      signal: 6,
      signalCode: -6,
      siginfo: [BigInt(PID)],
    });

  it.each([
    ['free(): invalid pointer\n', 'heap-corruption-abort'],
    ['*** stack smashing detected ***: terminated\n', 'stack-protector'],
  ])('of what a moved stack pointer leads to is less sure without names: %s', (text, kind) => {
    const [named, unnamed] = [aborted(text, true), aborted(text, false)];
    expect([named.kind, unnamed.kind]).toEqual([kind, kind]);
    expect(named.confidence).toBe(0.95);
    expect(unnamed.confidence).toBe(0.88);
  });

  it('that an assertion failed is as sure without names', () => {
    const found = aborted("app: app.c:3: main: Assertion `x > 0' failed.\n", false);
    expect(found.kind).toBe('assertion');
    expect(found.confidence).toBe(0.95);
  });
});
