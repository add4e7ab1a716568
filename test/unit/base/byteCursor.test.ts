import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteCursor, FormatError } from '../../../src/engine/base/byteCursor.js';
import { Bytes } from '../../writers/bytes.js';

const U64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const I64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });

function uleb(value: bigint, padding = 0): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest >> 7n === 0n) {
      bytes.push(low | (padding > 0 ? 0x80 : 0));
      break;
    }
    bytes.push(low | 0x80);
  }
  for (let i = 0; i < padding; i++) bytes.push(i === padding - 1 ? 0 : 0x80);
  return Uint8Array.from(bytes);
}

function sleb(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
    bytes.push(done ? low : low | 0x80);
    if (done) return Uint8Array.from(bytes);
  }
}

describe('fixed-width numbers', () => {
  it('are read in both byte orders', () => {
    fc.assert(
      fc.property(U64, fc.boolean(), (value, littleEndian) => {
        const cursor = new ByteCursor(new Bytes(littleEndian).u64(value).bytes(), littleEndian);
        expect(cursor.u64()).toBe(value);
        expect(cursor.seek(0).i64()).toBe(BigInt.asIntN(64, value));
        const first32 = Number(littleEndian ? value & 0xffffffffn : value >> 32n);
        expect(cursor.seek(0).u32()).toBe(first32);
        expect(cursor.seek(0).i32()).toBe(first32 | 0);
        const first16 = littleEndian ? first32 & 0xffff : first32 >>> 16;
        expect(cursor.seek(0).u16()).toBe(first16);
        expect(cursor.seek(0).i16()).toBe((first16 << 16) >> 16);
        expect(cursor.seek(0).u24()).toBe(littleEndian ? first32 & 0xffffff : first32 >>> 8);
        const first = littleEndian ? first32 & 0xff : first32 >>> 24;
        expect(cursor.seek(0).u8()).toBe(first);
        expect(cursor.seek(0).i8()).toBe((first << 24) >> 24);
      }),
    );
  });

  it('are bounded by the view they were given, not by the buffer below it', () => {
    const cursor = new ByteCursor(new Uint8Array(16).subarray(4, 8));
    expect(cursor.u32()).toBe(0);
    expect(() => cursor.u8()).toThrow(FormatError);
  });
});

describe('LEB128', () => {
  it('unsigned values come back, padded or not', () => {
    fc.assert(
      fc.property(U64, fc.nat({ max: 3 }), (value, padding) => {
        const bytes = uleb(value, padding);
        fc.pre(bytes.length <= 10);
        const cursor = new ByteCursor(bytes);
        expect(cursor.uleb()).toBe(value);
        expect(cursor.atEnd).toBe(true);
      }),
    );
  });

  it('signed values come back', () => {
    fc.assert(
      fc.property(I64, (value) => {
        expect(new ByteCursor(sleb(value)).sleb()).toBe(value);
      }),
    );
  });

  it('that never end are errors, not loops', () => {
    const endless = new Uint8Array(32).fill(0x80);
    expect(() => new ByteCursor(endless).uleb()).toThrow('more than ten bytes');
    expect(() => new ByteCursor(endless).sleb()).toThrow('more than ten bytes');
    expect(() => new ByteCursor(endless.subarray(0, 3)).uleb()).toThrow(FormatError);
  });

  it('as a number must be a safe integer', () => {
    expect(new ByteCursor(uleb(BigInt(Number.MAX_SAFE_INTEGER))).ulebNumber()).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => new ByteCursor(uleb(1n << 53n)).ulebNumber()).toThrow('out of range');
  });
});

describe('bounds', () => {
  it('hold for every operation: it reads what is there or throws a FormatError, and never moves past the end', () => {
    const operations: readonly ((cursor: ByteCursor, n: number) => unknown)[] = [
      (cursor) => cursor.u8(),
      (cursor) => cursor.u16(),
      (cursor) => cursor.u24(),
      (cursor) => cursor.u32(),
      (cursor) => cursor.u64(),
      (cursor) => cursor.uleb(),
      (cursor) => cursor.sleb(),
      (cursor) => cursor.cString(),
      (cursor, n) => cursor.take(n),
      (cursor, n) => cursor.skip(n),
      (cursor, n) => cursor.seek(n),
      (cursor, n) => cursor.sub(n),
      (cursor, n) => cursor.align(n + 1),
    ];
    const step = fc.tuple(fc.nat({ max: operations.length - 1 }), fc.integer({ min: -2, max: 40 }));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 32 }), fc.array(step, { maxLength: 20 }), (bytes, steps) => {
        const cursor = new ByteCursor(bytes);
        for (const [which, n] of steps) {
          try {
            operations[which]?.(cursor, which === operations.length - 1 ? Math.abs(n) : n);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
          expect(cursor.position).toBeGreaterThanOrEqual(0);
          expect(cursor.position).toBeLessThanOrEqual(bytes.length);
        }
      }),
    );
  });

  it('tell where it happened, in terms of the file', () => {
    const cursor = new ByteCursor(new Uint8Array(4), true, 0x1000n);
    cursor.skip(2);
    expect(() => cursor.u32()).toThrow('4 bytes wanted, 2 left at 0x1002');
  });

  it('of a NaN are no bounds', () => {
    const cursor = new ByteCursor(new Uint8Array(4));
    expect(() => cursor.seek(Number.NaN)).toThrow(FormatError);
    expect(() => cursor.take(Number.NaN)).toThrow(FormatError);
  });
});

it('strings end at their NUL, and one without is an error', () => {
  const cursor = new ByteCursor(new TextEncoder().encode('ab\0c'));
  expect([...cursor.cString()]).toEqual([0x61, 0x62]);
  expect(() => cursor.cString()).toThrow('string without an end');
});

it('a part has its own bounds and knows its place', () => {
  const part = new ByteCursor(new Uint8Array(8), true, 0x100n, 2).sub(3);
  expect(part.remaining).toBe(3);
  expect(part.origin).toBe(0x102n);
});
