import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { demangle } from '../../../../src/engine/symbolize/demangle/demangle.js';
import { functionName } from '../../../../src/engine/symbolize/demangle/functionName.js';

/** Processor time in milliseconds: the best of five, so that neither a busy machine nor a first run counts. */
function cost(action: () => void): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 5 && best > UNDISPUTED; attempt++) {
    const spent = processorTime(action);
    // A processor that others use too is slower: what it takes for a known amount of work is taken for the measure.
    const slowdown = spent <= UNDISPUTED ? 1 : Math.max(1, processorTime(yardstick) / YARDSTICK);
    best = Math.min(best, spent / slowdown);
  }
  return best;
}

function processorTime(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** So few milliseconds are few on any machine. */
const UNDISPUTED = 10;
/** Milliseconds of `yardstick` on an idle machine of 2024. */
const YARDSTICK = 10;

function yardstick(): void {
  const words: string[] = [];
  for (let i = 0; i < 60_000; i++) words.push(i.toString(36));
  const text = words.join(' ');
  let spaces = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) === 32) spaces++;
  expect(spaces).toBe(59_999);
}

function substitution(index: number): string {
  return index === 0 ? 'S_' : `S${(index - 1).toString(36).toUpperCase()}_`;
}

/** Each type holds the one before it twice. */
function doubling(levels: number): string {
  let name = '_Z1f1AIiiE';
  for (let i = 0; i < levels; i++) name += `S_I${substitution(i + 1).repeat(2)}E`;
  return name;
}

/** The same from the inside out, behind an expansion: a pack is looked for in all of it before anything is printed. */
function doublingSearch(levels: number): string {
  const closing = Array.from({ length: levels }, (_, i) => `${substitution(i + 1)}E`).join('');
  return `_Z1fDp1AI${'S_I'.repeat(levels)}iiE${closing}`;
}

/** Each function pointer returns and takes the one before it. */
function doublingFunctions(levels: number): string {
  let name = '_Z1fPFivE';
  for (let i = 0; i < levels; i++) name += `PF${substitution(2 * i + 1).repeat(2)}E`;
  return name;
}

/** Each tuple refers to the one before it twice. */
function doublingTuples(levels: number): string {
  let text = 'INvC3foo3bar';
  let last = text.length;
  text += 'TuuE';
  for (let i = 0; i < levels; i++) {
    const here = text.length;
    const digits = base62(last);
    text += `TB${digits}B${digits}E`;
    last = here;
  }
  return `_R${text}E`;
}

/** RFC 2603: `_` is 0, the digits stand for one less. */
function base62(value: number): string {
  const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  let text = '_';
  for (let rest = value - 1; rest > 0; rest = Math.floor(rest / 62)) text = digits.charAt(rest % 62) + text;
  return text;
}

const hostile: Record<string, string> = {
  doubling: doubling(40),
  doublingFunctions: doublingFunctions(60),
  doublingTuples: doublingTuples(60),
  // Looks for a pack where there is none, and prints nothing meanwhile.
  doublingSearch: doublingSearch(40),
  pointerChain: '_Z1fPi' + Array.from({ length: 5000 }, (_, i) => `P${substitution(i)}`).join(''),
  scopesReadTwice: '_Z1fIX' + 'sr1AIX'.repeat(5000),
  conversions: '_ZN1A' + 'cvT_I'.repeat(6000),
  argumentsOfArguments: '_ZN1AcvT_' + 'IT_E'.repeat(7000) + 'Ev',
  templateParameters: '_Z1fI' + 'RT_'.repeat(2000) + 'EvT_',
  selfReference: '_Z1fI1AIT0_EPT_EvT_',
  packs: `_Z1fIJ${'i'.repeat(1000)}EEv${'DpPT_'.repeat(1000)}`,
  packsOfPacks: `_Z1fIJ${'i'.repeat(300)}EEvDp1AIJDp1AIJDp1AIJDpT_EEEEEE`,
  wideSearch: `_Z1f1AI${'i'.repeat(10000)}E${'DpS0_'.repeat(4000)}`,
  emptyPacks: `_Z1fI${'1AIJEE'.repeat(5000)}Evv`,
  clones: '_Z1fv' + '.cold'.repeat(6000),
  digits: '_Z' + '9'.repeat(32000),
  tags: '_Z1f' + 'B1a'.repeat(10000) + 'v',
  lifetimes: '_RNvM' + 'INvC3foo3bar' + 'FGa00_'.repeat(5000),
  manyLifetimes: '_RINvC3foo3barFGzzz_uEuE',
  punycode: `_RNvC3foou2000${'9'.repeat(1999)}a`,
  legacy: `_ZN${'1$'.repeat(15000)}17h0123456789abcdefE`,
  versions: '_Z1fv@'.repeat(5000),
  globals: '_GLOBAL__I_'.repeat(2900),
  ...Object.fromEntries(
    ['P', 'PF', 'N', 'I', 'J', '1AI', 'Z', 'UlvEN', 'K', 'S', 'X', 'L', 'DT', 'Dp', 'A1_', 'M', 'T'].map((unit) => [
      `${unit} many times`,
      `_Z1fI${unit.repeat(32000 / unit.length)}`,
    ]),
  ),
  ...Object.fromEntries(
    ['T', 'R', 'I', 'M', 'X', 'Y', 'Nv', 'K', 'F', 'D', 'A', 'TB_'].map((unit) => [
      `Rust ${unit} many times`,
      `_RINvC3foo3bar${unit.repeat(32000 / unit.length)}`,
    ]),
  ),
};

describe('hostile names', () => {
  it.each(Object.entries(hostile))('%s ends soon', (_, symbol) => {
    let result: string | undefined;
    expect(cost(() => (result = demangle(symbol)))).toBeLessThan(50);
    expect(result?.length ?? 0).toBeLessThanOrEqual(100_000);
  });

  it.each([
    '(',
    'operator',
    'operator<',
    'a<>b',
    ' [clone ',
    'a b ',
    'operator a(',
    '(*',
    '<',
    'a(b)::',
    '@a',
    'word ',
  ])('functionName of many %s ends soon', (unit) => {
    expect(cost(() => functionName(unit.repeat(60_000 / unit.length)))).toBeLessThan(50);
  });

  it('refuses a name whose text would be too long instead of building it', () => {
    expect(demangle(doubling(40))).toBeUndefined();
    expect(demangle(doubling(4))).toContain('A<A<A<int, int>, A<int, int> >');
    expect(demangle(doublingSearch(40))).toBeUndefined();
    expect(demangle(doublingSearch(1))).toBe('f((A<A<int, int>, A<int, int> >)...)');
    expect(demangle(doublingTuples(60))).toBeUndefined();
    expect(demangle(doublingTuples(3))).toContain('(((');
  });
});

describe('any name', () => {
  const names = readFileSync(new URL('./cppfilt.tsv', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((name) => name !== '');
  const codes = fc.constantFrom(...'NSTZEIJKPROFDXLMCUGAWBQvi0123456789_abcdefghlmnoprstuwxyz.$@'.split(''));
  const invented = fc.tuple(
    fc.constantFrom('_Z', '_ZN', '_R', '_RNv', '_ZTv', '_GLOBAL__'),
    fc.array(codes, { maxLength: 80 }),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom(...names),
      fc.array(fc.tuple(fc.nat(), fc.nat(3), codes), { maxLength: 4 }),
    )
    .map(([name, other, changes]) => {
      let text = name;
      for (const [where, kind, code] of changes) {
        const at = where % (text.length + 1);
        const inserted =
          kind === 0 ? '' : kind === 1 ? code : kind === 2 ? other.slice(at, at + 20) : text.slice(at, at + 12);
        text = text.slice(0, at) + inserted + text.slice(kind === 3 ? at : at + 1);
      }
      return text;
    });

  it('never throws and ends within 50 ms', () => {
    const any = fc.oneof(
      { weight: 6, arbitrary: mutated },
      { weight: 3, arbitrary: invented.map(([prefix, rest]) => prefix + rest.join('')) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    );
    fc.assert(
      fc.property(any, (symbol) => {
        let result: string | undefined;
        expect(cost(() => (result = demangle(symbol)))).toBeLessThan(50);
        if (result !== undefined) {
          expect(result).not.toBe('');
          expect(cost(() => functionName(result ?? ''))).toBeLessThan(50);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
