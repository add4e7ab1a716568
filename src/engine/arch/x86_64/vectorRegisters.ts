import type { VectorRegister } from '../extendedState.js';
import type { XsaveArea } from './xsave.js';
import { AVX, HI16_ZMM, SSE, ZMM_HI256 } from './xsaveLayout.js';

/**
 * Vector registers at the widest form that the area holds: xmm, ymm or zmm. A component that was not saved is in its initial state:
 * its bytes mean nothing, and its value is zero.
 *
 * @param count of the legacy registers: 16, of 32-bit programs 8
 */
export function vectorRegisters(area: XsaveArea, count: 8 | 16): readonly VectorRegister[] {
  const has = (component: number): boolean => area.absence(component) === undefined;
  const width = has(ZMM_HI256) ? 64 : has(AVX) ? 32 : 16;
  const prefix = width === 64 ? 'zmm' : width === 32 ? 'ymm' : 'xmm';
  const parts = [SSE, ...(width >= 32 ? [AVX] : []), ...(width === 64 ? [ZMM_HI256] : [])];
  const initial = !parts.some((component) => area.isSaved(component));
  const registers: VectorRegister[] = [];
  for (let i = 0; i < count; i++) {
    const bytes = new Uint8Array(width);
    if (area.isSaved(SSE)) bytes.set(area.bytes.subarray(160 + 16 * i, 176 + 16 * i));
    if (width >= 32) bytes.set(area.part(AVX, 16 * i, 16), 16);
    if (width === 64) bytes.set(area.part(ZMM_HI256, 32 * i, 32), 32);
    registers.push({ name: `${prefix}${i}`, bytes, initial });
  }
  if (width < 64 || count < 16 || !has(HI16_ZMM)) return registers;
  for (let i = 0; i < 16; i++) {
    const bytes = area.part(HI16_ZMM, 64 * i, 64).slice();
    registers.push({ name: `zmm${16 + i}`, bytes, initial: !area.isSaved(HI16_ZMM) });
  }
  return registers;
}
