import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedString, hexBytes, latin1, pathText, printable, printablePath } from '../../../src/engine/base/text.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe('printable', () => {
  it('never lets a control character through', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(printable(bytes)).not.toMatch(UNSAFE);
      }),
    );
  });

  it('leaves plain text as it is, in any script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        fc.pre(!UNSAFE.test(text));
        expect(printable(encode(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['a byte that is no UTF-8', [0x61, 0xff, 0x62], 'a\\xffb'],
    ['a sequence cut short', [0xe2, 0x82], '\\xe2\\x82'],
    ['an overlong form of a slash', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['half a surrogate pair', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['a number above Unicode', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['a terminal escape', [0x1b, 0x5b, 0x32, 0x4a], '\\x1b[2J'],
    ['text turned around', [...encode('a\u202eb')], 'a\\x202eb'],
    ['a NUL', [0x61, 0, 0x62], 'a\\x00b'],
  ])('escapes %s', (_, bytes, text) => {
    expect(printable(Uint8Array.from(bytes))).toBe(text);
  });

  it('stops at its limit', () => {
    expect(printable(new Uint8Array(100_000).fill(0x41), 10)).toHaveLength(10);
  });
});

describe('paths', () => {
  it('come back as the file system has them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(pathText(encode(text))).toBe(text);
      }),
    );
  });

  it('that are no UTF-8 keep every byte', () => {
    expect(pathText(Uint8Array.of(0x2f, 0xff, 0xe9))).toBe('/ÿé');
  });

  it('are escaped for display', () => {
    expect(printablePath('/opt/a b (ü)')).toBe('/opt/a b (ü)');
    expect(printablePath('/tmp/\u001b[31m\n')).toBe('/tmp/\\x1b[31m\\x0a');
    expect(printablePath('x'.repeat(20), 5)).toBe('xxxxx…');
  });
});

it('Latin-1 is one character a byte, at any length', () => {
  for (const length of [0, 1, 4095, 4096, 4097, 200_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 0xff);
    const text = latin1(bytes);
    expect(text).toHaveLength(length);
    expect(text).toBe(Buffer.from(bytes).toString('latin1'));
  }
});

it('hexadecimal is two digits a byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(hexBytes(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    }),
  );
});

it('a fixed field ends at its NUL or at its end', () => {
  expect(fixedString(encode('abc\0def'))).toBe('abc');
  expect(fixedString(encode('abcdef'))).toBe('abcdef');
});
