import { ByteCursor } from '../../base/byteCursor.js';
import {
  APX,
  AVX,
  BNDCSR,
  BNDREGS,
  HI16_ZMM,
  layoutBySize,
  OPMASK,
  PKRU,
  SSE,
  TILECFG,
  TILEDATA,
  X87,
  XSAVE_HEADER_END,
  ZMM_HI256,
  type XsaveLayout,
} from './xsaveLayout.js';

/**
 * The extended state of a thread as the processor writes it: the legacy area, a header that says which components were saved, and
 * the components (Intel SDM 1 §13.4), or the legacy area alone.
 */
export class XsaveArea {
  readonly #enabled: bigint;
  readonly #saved: bigint;
  readonly #layout: XsaveLayout;
  readonly #legacyOnly: boolean;

  /**
   * @param enabled components that the kernel has enabled; 0 where that is not known
   * @throws FormatError when the bytes end before the legacy area does
   */
  constructor(
    readonly bytes: Uint8Array,
    enabled: bigint,
    layout?: XsaveLayout,
  ) {
    this.#legacyOnly = bytes.length < XSAVE_HEADER_END;
    this.#enabled = this.#legacyOnly ? LEGACY : enabled;
    this.#saved = this.#legacyOnly ? LEGACY : new ByteCursor(bytes).seek(512).u64();
    this.#layout = layout !== undefined && layout.size > 0 ? layout : layoutBySize(this.#enabled, bytes.length);
    new ByteCursor(bytes).seek(LEGACY_SIZE);
  }

  /** Whether the kernel lets programs use it: it then has a value, saved or initial. */
  isEnabled(component: number): boolean {
    return ((this.#enabled >> BigInt(component)) & 1n) === 1n;
  }

  isSaved(component: number): boolean {
    return ((this.#saved >> BigInt(component)) & 1n) === 1n;
  }

  /** Why the area has no value for a component; `undefined` when it has one. */
  absence(component: number): string | undefined {
    if (component === X87 || component === SSE) return undefined;
    if (this.#legacyOnly) return 'the core holds the legacy area alone (NT_PRFPREG)';
    // XCR0 is written by the kernel; where it is zero (older writers), the room decides.
    if (this.#enabled !== 0n && !this.isEnabled(component)) return 'not enabled on the machine that wrote the core';
    return this.#place(component) === undefined ? 'no place for it in the saved state' : undefined;
  }

  /** A component's bytes: zeros in its initial state. */
  part(component: number, from: number, size: number): Uint8Array {
    const place = this.#place(component);
    if (place === undefined || !this.isSaved(component)) return new Uint8Array(size);
    return this.bytes.subarray(place.offset + from, place.offset + from + size);
  }

  #place(component: number): { readonly offset: number } | undefined {
    const place = this.#layout.get(component);
    const fits =
      place !== undefined &&
      place.size >= (SIZES.get(component) ?? 0) &&
      place.offset >= XSAVE_HEADER_END &&
      place.offset + place.size <= this.bytes.length;
    return fits ? place : undefined;
  }
}

const LEGACY = (1n << BigInt(X87)) | (1n << BigInt(SSE));
const LEGACY_SIZE = 512;

/** Bytes that are read of a component: a layout that gives it less room is wrong. */
const SIZES: ReadonlyMap<number, number> = new Map([
  [AVX, 256],
  [BNDREGS, 64],
  [BNDCSR, 16],
  [OPMASK, 64],
  [ZMM_HI256, 512],
  [HI16_ZMM, 1024],
  [PKRU, 4],
  [TILECFG, 64],
  [TILEDATA, 8192],
  [APX, 128],
]);
