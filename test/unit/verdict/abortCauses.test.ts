import { describe, expect, it } from 'vitest';
import { causeOnStack } from '../../../src/engine/verdict/rules/abortCauses.js';

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
});
