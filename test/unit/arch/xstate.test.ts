import { describe, expect, it } from 'vitest';
import {
  decodeVectors,
  decodeXsaveLayout,
  type VectorState,
  type XsaveLayout,
} from '../../../src/engine/arch/x86_64/xstate.js';
import { Bytes } from '../../writers/bytes.js';
import { fpregs, type HandVectors, XSAVE_LAYOUTS, xsaveLayout, xstate } from '../../writers/coreNotes.js';

const part = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i + seed) & 0xff);
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

function decode(vectors: HandVectors, layout?: XsaveLayout): VectorState {
  const state = decodeVectors(xstate(vectors).desc, undefined, layout);
  if (state === undefined) throw new Error('no vectors');
  return state;
}

const layoutOf = ({ opmask, upperZmm, highZmm }: { opmask: number; upperZmm: number; highZmm: number }): XsaveLayout =>
  decodeXsaveLayout(
    xsaveLayout([
      [2, 256, 576],
      [5, 64, opmask],
      [6, 512, upperZmm],
      [7, 1024, highZmm],
    ]).desc,
  );

describe.each(['amd', 'intel'] as const)('registers as %s lays them out', (vendor) => {
  const layout = XSAVE_LAYOUTS[vendor];
  const sse = part(256, 1);
  const upperYmm = part(256, 2);
  const opmask = new Bytes().u64(1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n).bytes();
  const upperZmm = part(512, 3);
  const highZmm = part(1024, 4);
  const parts = [
    [160, sse],
    [576, upperYmm],
    [layout.opmask, opmask],
    [layout.upperZmm, upperZmm],
    [layout.highZmm, highZmm],
  ] as const;

  it.each([
    ['told by the layout note', layoutOf(layout)],
    ['told by the size', undefined],
  ])('are put together, %s', (_, given) => {
    const state = decode({ size: layout.size, parts }, given);
    expect(state.width).toBe(64);
    expect(state.registers.map((register) => register.name)).toEqual(Array.from({ length: 32 }, (_, i) => `zmm${i}`));
    for (const i of [0, 7, 15]) {
      expect(hex(state.registers[i]?.bytes)).toBe(
        hex(sse.subarray(16 * i, 16 * i + 16)) +
          hex(upperYmm.subarray(16 * i, 16 * i + 16)) +
          hex(upperZmm.subarray(32 * i, 32 * i + 32)),
      );
      expect(hex(state.registers[16 + i]?.bytes)).toBe(hex(highZmm.subarray(64 * i, 64 * i + 64)));
    }
    expect(state.opmask).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
  });

  it('that were not saved are in their initial state: zero, and said to be initial, whatever bytes lie there', () => {
    const state = decode({ size: layout.size, parts, saved: 0x3n }, layoutOf(layout));
    expect(hex(state.registers[3]?.bytes)).toBe(hex(sse.subarray(48, 64)) + '00'.repeat(48));
    expect(state.registers[3]?.initial).toBe(false);
    expect(state.registers[20]).toMatchObject({ initial: true });
    expect(hex(state.registers[20]?.bytes)).toBe('00'.repeat(64));
    expect(state.opmask).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });
});

describe('the initial state', () => {
  it('is not all zero: the control words have values', () => {
    const state = decode({ saved: 0n, control: 0x1234, mxcsr: 0x5678 });
    expect(state.mxcsr).toBe(0x1f80);
    expect(state.x87).toEqual({ control: 0x37f, status: 0, tag: 0 });
    expect(state.registers.every(({ initial }) => initial)).toBe(true);
  });

  it('is no claim about what was saved', () => {
    const state = decode({ saved: 0x3n, control: 0x37a, mxcsr: 0x9fc0 });
    expect(state.mxcsr).toBe(0x9fc0);
    expect(state.x87.control).toBe(0x37a);
  });
});

describe('what the note has no room for', () => {
  it('is unknown: a processor with AVX alone gives ymm registers', () => {
    const state = decode({ size: 832, enabled: 0x7n, saved: 0x7n, parts: [[576, part(256, 5)]] });
    expect(state.width).toBe(32);
    expect(state.registers).toHaveLength(16);
    expect(hex(state.registers[0]?.bytes.subarray(16))).toBe(hex(part(16, 5)));
    expect(state.opmask).toBeUndefined();
  });

  it('is unknown: without AVX there are xmm registers', () => {
    const state = decode({ size: 576, enabled: 0x3n, saved: 0x3n, parts: [[160, part(256, 1)]] });
    expect(state.width).toBe(16);
    expect(hex(state.registers[1]?.bytes)).toBe(hex(part(16, 17)));
  });

  it('is not enabled: room alone does not make registers', () => {
    expect(decode({ enabled: 0x7n, saved: 0x7n }).width).toBe(32);
  });

  it('counts as enabled where the kernel wrote no XCR0', () => {
    expect(decode({ enabled: 0n }).width).toBe(64);
  });
});

describe('layouts that lie', () => {
  it.each([
    ['beyond the note', [[6, 512, 100_000]]],
    ['wrapping', [[6, 0xffffffff, 0xffffffff]]],
    [
      'without room',
      [
        [2, 8, 576],
        [6, 16, 896],
      ],
    ],
    ['inside the header', [[2, 256, 0]]],
  ] as const)('%s are not followed', (_, records) => {
    const state = decode({}, decodeXsaveLayout(xsaveLayout(records).desc));
    expect(state.width).toBe(16);
    for (const { bytes } of state.registers) expect(bytes).toHaveLength(16);
  });

  it('cut give the whole records', () => {
    const { desc } = xsaveLayout([
      [2, 256, 576],
      [5, 64, 832],
    ]);
    expect([...decodeXsaveLayout(desc.subarray(0, 20)).keys()]).toEqual([2]);
  });
});

describe('without an xstate note', () => {
  it('the legacy area gives xmm registers', () => {
    const state = decodeVectors(undefined, fpregs([[160, part(256, 9)]]).desc);
    expect(state?.width).toBe(16);
    expect(hex(state?.registers[15]?.bytes)).toBe(hex(part(16, 9 + 240)));
  });

  it('nor a legacy area there are none', () => {
    expect(decodeVectors(undefined, undefined)).toBeUndefined();
    expect(decodeVectors(new Uint8Array(100), new Uint8Array(100))).toBeUndefined();
  });

  it('one too short is not used, the legacy area is', () => {
    expect(decodeVectors(new Uint8Array(575), fpregs().desc)?.width).toBe(16);
  });
});
