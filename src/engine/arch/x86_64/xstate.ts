import { ByteCursor, FormatError } from '../../base/byteCursor.js';

/**
 * Vector registers from an NT_X86_XSTATE note, or from NT_PRFPREG alone.
 *
 * A component whose bit in XSTATE_BV is clear is in its initial state: the processor did not save it, its bytes in the note mean
 * nothing, and its value is zero. That is not the same as a component the note has no room for, which is unknown.
 */
export function decodeVectors(
  xstate: Uint8Array | undefined,
  fpregs: Uint8Array | undefined,
  layout?: XsaveLayout,
): VectorState | undefined {
  try {
    if (xstate !== undefined && xstate.length >= XSAVE_HEADER_END) return fromXsave(xstate, layout);
    if (fpregs !== undefined && fpregs.length >= 512) return fromFxsave(fpregs);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
  return undefined;
}

export interface VectorState {
  /** `xmm`, `ymm` or `zmm`: the widest form that the core holds. */
  readonly width: 16 | 32 | 64;
  /** Full width, lowest byte first, in order of number; 16 or 32 of them. */
  readonly registers: readonly VectorRegister[];
  /** k0 to k7, where saved. */
  readonly opmask?: readonly bigint[];
  readonly mxcsr: number;
  readonly x87: { readonly control: number; readonly status: number; readonly tag: number };
  readonly pkru?: number;
}

export interface VectorRegister {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** No part of it was saved: it is zero because it was never written. */
  readonly initial: boolean;
}

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

const XSAVE_HEADER_END = 576;
const X87 = 0;
const SSE = 1;
const AVX = 2;
const OPMASK = 5;
const ZMM_HI256 = 6;
const HI16_ZMM = 7;
const PKRU = 9;
/** Bytes that are read of a component: a layout that gives it less room is wrong. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [AVX, 256],
  [OPMASK, 64],
  [ZMM_HI256, 512],
  [HI16_ZMM, 1024],
  [PKRU, 4],
]);

/**
 * Offsets where the core does not tell them. AVX is always at 576; what follows depends on whether the vendor reserves room for
 * MPX: Intel does, AMD does not, and the sizes tell which.
 */
function layoutBySize(size: number): XsaveLayout {
  const layout = new Map<number, { offset: number; size: number }>([[AVX, { offset: 576, size: 256 }]]);
  const intel = size >= 2688;
  const amd = !intel && size >= 2432;
  if (!intel && !amd) return layout;
  layout.set(OPMASK, { offset: intel ? 1088 : 832, size: 64 });
  layout.set(ZMM_HI256, { offset: intel ? 1152 : 896, size: 512 });
  layout.set(HI16_ZMM, { offset: intel ? 1664 : 1408, size: 1024 });
  layout.set(PKRU, { offset: intel ? 2688 : 2432, size: 8 });
  return layout;
}

function fromXsave(bytes: Uint8Array, given: XsaveLayout | undefined): VectorState {
  const cursor = new ByteCursor(bytes);
  const enabled = cursor.seek(464).u64();
  const saved = cursor.seek(512).u64();
  const layout = given !== undefined && given.size > 0 ? given : layoutBySize(bytes.length);
  const isSaved = (component: number): boolean => ((saved >> BigInt(component)) & 1n) === 1n;
  // XCR0 is written by the kernel; where it is zero (older writers), the note's room decides.
  const has = (component: number): boolean => {
    const place = layout.get(component);
    const room =
      place !== undefined &&
      place.size >= (SIZES.get(component) ?? 0) &&
      place.offset >= XSAVE_HEADER_END &&
      place.offset + place.size <= bytes.length;
    return room && (enabled === 0n || ((enabled >> BigInt(component)) & 1n) === 1n);
  };
  const part = (component: number, from: number, size: number): Uint8Array => {
    const place = layout.get(component);
    if (place === undefined || !isSaved(component)) return new Uint8Array(size);
    return bytes.subarray(place.offset + from, place.offset + from + size);
  };
  const width = has(ZMM_HI256) ? 64 : has(AVX) ? 32 : 16;
  const registers: VectorRegister[] = [];
  const prefix = width === 64 ? 'zmm' : width === 32 ? 'ymm' : 'xmm';
  for (let i = 0; i < 16; i++) {
    const register = new Uint8Array(width);
    if (isSaved(SSE)) register.set(bytes.subarray(160 + 16 * i, 176 + 16 * i));
    if (width >= 32) register.set(part(AVX, 16 * i, 16), 16);
    if (width === 64) register.set(part(ZMM_HI256, 32 * i, 32), 32);
    const initial = !isSaved(SSE) && !(width >= 32 && isSaved(AVX)) && !(width === 64 && isSaved(ZMM_HI256));
    registers.push({ name: `${prefix}${i}`, bytes: register, initial });
  }
  if (width === 64 && has(HI16_ZMM)) {
    for (let i = 0; i < 16; i++) {
      registers.push({ name: `zmm${16 + i}`, bytes: part(HI16_ZMM, 64 * i, 64).slice(), initial: !isSaved(HI16_ZMM) });
    }
  }
  const opmask = has(OPMASK) ? readWords(part(OPMASK, 0, 64)) : undefined;
  const pkru = has(PKRU) ? new ByteCursor(part(PKRU, 0, 4)).u32() : undefined;
  return {
    width,
    registers,
    ...(opmask === undefined ? {} : { opmask }),
    // Initial states are not zero: FCW 0x37f, MXCSR 0x1f80 (Intel SDM 1 §13.6).
    mxcsr: isSaved(SSE) || isSaved(AVX) ? cursor.seek(24).u32() : 0x1f80,
    x87: isSaved(X87) ? readX87(bytes) : { control: 0x37f, status: 0, tag: 0 },
    ...(pkru === undefined ? {} : { pkru }),
  };
}

function fromFxsave(bytes: Uint8Array): VectorState {
  const registers: VectorRegister[] = [];
  for (let i = 0; i < 16; i++) {
    registers.push({ name: `xmm${i}`, bytes: bytes.subarray(160 + 16 * i, 176 + 16 * i), initial: false });
  }
  return { width: 16, registers, mxcsr: new ByteCursor(bytes).seek(24).u32(), x87: readX87(bytes) };
}

function readX87(bytes: Uint8Array): VectorState['x87'] {
  const cursor = new ByteCursor(bytes);
  return { control: cursor.u16(), status: cursor.u16(), tag: cursor.u8() };
}

function readWords(bytes: Uint8Array): bigint[] {
  const cursor = new ByteCursor(bytes);
  const words: bigint[] = [];
  while (cursor.remaining >= 8) words.push(cursor.u64());
  return words;
}
