import { ByteCursor } from '../../base/byteCursor.js';

/** Numbers of the components of an XSAVE area (Intel SDM 1 §13.1). */
export const X87 = 0;
export const SSE = 1;
export const AVX = 2;
export const BNDREGS = 3;
export const BNDCSR = 4;
export const OPMASK = 5;
export const ZMM_HI256 = 6;
export const HI16_ZMM = 7;
export const PKRU = 9;
export const TILECFG = 17;
export const TILEDATA = 18;
export const APX = 19;

/** Legacy area of 512 bytes and header of 64. */
export const XSAVE_HEADER_END = 576;

/** Where the components lie: component number to offset and size. */
export type XsaveLayout = ReadonlyMap<number, { readonly offset: number; readonly size: number }>;

/** NT_X86_XSAVE_LAYOUT (0x205): records of type, size, offset, flags, 4 bytes each (arch/x86/kernel/fpu/xstate.c). */
export function decodeXsaveLayout(desc: Uint8Array): XsaveLayout {
  const cursor = new ByteCursor(desc);
  const layout = new Map<number, { offset: number; size: number }>();
  while (cursor.remaining >= 16) {
    const type = cursor.u32();
    const size = cursor.u32();
    const offset = cursor.u32();
    cursor.skip(4);
    layout.set(type, { offset, size });
  }
  return layout;
}

const AVX512 = (1n << 5n) | (1n << 6n) | (1n << 7n);

/**
 * Offsets where the core does not tell them, from which components the kernel has enabled and the size of the area. AVX is always at
 * 576. What follows depends on whether the vendor reserves room for MPX, as Intel does and AMD does not. (The offsets are what CPUID
 * leaf 13 of these processors says.)
 *
 * @param enabled XCR0; 0 where it is not known
 */
export function layoutBySize(enabled: bigint, size: number): XsaveLayout {
  const layout = new Map([[AVX, { offset: 576, size: 256 }]]);
  const intel = size >= 2688;
  const wide = enabled === 0n ? size >= 2432 : (enabled & AVX512) !== 0n;
  if (intel) {
    // APX took the place of MPX.
    if (((enabled >> BigInt(APX)) & 1n) === 1n) layout.set(APX, { offset: 960, size: 128 });
    else layout.set(BNDREGS, { offset: 960, size: 64 }).set(BNDCSR, { offset: 1024, size: 64 });
    layout.set(PKRU, { offset: 2688, size: 8 });
    layout.set(TILECFG, { offset: 2752, size: 64 }).set(TILEDATA, { offset: 2816, size: 8192 });
  } else if (!wide) {
    if (size >= 1088) layout.set(BNDREGS, { offset: 960, size: 64 }).set(BNDCSR, { offset: 1024, size: 64 });
    else if (size >= 840) layout.set(PKRU, { offset: 832, size: 8 });
  } else if (size >= 2440) layout.set(PKRU, { offset: 2432, size: 8 });
  if (wide && size >= 2432) {
    layout.set(OPMASK, { offset: intel ? 1088 : 832, size: 64 });
    layout.set(ZMM_HI256, { offset: intel ? 1152 : 896, size: 512 });
    layout.set(HI16_ZMM, { offset: intel ? 1664 : 1408, size: 1024 });
  }
  return layout;
}
