import { describe, expect, it } from 'vitest';
import { functionName } from '../../../../src/engine/symbolize/demangle/functionName.js';

describe('functionName', () => {
  it.each([
    ['ns::Class<T>::method(int) const', 'ns::Class<T>::method'],
    ['void ns::Class<T>::method<int>(int) const &', 'ns::Class<T>::method'],
    ['main', 'main'],
    ['foo()', 'foo'],
    ['foo()@plt', 'foo'],
    ['memcpy@@GLIBC_2.14', 'memcpy'],
    ['foo(int) [clone .part.0] [clone .cold]', 'foo'],
    ['std::vector<int, std::allocator<int> >::push_back(int&&)', 'std::vector<int, std::allocator<int> >::push_back'],
    ['f<int>(char) const::{lambda(int)#1}::operator()(int) const', 'f::{lambda(int)#1}::operator()'],
    ['auto f()::{lambda(auto:1)#1}::operator()<int>(int) const', 'f::{lambda(auto:1)#1}::operator()'],
    ['(anonymous namespace)::f(int)', '(anonymous namespace)::f'],
    ['void (anonymous namespace)::A::f<int>((anonymous namespace)::A)', '(anonymous namespace)::A::f'],
    ['std::ostream& std::operator<< <char>(std::ostream&, char)', 'std::operator<<'],
    ['bool operator< <int>(A<int> const&, A<int> const&)', 'operator<'],
    ['A::operator<=>(A const&) const', 'A::operator<=>'],
    ['A::operator->()', 'A::operator->'],
    ['A::operator()(int)', 'A::operator()'],
    ['operator new[](unsigned long)', 'operator new[]'],
    ['A::operator int() const', 'A::operator int'],
    ['A::operator std::vector<int, B>*<int>() const', 'A::operator std::vector<int, B>*<int>'],
    ['A::operator void (*)()() const', 'A::operator void (*)()'],
    ['operator"" _x(unsigned long long)', 'operator"" _x'],
    ['void (*f<int>(int))(char)', 'f'],
    ['int (&A::f<char>(char)) [4]', 'A::f'],
    ['void (A::*g(int))() const', 'g'],
    ['decltype ({parm#1}+{parm#2}) f<int>(int)', 'f'],
    ['void f<((1)>(2))>()', 'f'],
    ['A<((1)>(2))>::f()', 'A<((1)>(2))>::f'],
    ['A[abi:cxx11]::f[abi:t1](int)', 'A::f'],
    ['non-virtual thunk to A::f(int)', 'A::f'],
    ['vtable for A<int>', 'vtable for A<int>'],
    ['guard variable for f(int)::x', 'guard variable for f(int)::x'],
    ['core::fmt::Write::write_fmt::h0123456789abcdef', 'core::fmt::Write::write_fmt'],
    ['<&T as core::fmt::Debug>::fmt::h6f33c90f1e727a8a', '<&T as core::fmt::Debug>::fmt'],
    ['<alloc[87b0fb19]::vec::Vec<u8>>::reserve', '<alloc::vec::Vec<u8>>::reserve'],
    ['core[66]::ptr::drop_glue::<fn(u8) -> [u8; 8: usize]>', 'core::ptr::drop_glue'],
    ['a[0]::gen::<fn() -> u8>::{closure#0}', 'a::gen::<fn() -> u8>::{closure#0}'],
    ['', ''],
  ])('%s is %s', (demangled, name) => {
    expect(functionName(demangled)).toBe(name);
  });
});
