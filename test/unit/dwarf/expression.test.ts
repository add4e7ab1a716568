import { describe, expect, it } from 'vitest';
import type { MemoryView } from '../../../src/engine/base/memoryView.js';
import { absent, wordOf } from '../../../src/engine/base/memoryView.js';
import { evaluateExpression, type ExpressionContext } from '../../../src/engine/dwarf/expression.js';

/** Sixteen bytes 0x10, 0x11, ... at 0x1000 and nothing else. */
const memory: MemoryView = {
  read(address, length) {
    if (address < 0x1000n || address >= 0x1010n) return absent('unmapped');
    const start = Number(address - 0x1000n);
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => 0x10 + i).subarray(start, start + length);
    return bytes.length < length ? { bytes, rest: 'unmapped' } : { bytes };
  },
  word(address) {
    return wordOf(this.read(address, 8));
  },
};

const context: ExpressionContext = {
  register: (number) => (number < 16 ? 0x1000n + BigInt(number) : undefined),
  memory,
  addressSize: 8,
  cfa: 0x7000n,
  frameBase: () => 0x6000n,
  bias: 0x555000n,
};

function run(bytes: number[], initial: bigint[] = [], changes: Partial<ExpressionContext> = {}) {
  return evaluateExpression(Uint8Array.from(bytes), { ...context, ...changes }, initial);
}

/** What is left on top of the stack, as a signed number. */
function top(...bytes: number[]): bigint | undefined {
  const result = run(bytes);
  return result?.kind === 'address' ? BigInt.asIntN(64, result.address) : undefined;
}

const SLEB_MINUS_8 = 0x78;
/** const1s */
const s8 = (value: number) => [0x09, value & 0xff];

describe('operations on the stack', () => {
  it('push constants', () => {
    expect(top(0x30)).toBe(0n);
    expect(top(0x4f)).toBe(31n);
    expect(top(0x08, 0xff)).toBe(255n);
    expect(top(0x09, 0xff)).toBe(-1n);
    expect(top(0x0a, 0xfe, 0xff)).toBe(0xfffen);
    expect(top(0x0b, 0xfe, 0xff)).toBe(-2n);
    expect(top(0x0c, 0xfd, 0xff, 0xff, 0xff)).toBe(0xfffffffdn);
    expect(top(0x0d, 0xfd, 0xff, 0xff, 0xff)).toBe(-3n);
    expect(top(0x0e, 1, 0, 0, 0, 0, 0, 0, 0x80)).toBe(-0x7fffffffffffffffn);
    expect(top(0x0f, 1, 0, 0, 0, 0, 0, 0, 0)).toBe(1n);
    expect(top(0x10, 0x80, 0x01)).toBe(128n);
    expect(top(0x11, SLEB_MINUS_8)).toBe(-8n);
    expect(top(0x03, 0x34, 0x12, 0, 0, 0, 0, 0, 0)).toBe(0x556234n);
  });

  it('rearrange it', () => {
    expect(top(0x31, 0x32, 0x12, 0x1e)).toBe(4n); // dup
    expect(top(0x31, 0x32, 0x13)).toBe(1n); // drop
    expect(top(0x31, 0x32, 0x14)).toBe(1n); // over
    expect(top(0x31, 0x32, 0x33, 0x15, 2)).toBe(1n); // pick
    expect(top(0x31, 0x32, 0x16)).toBe(1n); // swap
    // rot: 1 2 3 becomes 3 1 2
    expect(top(0x31, 0x32, 0x33, 0x17)).toBe(2n);
    expect(top(0x31, 0x32, 0x33, 0x17, 0x13)).toBe(1n);
    expect(top(0x31, 0x32, 0x33, 0x17, 0x13, 0x13)).toBe(3n);
  });

  it('calculate', () => {
    expect(top(...s8(-5), 0x19)).toBe(5n);
    expect(top(0x36, 0x33, 0x1a)).toBe(2n);
    expect(top(...s8(-7), 0x32, 0x1b)).toBe(-3n);
    expect(top(0x33, 0x35, 0x1c)).toBe(-2n);
    expect(top(0x37, 0x34, 0x1d)).toBe(3n);
    expect(top(0x37, 0x34, 0x1e)).toBe(28n);
    expect(top(0x37, 0x1f)).toBe(-7n);
    expect(top(0x30, 0x20)).toBe(-1n);
    expect(top(0x31, 0x34, 0x21)).toBe(5n);
    expect(top(0x31, 0x34, 0x22)).toBe(5n);
    expect(top(0x31, 0x23, 0x80, 0x01)).toBe(129n);
    expect(top(0x31, 0x34, 0x24)).toBe(16n);
    expect(top(...s8(-1), 0x08, 60, 0x25)).toBe(15n);
    expect(top(...s8(-16), 0x32, 0x26)).toBe(-4n);
    expect(top(...s8(-16), 0x08, 200, 0x26)).toBe(-1n);
    expect(top(0x31, 0x08, 64, 0x24)).toBe(0n);
    expect(top(0x36, 0x33, 0x27)).toBe(5n);
  });

  it('compare as signed', () => {
    const compare = (operation: number) => [
      top(...s8(-1), 0x31, operation),
      top(0x31, 0x31, operation),
      top(0x31, ...s8(-1), operation),
    ];
    expect(compare(0x29)).toEqual([0n, 1n, 0n]); // eq
    expect(compare(0x2a)).toEqual([0n, 1n, 1n]); // ge
    expect(compare(0x2b)).toEqual([0n, 0n, 1n]); // gt
    expect(compare(0x2c)).toEqual([1n, 1n, 0n]); // le
    expect(compare(0x2d)).toEqual([1n, 0n, 0n]); // lt
    expect(compare(0x2e)).toEqual([1n, 0n, 1n]); // ne
  });

  it('branch', () => {
    expect(top(0x31, 0x2f, 1, 0, 0x12, 0x32)).toBe(2n); // skip over dup
    expect(top(0x35, 0x31, 0x28, 1, 0, 0x1f, 0x96)).toBe(5n); // bra taken
    expect(top(0x35, 0x30, 0x28, 1, 0, 0x1f, 0x96)).toBe(-5n); // bra not taken
  });

  it('wrap at the size of an address', () => {
    expect(run([0x0c, 0xff, 0xff, 0xff, 0xff, 0x31, 0x22], [], { addressSize: 4 })).toEqual({
      kind: 'address',
      address: 0n,
    });
  });
});

describe('operations on the machine', () => {
  it('read registers and memory', () => {
    expect(top(0x77, SLEB_MINUS_8)).toBe(0x0fffn);
    expect(top(0x92, 7, 1)).toBe(0x1008n);
    expect(top(0x70, 0, 0x06)).toBe(0x1716151413121110n);
    expect(top(0x70, 0, 0x94, 2)).toBe(0x1110n);
    expect(run([0x70, 0, 0x94, 2], [], { littleEndian: false })).toMatchObject({ address: 0x1011n });
    expect(top(0x91, SLEB_MINUS_8)).toBe(0x5ff8n);
    expect(top(0x9c)).toBe(0x7000n);
    expect(run([0x06], [0x1000n])).toMatchObject({ address: 0x1716151413121110n });
  });

  it('describe places and values', () => {
    expect(run([0x57])).toEqual({ kind: 'register', register: 7 });
    expect(run([0x90, 40])).toEqual({ kind: 'register', register: 40 });
    expect(run([0x35, 0x9f])).toEqual({ kind: 'value', value: 5n });
    expect(run([0x9e, 2, 7, 8])).toEqual({ kind: 'bytes', bytes: Uint8Array.of(7, 8) });
    expect(run([0x97], [], { objectAddress: 0x42n })).toMatchObject({ address: 0x42n });
    expect(run([0xa1, 3], [], { addressAt: (index) => BigInt(index) })).toMatchObject({ address: 0x555003n });
    expect(run([0xa3, 1, 0x55], [], { entryValue: (bytes) => BigInt(bytes[0] ?? 0) })).toMatchObject({
      address: 0x55n,
    });
    expect(run([0x38, 0x9b], [], { threadLocal: (offset) => 0x9000n - offset })).toMatchObject({ address: 0x8ff8n });
  });

  it('know nothing where something is missing', () => {
    const nothing: number[][] = [
      [], // optimized out
      [0x80, 0], // unknown register
      [0x08, 8, 0x06], // memory that is not there
      [0x7f, 0, 0x06], // ends within the word
      [0x70, 0, 0x94, 9],
      [0xa3, 1, 0x55],
      [0x97],
      [0x50, 0x93, 8, 0x51, 0x93, 8], // in pieces
      [0x13],
      [0x31, 0x22],
      [0x31, 0x30, 0x1b],
      [0x31, 0x30, 0x1d],
      [0x03, 1, 2],
      [0x2f, 0xfd, 0xff], // jumps to itself for ever
      [0x2f, 0, 0x80],
      [0x31, 0x2f, 0xfc, 0xff], // pushes for ever
      [0x02],
    ];
    for (const bytes of nothing) expect(run(bytes)).toBeUndefined();
  });
});
