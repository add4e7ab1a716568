import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SymbolTable } from '../../../src/engine/elf/symbolTable.js';
import { type HandSymbol, symbolBytes } from '../../writers/elfBinary.js';

function tableOf(symbols: readonly HandSymbol[], is64 = true, littleEndian = true): SymbolTable {
  const { entries, strings } = symbolBytes(symbols, is64, littleEndian);
  return new SymbolTable([{ symbols: entries, strings, is64, littleEndian }]);
}

const FUNCTION = 2;
const OBJECT = 1;
const NOTYPE = 0;

/**
 * By the definition: of the sized symbols that hold the address the one that starts last; else the unsized one nearest before it, if no
 * sized symbol begins between the two. Names tell where more than one would do.
 */
function naive(symbols: readonly HandSymbol[], address: number, functionsOnly: boolean): number | undefined {
  const kept = symbols.filter(({ type }) => !functionsOnly || type !== OBJECT);
  const holding = kept.filter(({ value, size }) => size > 0 && value <= address && address < Number(value) + size);
  if (holding.length > 0) return Math.max(...holding.map(({ value }) => Number(value)));
  const before = kept.filter(({ value }) => value <= address);
  const unsized = before.filter(({ size, type }) => size === 0 && type !== OBJECT);
  if (unsized.length === 0) return undefined;
  const nearest = Math.max(...unsized.map(({ value }) => Number(value)));
  const ended = before.some(({ value, size }) => size > 0 && Number(value) >= nearest);
  return ended ? undefined : nearest;
}

const SYMBOL = fc.record({
  value: fc.bigInt({ min: 0n, max: 60n }),
  size: fc.oneof(fc.constant(0), fc.nat({ max: 30 })),
  type: fc.constantFrom(FUNCTION, OBJECT, NOTYPE),
});

describe('looking up an address', () => {
  it('finds what a search through all symbols finds', () => {
    fc.assert(
      fc.property(fc.array(SYMBOL, { maxLength: 14 }), fc.boolean(), (raw, functionsOnly) => {
        const symbols = raw.map((symbol, i) => ({ ...symbol, name: `s${i}` }));
        const table = tableOf(symbols);
        for (let address = 0; address < 95; address++) {
          const found = table.find(BigInt(address), functionsOnly);
          expect(found === undefined ? undefined : Number(found.value), `at ${address}`).toBe(
            naive(symbols, address, functionsOnly),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('prefers, at one address, sized to unsized, functions to others, global names to local ones', () => {
    const table = tableOf([
      { name: 'label', value: 0x10n, size: 0, type: NOTYPE },
      { name: 'local', value: 0x10n, size: 8, binding: 0 },
      { name: 'thing', value: 0x10n, size: 8, type: OBJECT },
      { name: 'global', value: 0x10n, size: 8 },
    ]);
    expect(table.find(0x12n)?.name).toBe('global');
  });

  it('takes, of aliases, the one that people know', () => {
    const nameOf = (...names: readonly (readonly [name: string, binding: number])[]): string | undefined =>
      tableOf(names.map(([name, binding]) => ({ name, binding, value: 0x10n, size: 8 }))).find(0x12n)?.name;
    expect(nameOf(['gsignal', 2], ['raise', 1], ['__raise', 1])).toBe('raise');
    expect(nameOf(['__sigaction@@GLIBC_2.2.5', 1], ['sigaction@@GLIBC_2.2.5', 2])).toBe('sigaction@@GLIBC_2.2.5');
    expect(nameOf(['siglongjmp', 2], ['_longjmp', 2], ['longjmp', 2])).toBe('longjmp');
    expect(nameOf(['_ZN1AC2Ev', 2], ['_ZN1AC1Ev', 2])).toBe('_ZN1AC2Ev');
    expect(nameOf(['x', 0], ['__public', 1])).toBe('__public');
  });

  it('finds the outer function behind a nested one', () => {
    const table = tableOf([
      { name: 'outer', value: 0x100n, size: 0x100 },
      { name: 'inner', value: 0x140n, size: 0x10 },
    ]);
    expect(table.find(0x145n)?.name).toBe('inner');
    expect(table.find(0x160n)?.name).toBe('outer');
    expect(table.find(0x200n)).toBeUndefined();
  });

  it('leaves out what is undefined, absolute, a file or a section', () => {
    const table = tableOf([
      { name: 'undefined', value: 0x10n, size: 8, section: 0 },
      { name: 'absolute', value: 0x10n, size: 8, section: 0xfff1 },
      { name: 'file', value: 0x10n, size: 8, type: 4 },
      { name: 'section', value: 0x10n, size: 8, type: 3 },
      { name: 'beyond', value: 1n << 60n, size: 8 },
    ]);
    expect(table.size).toBe(0);
  });

  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('reads tables of any class and byte order (64-bit: %s, little-endian: %s)', (is64, littleEndian) => {
    const table = tableOf([{ name: 'main', value: 0x1234n, size: 0x20 }], is64, littleEndian);
    expect(table.find(0x1240n)).toEqual({ name: 'main', value: 0x1234n, size: 0x20, kind: 'function' });
  });

  it('asks the more complete table first', () => {
    const [full, dynamic] = [
      [{ name: 'real_name', value: 0x10n, size: 8 }],
      [{ name: 'alias', value: 0x10n, size: 8 }],
    ].map((symbols) => {
      const { entries, strings } = symbolBytes(symbols);
      return { symbols: entries, strings, is64: true, littleEndian: true };
    });
    const table = new SymbolTable([full, dynamic].flatMap((raw) => (raw === undefined ? [] : [raw])));
    expect(table.find(0x10n)?.name).toBe('real_name');
  });

  it('works with tables cut short and names out of bounds', () => {
    const { entries, strings } = symbolBytes([
      { name: 'first', value: 0x10n, size: 8 },
      { name: 'second', value: 0x20n, size: 8 },
    ]);
    const cut = { symbols: entries.subarray(0, entries.length - 5), strings: strings.subarray(0, 3) };
    const table = new SymbolTable([{ ...cut, is64: true, littleEndian: true }]);
    expect(table.size).toBe(1);
    expect(table.find(0x10n)?.name).toBe('fi');
  });
});

describe('looking up a name', () => {
  it('finds the symbol, also when asked again', () => {
    const table = tableOf([
      { name: 'a', value: 0x10n, size: 1 },
      { name: 'b', value: 0x20n, size: 1 },
    ]);
    for (let i = 0; i < 2; i++) {
      expect(table.findByName('b')?.value).toBe(0x20n);
      expect(table.findByName('c')).toBeUndefined();
    }
  });
});
