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
