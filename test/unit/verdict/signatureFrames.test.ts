import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../../src/engine/verdict/signature.js';

const of = (...functions: string[]): string =>
  signatureOf(
    'abort',
    functions.map((name) => ({ function: name })),
  );

describe('frames of a signature', () => {
  it('leave out the C library, a sanitizer and what logs the last message', () => {
    expect(of('__pthread_kill_implementation', 'raise', 'abort', 'parse')).toBe('abort | parse');
    expect(of('__memcpy_avx_unaligned_erms', '_int_free_merge_chunk', '__libc_free', 'parse')).toBe('abort | parse');
    expect(
      of('__sanitizer::Abort()', '__asan::ReportGenericError(unsigned long)', '__asan_report_load4', 'parse'),
    ).toBe('abort | parse');
    expect(of('g_log_structured_array', 'g_logv', 'parse')).toBe('abort | parse');
  });

  it('keep a program’s own functions whose names begin alike', () => {
    expect(of('free_list', 'raise_priority', 'kill_session', 'abort_job')).toBe(
      'abort | free_list | raise_priority | kill_session',
    );
  });
});
