import { describe, expect, it } from 'vitest';
import type { ExtendedState, RegisterComponent } from '../../../src/engine/arch/extendedState.js';
import { extendedState, interruptedExtendedState } from '../../../src/engine/arch/x86_64/extendedState.js';
import { decodeXsaveLayout } from '../../../src/engine/arch/x86_64/xsaveLayout.js';
import { Bytes } from '../../writers/bytes.js';
import { fpregs, type HandVectors, XSAVE_LAYOUTS, xsaveLayout, xstate } from '../../writers/coreNotes.js';

const part = (length: number, seed: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i + seed) & 0xff);
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

const PRFPREG = 2;
const XSTATE = 0x202;
const SHADOW_STACK = 0x204;
const LAYOUT = 0x205;

function decode(vectors: HandVectors, layout?: Uint8Array): ExtendedState {
  const notes = new Map([[XSTATE, xstate(vectors).desc]]);
  if (layout !== undefined) notes.set(LAYOUT, layout);
  const state = extendedState(notes);
  if (state === undefined) throw new Error('no extended state');
  return state;
}

const widthOf = (state: ExtendedState | undefined): number | undefined => state?.vectors[0]?.bytes.length;
const component = (state: ExtendedState | undefined, name: string): RegisterComponent | undefined =>
  state?.components.find((each) => each.name === name);
const values = (state: ExtendedState | undefined, name: string): Record<string, bigint> | undefined => {
  const registers = component(state, name)?.registers;
  return registers === undefined ? undefined : Object.fromEntries(registers.map((each) => [each.name, each.value]));
};
const masks = (state: ExtendedState): bigint[] => Object.values(values(state, 'opmask') ?? {});

const layoutOf = ({ opmask, upperZmm, highZmm }: { opmask: number; upperZmm: number; highZmm: number }): Uint8Array =>
  xsaveLayout([
    [2, 256, 576],
    [5, 64, opmask],
    [6, 512, upperZmm],
    [7, 1024, highZmm],
  ]).desc;

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
    expect(widthOf(state)).toBe(64);
    expect(state.vectors.map((register) => register.name)).toEqual(Array.from({ length: 32 }, (_, i) => `zmm${i}`));
    for (const i of [0, 7, 15]) {
      expect(hex(state.vectors[i]?.bytes)).toBe(
        hex(sse.subarray(16 * i, 16 * i + 16)) +
          hex(upperYmm.subarray(16 * i, 16 * i + 16)) +
          hex(upperZmm.subarray(32 * i, 32 * i + 32)),
      );
      expect(hex(state.vectors[16 + i]?.bytes)).toBe(hex(highZmm.subarray(64 * i, 64 * i + 64)));
    }
    expect(masks(state)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n]);
  });

  it('that were not saved are in their initial state: zero, and said to be initial, whatever bytes lie there', () => {
    const state = decode({ size: layout.size, parts, saved: 0x3n }, layoutOf(layout));
    expect(hex(state.vectors[3]?.bytes)).toBe(hex(sse.subarray(48, 64)) + '00'.repeat(48));
    expect(state.vectors[3]?.initial).toBe(false);
    expect(state.vectors[20]).toMatchObject({ initial: true });
    expect(hex(state.vectors[20]?.bytes)).toBe('00'.repeat(64));
    expect(masks(state)).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]);
  });
});

describe('the initial state', () => {
  it('is not all zero: the control words have values', () => {
    const state = decode({ saved: 0n, control: 0x1234, mxcsr: 0x5678 });
    expect(component(state, 'SSE')?.state).toBe('initial');
    expect(values(state, 'SSE')).toEqual({ mxcsr: 0x1f80n });
    expect(component(state, 'x87')?.state).toBe('initial');
    expect(values(state, 'x87')).toMatchObject({ fctrl: 0x37fn, fstat: 0n, ftag: 0xffffn, st0: 0n });
    expect(state.vectors.every(({ initial }) => initial)).toBe(true);
  });

  it('is no claim about what was saved', () => {
    const state = decode({ saved: 0x3n, control: 0x37a, mxcsr: 0x9fc0 });
    expect(values(state, 'SSE')).toEqual({ mxcsr: 0x9fc0n });
    expect(component(state, 'SSE')?.registers[0]?.text).toContain('flushes to zero');
    expect(values(state, 'x87')?.['fctrl']).toBe(0x37an);
    expect(component(state, 'x87')?.registers.find(({ name }) => name === 'fctrl')?.text).toContain(
      'not masked: invalid, divide by zero',
    );
  });
});

describe('what the note has no room for', () => {
  it('is unknown: a processor with AVX alone gives ymm registers', () => {
    const state = decode({ size: 832, enabled: 0x7n, saved: 0x7n, parts: [[576, part(256, 5)]] });
    expect(widthOf(state)).toBe(32);
    expect(state.vectors).toHaveLength(16);
    expect(hex(state.vectors[0]?.bytes.subarray(16))).toBe(hex(part(16, 5)));
    expect(component(state, 'opmask')).toMatchObject({ state: 'not-saved', registers: [] });
  });

  it('is unknown: without AVX there are xmm registers', () => {
    const state = decode({ size: 576, enabled: 0x3n, saved: 0x3n, parts: [[160, part(256, 1)]] });
    expect(widthOf(state)).toBe(16);
    expect(hex(state.vectors[1]?.bytes)).toBe(hex(part(16, 17)));
  });

  it('is not enabled: room alone does not make registers', () => {
    expect(widthOf(decode({ enabled: 0x7n, saved: 0x7n }))).toBe(32);
  });

  it('counts as enabled where the kernel wrote no XCR0', () => {
    expect(widthOf(decode({ enabled: 0n }))).toBe(64);
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
    const state = decode({}, xsaveLayout(records).desc);
    expect(widthOf(state)).toBe(16);
    for (const { bytes } of state.vectors) expect(bytes).toHaveLength(16);
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
    const state = extendedState(new Map([[PRFPREG, fpregs([[160, part(256, 9)]]).desc]]));
    expect(widthOf(state)).toBe(16);
    expect(component(state, 'x87')?.state).toBe('saved');
    expect(component(state, 'AVX')).toMatchObject({
      state: 'not-saved',
      text: expect.stringContaining('PRFPREG') as string,
    });
    expect(hex(state?.vectors[15]?.bytes)).toBe(hex(part(16, 9 + 240)));
  });

  it('nor a legacy area there are none', () => {
    expect(extendedState(new Map())).toBeUndefined();
    const short = new Uint8Array(100);
    expect(
      extendedState(
        new Map([
          [XSTATE, short],
          [PRFPREG, short],
        ]),
      ),
    ).toBeUndefined();
  });

  it('one too short is not used, the legacy area is', () => {
    const notes = new Map([
      [XSTATE, new Uint8Array(575)],
      [PRFPREG, fpregs().desc],
    ]);
    expect(widthOf(extendedState(notes))).toBe(16);
  });
});

describe('components', () => {
  it('that were saved, are initial, and are not there are three things', () => {
    const state = decode({ enabled: 0xe7n, saved: 0x2n });
    const states = Object.fromEntries(state.components.map(({ name, state: saved }) => [name, saved]));
    expect(states).toMatchObject({
      x87: 'initial',
      SSE: 'saved',
      AVX: 'initial',
      opmask: 'initial',
      PKRU: 'not-saved',
    });
    expect(component(state, 'PKRU')?.text).toContain('not enabled');
    expect(component(state, 'opmask')?.registers).toHaveLength(8);
  });

  it.each([
    // XCR0, size of the area, offset of PKRU: AMD with and without AVX-512, Intel with and without.
    ['amd with AVX-512', 0x2e7n, 2440, 2432],
    ['amd', 0x207n, 840, 832],
    ['intel with AVX-512', 0x2e7n, 2696, 2688],
    ['intel', 0x207n, 2696, 2688],
  ])('PKRU is found where %s puts it', (_vendor, enabled, size, offset) => {
    const parts = [[offset, new Bytes().u32(0x55555554).bytes()]] as const;
    const state = decode({ enabled, size, saved: 0x207n, parts });
    expect(component(state, 'PKRU')).toMatchObject({
      state: 'saved',
      registers: [{ name: 'pkru', value: 0x55555554n, text: 'no access with key 1 to 15' }],
    });
  });

  it('of x87 are told from empty registers by the tag word, from the top of the stack on', () => {
    const pi = new Bytes().u64(0xc90fdaa22168c235n).u16(0x4000).bytes();
    const minusOne = new Bytes()
      .u64(1n << 63n)
      .u16(0xbfff)
      .bytes();
    const zero = new Uint8Array(10);
    const header = new Bytes()
      .u16(0x37f, 5 << 11)
      .u8(0b11100000, 0)
      .u16(0x1d8)
      .u64(0x401000n, 0x7ffe0000n)
      .bytes();
    const parts = [
      [0, header],
      [32, pi],
      [48, minusOne],
      [64, zero],
      [80, pi],
    ] as const;
    const x87 = component(decode({ parts }), 'x87');
    const text = Object.fromEntries((x87?.registers ?? []).map((each) => [each.name, each.text]));
    expect(text).toMatchObject({
      st0: '3.14159265358979323851',
      st1: '-1',
      st2: '0',
      st3: 'empty (3.14159265358979323851)',
      ftag: '3 of 8 in use',
    });
    // Physical 5 valid, 6 valid, 7 zero, the others empty.
    expect(values(decode({ parts }), 'x87')).toMatchObject({
      ftag: 0b0100_0011_1111_1111n,
      fop: 0x1d8n,
      fip: 0x401000n,
      fdp: 0x7ffe0000n,
    });
  });

  it('of a shadow stack come from their own note', () => {
    const notes = new Map([
      [XSTATE, xstate({}).desc],
      [SHADOW_STACK, new Bytes().u64(0x7fff00001000n).bytes()],
    ]);
    expect(values(extendedState(notes), 'CET')).toEqual({ ssp: 0x7fff00001000n });
  });
});

describe('a context that a signal interrupted', () => {
  it('names its components where a note has XCR0', () => {
    const area = xstate({ size: 2432, parts: [[160, part(256, 1)]], saved: 0x7n }).desc.slice();
    const view = new DataView(area.buffer);
    view.setUint32(464, 0x46505853, true);
    view.setUint32(468, 2436, true);
    view.setBigUint64(472, 0x7n, true);
    const state = interruptedExtendedState(area);
    expect(widthOf(state)).toBe(32);
    expect(component(state, 'opmask')?.state).toBe('not-saved');
    expect(hex(state?.vectors[0]?.bytes.subarray(0, 16))).toBe(hex(part(16, 1)));
  });
});
