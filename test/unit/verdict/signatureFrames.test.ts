import { describe, expect, it } from 'vitest';
import { plainName } from '../../../src/engine/verdict/plainName.js';
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

describe('code without a name', () => {
  const at = (module: string): string => signatureOf('divide-error', [{ module }, { function: 'ffi_call' }]);

  it('is told by its library', () => {
    expect(at('/usr/lib/libffi.so.8.1.2')).toBe('divide-error | libffi.so | ffi_call');
  });

  it.each(['/dev/zero (deleted)', '/memfd:doublemapper (deleted)', '/SYSV00000000 (deleted)'])(
    'is passed over when it was made at run time, in %s',
    (module) => {
      expect(at(module)).toBe('divide-error | ffi_call');
    },
  );
});

describe('the plain name', () => {
  // As gcc 12, clang 14 with both libraries, rustc 1.7x in both manglings and Go 1.19 wrote them, demangled.
  it.each([
    ['long app::Job::run<long>(long) const', 'app::Job::run'],
    [
      'void std::__invoke_impl<void, void (*&)(int), int>(std::__invoke_other, void (*&)(int), int&&)',
      'std::__invoke_impl',
    ],
    [
      'std::enable_if<is_invocable_r_v<void, void (*&)(int), int>, void>::type std::__invoke_r<void, void (*&)(int), int>(void (*&)(int), int&&)',
      'std::__invoke_r',
    ],
    [
      'decltype(static_cast<void (*>(fp)(static_cast<int>(fp0))) std::__1::__invoke[abi:v15006]<void (*)(int), int>(void (*&&)(int), int&&)',
      'std::__invoke',
    ],
    ['decltype(auto) std::__detail::__variant::__get<0ul, int>(int&)', 'std::__detail::__variant::__get'],
    ['std::pair<int, long>* std::find_if<std::pair<int, long>*>(std::pair<int, long>*)', 'std::find_if'],
    ['auto app::twice<main::$_3>(main::$_3)', 'app::twice'],
    ['main::$_3::operator()(int) const', 'main'],
    ['main::{lambda(int, int)#1}::operator()(int, int) const', 'main'],
    ['auto main::{lambda(auto:1)#3}::operator()<int>(int) const', 'main'],
    ['app::(anonymous namespace)::hidden(int)', 'app::(anonymous namespace)::hidden'],
    ['int app::(anonymous namespace)::sum<int>(int)', 'app::(anonymous namespace)::sum'],
    ['bool std::operator< <char, std::char_traits<char> >(int const&)', 'std::operator<'],
    ['app::Job::operator()(int)', 'app::Job::operator()'],
    ['Box::operator std::string const&() const', 'Box::operator std::string const&'],
    ['operator new(unsigned long)', 'operator new'],
    ['std::ostream& app::operator<<(std::ostream&, app::Job const&)', 'app::operator<<'],
    ['app::Smart<int>::operator->() const', 'app::Smart::operator->'],
    ['void (*app::chosen<int>(int))(char)', 'app::chosen'],
    ['non-virtual thunk to Flat::price(Edge const&)', 'Flat::price'],
    ['std::__cxx11::to_string(int)', 'std::to_string'],
    ['grow [clone .constprop.0]', 'grow'],
    ['grow.isra.0', 'grow'],
    ['<r::Ledger as core::ops::drop::Drop>::drop', 'r::Ledger::drop'],
    ['<r::Ledger as r::Price>::price::{{closure}}', 'r::Ledger::price'],
    ['r::main::{closure#0}', 'r::main'],
    ['<alloc::vec::Vec<T,A> as core::iter::traits::collect::Extend<&T>>::extend', 'alloc::vec::Vec::extend'],
    ['core::ptr::drop_in_place<r::Ledger>::h0123456789abcdef', 'core::ptr::drop_in_place'],
    ['main.(*Server).handle', 'main.(*Server).handle'],
    ['main.Map[go.shape.string_0]', 'main.Map'],
    ['<signal handler called>', ''],
  ])('of %s', (name, plain) => {
    expect(plainName(name)).toBe(plain);
  });
});

describe('plumbing between a program’s functions', () => {
  it('of libstdc++ and libc++ is left out', () => {
    expect(
      of(
        'app::Job::operator()(int)',
        'void std::__invoke_impl<void, app::Job, int>(std::__invoke_other, app::Job&&, int&&)',
        'void std::thread::_Invoker<std::tuple<app::Job, int> >::_M_invoke<0ul, 1ul>(std::_Index_tuple<0ul, 1ul>)',
        'std::thread::_State_impl<std::thread::_Invoker<std::tuple<app::Job, int> > >::_M_run()',
        'std::_Function_handler<void (int), void (*)(int)>::_M_invoke(std::_Any_data const&, int&&)',
        'std::function<void (int)>::operator()(int) const',
        'void* std::__1::__thread_proxy[abi:v15006]<std::__1::tuple<int> >(void*)',
        'caller()',
      ),
    ).toBe('abort | app::Job::operator() | caller');
  });

  it('of Rust and Go is left out', () => {
    expect(
      of(
        'core::ops::function::FnOnce::call_once',
        '<alloc::boxed::Box<F,A> as core::ops::function::Fn<Args>>::call',
        'std::sys::backtrace::__rust_begin_short_backtrace',
        '<core::panic::unwind_safe::AssertUnwindSafe<F> as core::ops::function::FnOnce<()>>::call_once',
        'shop::till',
      ),
    ).toBe('abort | shop::till');
    expect(of('runtime.sigpanic', 'runtime.mapaccess1_faststr', 'main.(*Server).handle', 'runtime.goexit.abi0')).toBe(
      'abort | main.(*Server).handle',
    );
  });

  it('leaves what the program calls by its own name', () => {
    expect(of('std::vector<int>::at(unsigned long)', 'my::std_::__x()', 'runtime_init')).toBe(
      'abort | std::vector::at | my::std_::__x | runtime_init',
    );
  });
});

/** Names come out of files: none may hold up a reader, however long it is and whatever its brackets. */
it.each(['<', '(', '{', 'operator<', 'decltype(a ', ' [clone ', '::{', 'a.(', 'std::__', '[abi:'])(
  'a name of nothing but %j is done with at once',
  (part) => {
    const started = performance.now();
    const many = 20_000;
    for (const name of [part.repeat(many), `${part.repeat(many)}a${'>::b'.repeat(many)}`]) plainName(name);
    expect(performance.now() - started).toBeLessThan(4000);
  },
);
