import type { Kind } from '../kinds.js';

/** Why a process calls abort, as the functions on its stack tell. */
export interface Cause {
  readonly kind: Kind;
  /** Names of functions on the stack that only this cause calls. */
  readonly names: RegExp;
  readonly account: string;
}

const FORTIFIED =
  'A checked function of the C library was about to write beyond its buffer, or was misused in another way';

/** In order: a more specific cause stands before one whose functions it calls too. */
const CAUSES: readonly Cause[] = [
  {
    kind: 'stack-protector',
    names: /^__stack_chk_fail/,
    account:
      'A stack buffer overflowed: the guard word between it and the return address had changed when the function returned',
  },
  { kind: 'stack-protector', names: /^__chk_fail|^__fortify_fail/, account: FORTIFIED },
  {
    kind: 'assertion',
    names: /^__assert_fail|^__assert_rtn|^__assert$|^std::__glibcxx_assert_fail|^g_assertion_message/,
    account: 'An assertion failed',
  },
  {
    kind: 'heap-corruption-abort',
    names: /^malloc_printerr|^malloc_consolidate|^_int_free|^_int_malloc|^tcache_|^unlink_chunk|^sysmalloc/,
    account: 'The allocator found its own data damaged and stopped the process',
  },
  {
    kind: 'abort',
    names: /(^|::)(handle_alloc_error|rust_oom|default_alloc_error_hook)$|(^|::)__(rdl_oom|rust_alloc_error_handler)/,
    account: 'An allocation failed, and the program cannot go on without',
  },
  {
    kind: 'abort',
    names: /^runtime\.sighandler$/,
    account: "Go's runtime ended the program because of a signal that was sent to it",
  },
  {
    kind: 'panic',
    names:
      /(^|::)rust_panic|(^|::)rust_begin_unwind|(^|::)__rust_start_panic|^core::panicking::|^std::panicking::(?!catch_unwind|do_call|r#try|try|panicking$)|^__rust_start_panic|^panic_abort::|^runtime\.(raise|crash|sigfwdgo|fatalpanic|gopanic|dieFromSignal|throw|fatalthrow)/,
    account: 'The program panicked',
  },
  {
    kind: 'watchdog',
    names: /watch_?dog|hang_?(detect|monitor)|deadlock_?detect|stall_?detect|heartbeat_?(expired|timeout)/i,
    account: 'A watchdog found no progress and ended the process',
  },
  {
    kind: 'abort',
    names: /^__(asan|tsan|ubsan|msan|lsan|hwasan|sanitizer)(::|_)/,
    account: 'A sanitizer reported an error and ended the process',
  },
  {
    kind: 'abort',
    names: /^__cxa_(pure|deleted)_virtual/,
    account: 'A pure virtual function was called, on an object that was being made or destroyed or no longer existed',
  },
  {
    kind: 'uncaught-exception',
    names:
      /^__cxxabiv1::__terminate|^std::terminate|^__gnu_cxx::__verbose_terminate_handler|^__cxa_call_terminate|^__clang_call_terminate|^std::__terminate|^__cxa_(re)?throw|^_Unwind_(RaiseException|Resume)/,
    account: 'A C++ exception found no handler',
  },
];

/** The cause that is first in order and has a function on the stack, with the index of that frame. */
export function causeOnStack(named: readonly string[]): { readonly cause: Cause; readonly index: number } | undefined {
  for (const cause of CAUSES) {
    const index = named.findIndex((name) => cause.names.test(name));
    if (index >= 0) return { cause, index };
  }
  return undefined;
}

/** What a kind means, in a sentence without its end. */
export function accountOf(kind: Kind): string {
  return (
    (kind === 'abort' ? undefined : CAUSES.find((cause) => cause.kind === kind)?.account) ?? 'The process called abort'
  );
}

/** The cause that the C library's last message tells; `undefined` for a message of another sort. */
export function causeOfMessage(message: string): Pick<Cause, 'kind' | 'account'> | undefined {
  if (/stack smashing/.test(message)) return { kind: 'stack-protector', account: accountOf('stack-protector') };
  if (/buffer overflow detected/.test(message)) return { kind: 'stack-protector', account: FORTIFIED };
  if (/Assertion `?.*failed/.test(message)) return { kind: 'assertion', account: accountOf('assertion') };
  if (HEAP.test(message)) return { kind: 'heap-corruption-abort', account: accountOf('heap-corruption-abort') };
  return undefined;
}

/** Messages of malloc/malloc.c, all through malloc_printerr. */
const HEAP = /free\(\)|malloc|realloc|corrupted|double free|tcache|chunk|unlink/;
