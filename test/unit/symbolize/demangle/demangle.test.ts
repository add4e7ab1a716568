import { readFileSync } from 'node:fs';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { demangle } from '../../../../src/engine/symbolize/demangle/demangle.js';

/** One name a line and what GNU c++filt 2.40 prints for it; nothing behind the tab: left as it is. */
function recorded(): { symbol: string; answer: string }[] {
  const text = readFileSync(new URL('./cppfilt.tsv', import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [symbol = '', answer = ''] = line.split('\t');
      return { symbol, answer };
    });
}

describe('demangle', () => {
  it('answers as c++filt on every name of libstdc++, and on every n-th of libclang-cpp and librustc_driver', () => {
    const names = new TextDecoder()
      .decode(decompress(readFileSync(new URL('./libraries.tsv.zst', import.meta.url))))
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(names.length).toBeGreaterThan(9000);
    expect(names.filter(([symbol = '', answer = '']) => (demangle(symbol) ?? '') !== answer)).toEqual([]);
  });

  it('is right where c++filt is wrong: constants of 128 bits in Rust', () => {
    const [minimum, maximum] = ['80000000000000000000000000000000', '7fffffffffffffffffffffffffffffff'];
    expect(demangle(`_RINvC3foo3barKnn${minimum}_Kn${maximum}_EB2_`)).toBe(
      `foo[0]::bar::<-0x${minimum}: i128, 0x${maximum}: i128>`,
    );
  });

  it('answers as c++filt on names of many compilers and libraries', () => {
    const names = recorded();
    expect(names.length).toBeGreaterThan(2500);
    const wrong = names
      .map(({ symbol, answer }) => ({ symbol, answer, got: demangle(symbol) ?? '' }))
      .filter(({ answer, got }) => got !== answer);
    expect(wrong).toEqual([]);
  });

  it.each([
    ['_Z3foov@plt', 'foo()@plt'],
    ['_Z3foov@@LIB_1.2', 'foo()@@LIB_1.2'],
    ['_Z3foov@LIB_1', 'foo()@LIB_1'],
    ['_Z3foov.isra.0', 'foo() [clone .isra.0]'],
    ['_Z3foov.part.0.cold', 'foo() [clone .part.0] [clone .cold]'],
    ['_Z3foov.constprop.0.isra.1', 'foo() [clone .constprop.0] [clone .isra.1]'],
    ['_Z3foov.llvm.123', 'foo() [clone .llvm.123]'],
    ['_Z3foov.ll2m.7', 'foo() [clone .ll2m.7]'],
    ['_Z3foov._omp_fn.0', 'foo() [clone ._omp_fn.0]'],
    ['_RNvC3foo3bar.llvm.123', 'foo[0]::bar'],
    ['_ZN3foo3bar17h0123456789abcdefE.llvm.1', 'foo::bar::h0123456789abcdef'],
    ['_GLOBAL__I__Z3foov', 'global constructors keyed to foo()'],
    ['$_Z3foov', 'foo()'],
    ['_Z6naïvev', 'naïve()'],
    ['_RNvC3foou8gdel_5qa', 'foo[0]::gödel'],
  ])('%s is %s', (symbol, answer) => {
    expect(demangle(symbol)).toBe(answer);
  });

  it.each([
    ['C', 'memcpy'],
    ['C, with a version', 'memcpy@@GLIBC_2.14'],
    ['Go', 'main.(*Server).Serve.func1'],
    ['Go, generic', 'slices.Sort[go.shape.int]'],
    ['D', '_D3std5stdio7writelnFZv'],
    ['nothing', ''],
    ['the prefixes alone', '_Z'],
    ['the prefixes alone', '_R'],
    ['more than a name', '_Z3foov.L'],
    ['cut short', '_ZN3foo3ba'],
    ['an unknown version', '_R0NvC3foo3bar'],
    ['a template parameter without argument', '_Z1fT_'],
    ['a substitution of what comes later', '_Z1fS1_'],
    ['a reference forwards', '_RNvB9_3bar'],
    ['a constructor of no class', '_ZC4'],
    ['a constructor of no class, with parameters', '_ZNC4Ev'],
    ['a destructor of no class', '_ZD1'],
  ])('leaves %s alone', (_, symbol) => {
    expect(demangle(symbol)).toBeUndefined();
  });

  // Where c++filt 2.40 is wrong, or older than the compilers.
  it.each([
    // Two templates share the substitution of their `T&`; in the outer signature it is the outer's T.
    [
      '_ZZNSt9once_flag18_Prepare_executionC4IZSt9call_onceIRFvvEJEEvRS_OT_DpOT0_EUlvE_EERS6_ENUlvE_4_FUNEv',
      'std::once_flag::_Prepare_execution::_Prepare_execution<std::call_once<void (&)()>(std::once_flag&, void (&)())::{lambda()#1}>' +
        '(std::call_once<void (&)()>(std::once_flag&, void (&)())::{lambda()#1}&)::{lambda()#1}::_FUN()',
    ],
    // Integers of more than 64 bits.
    ['_RINvC3foo3barKo123456789abcdef01_E', 'foo[0]::bar::<0x123456789abcdef01: u128>'],
    // Temporaries with a life beyond their expression end in `_`.
    ['_ZGRN3Log4NoneE_', 'reference temporary #0 for Log::None'],
    ['_ZGRN3Log4NoneE0_', 'reference temporary #1 for Log::None'],
    // Declarations of template parameters before their arguments, constraints.
    ['_Z1fITnDaLi5EEvv', 'void f<5>()'],
    ['_ZN1AC2IiTnNSt9enable_ifILb1EiE4typeELi0EEET_', 'A::A<int, 0>(int)'],
    ['_Z1fITkN3std8integralEiEvT_', 'void f<int>(int)'],
    ['_Z3conIiEvT_QrqXsr3stdE7is_voidIS0_EE', 'void con<int>(int) requires requires { std::is_void<int>; }'],
    ['_Z1fIiEDTnxclfp_EET_', 'decltype (noexcept ({parm#1}())) f<int>(int)'],
  ])('reads %s', (symbol, answer) => {
    expect(demangle(symbol)).toBe(answer);
  });
});
