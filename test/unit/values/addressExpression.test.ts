import { describe, expect, it } from 'vitest';
import { evaluateAddress, type ExpressionScope } from '../../../src/engine/values/addressExpression.js';

const scope: ExpressionScope = {
  register: (name) => ({ rax: 0x1000n, rsp: 0x7ffe_0000n, rcx: 'rcx is not known here' })[name],
  symbol: (name) => ({ main: 0x401136n, 'ns::f(int)': 0x401200n, 'ns::g': 0x401300n })[name],
  word: (address) => (address === 0x7ffe_0008n ? 0x401136n : undefined),
};

describe('an expression', () => {
  it.each<readonly [string, bigint]>([
    ['16', 16n],
    ['0x10+0x20 - 1', 0x2fn],
    ['rax', 0x1000n],
    ['$RAX + %rsp', 0x7ffe_1000n],
    ['main+4', 0x40113an],
    ['&main', 0x401136n],
    ["'ns::f(int)'", 0x401200n],
    ['ns::g', 0x401300n],
    ['*(rsp+8)', 0x401136n],
    ['*(rsp+8)+2', 0x401138n],
    ['-(1)', 0xffff_ffff_ffff_ffffn],
    ['5-(2-1)', 4n],
  ])('%s', (text, value) => {
    expect(evaluateAddress(text, scope)).toBe(value);
  });

  it.each<readonly [string, RegExp]>([
    ['', /ends too early/],
    ['1 +', /ends too early/],
    ['nothing', /no register and no symbol "nothing"/],
    ['$main', /no register "main"/],
    ['rcx', /rcx is not known here/],
    ['*rax', /no word to read at 0x1000/],
    ['12abc', /"12abc" cannot be read/],
    ['(1', /cannot be read/],
    ['1)', /"\)" cannot be read/],
    ['('.repeat(2000), /too long/],
    ['('.repeat(900), /cannot be read/],
    ['*'.repeat(900), /cannot be read/],
  ])('%s gives one sentence', (text, sentence) => {
    expect(evaluateAddress(text, scope)).toMatch(sentence);
  });
});
