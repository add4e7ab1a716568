import { describe, expect, it } from 'vitest';
import { extendedFloatText } from '../../../src/engine/arch/x86_64/extendedFloat.js';

/** What glibc's `%.21Lg` prints of these (x86-64). */
const PRINTED: readonly (readonly [high: number, significand: bigint, text: string])[] = [
  [0x4000, 0xc90fdaa22168c235n, '3.14159265358979323851'],
  [0xbfff, 0x8000000000000000n, '-1'],
  [0x3ffd, 0xaaaaaaaaaaaaaaabn, '0.333333333333333333342'],
  [0x3fee, 0xa7c5ac471b478423n, '9.99999999999999999995e-06'],
  [0x3ff1, 0xd1b71758e219652cn, '0.000100000000000000000001'],
  [0x4041, 0xd629d3f025e6cd87n, '123456789012345678904'],
  [0x4044, 0xd8d726b7177a8000n, '1e+21'],
  [0x4041, 0xad78ebc5ac620000n, '100000000000000000000'],
  [0x4044, 0xd8d726b7177a8000n, '1e+21'],
  [0x73e6, 0xd1ba8323fe558c61n, '9.99999999999999999997e+3999'],
  [0x8c17, 0x9c3d73864f3805c0n, '-9.99999999999999999987e-4001'],
  [0x0, 0x1n, '3.64519953188247460253e-4951'],
  [0x7ffe, 0xffffffffffffffffn, '1.18973149535723176502e+4932'],
  [0x3ffb, 0xcccccccccccccccdn, '0.100000000000000000001'],
  [0x414b, 0x924d692ca61be758n, '9.99999999999999999967e+99'],
  [0x0, 0xcc64f1cc4n, '1.999999999992106504e-4940'],
  [0x8000, 0x0n, '-0'],
  [0x3feb, 0x8637bd05af6c69b6n, '1.00000000000000000004e-06'],
  [0x3ff2, 0x81725b672ee3425an, '0.000123449999999999999999'],
  [0x4d1c, 0xd1de8b0b33802200n, '5.92153645407762113832e+1010'],
  [0x68b5, 0x9ad354fae65930c0n, '2.6136496699037358171e+3137'],
  [0x2116, 0xa0c26697f5fdbb20n, '1.11843476568965895213e-2382'],
  [0x75ce, 0x9f1109dc4aab22c8n, '6.06120791608111788109e+4146'],
  [0x10f3, 0xf26558a292449400n, '4.69945498418119168128e-3626'],
  [0x3366, 0xf341da1a373936e0n, '2.86496802054353676198e-971'],
  [0x2b06, 0xb65758a72d6d56c0n, '8.38741458880081849346e-1617'],
  [0x3754, 0x923f1160b1d4ccd4n, '1.18117627250105901904e-668'],
  [0x66e7, 0xd2f1e91de5bb9d80n, '2.99030855921385754159e+2998'],
  [0x27fe, 0x94fe2281a4735ae8n, '1.72437495483488442178e-1850'],
  [0x3e1e, 0xfc0d6cfc410284e0n, '3.15393711063703252299e-145'],
  [0x3bb4, 0x9552e1392e298700n, '1.71772517627550964694e-331'],
];

describe('an 80-bit floating-point number', () => {
  it.each(PRINTED)('0x%s 0x%s', (high, significand, text) => {
    expect(extendedFloatText(high, significand)).toBe(text);
  });

  it('that no processor takes is not given a value', () => {
    expect(extendedFloatText(0x3fff, 1n)).toContain('unsupported');
  });

  it('that is none says so', () => {
    expect(extendedFloatText(0x7fff, 1n << 63n)).toBe('inf');
    expect(extendedFloatText(0xffff, 1n << 63n)).toBe('-inf');
    expect(extendedFloatText(0xffff, 3n << 62n)).toBe('-nan(0xc000000000000000)');
  });
});
