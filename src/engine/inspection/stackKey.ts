import type { StackFrame } from '../unwind/stackFrame.js';

/**
 * Equal for stacks with the same program counters, and for others so rarely that a list may go by it: 53 bits of a multiplicative
 * hash.
 *
 * @returns `undefined` for no frames
 */
export function stackKey(frames: readonly StackFrame[]): string | undefined {
  if (frames.length === 0) return undefined;
  let [high, low] = [0x9e3779b1, 0x85ebca6b];
  for (const { pc } of frames) {
    const [a, b] = [Number(pc >> 32n) | 0, Number(pc & 0xffffffffn) | 0];
    high = Math.imul(high ^ a ^ (low >>> 13), 0x01000193);
    low = Math.imul(low ^ b ^ (high >>> 11), 0x85ebca6b);
  }
  return (((high >>> 0) % 0x200000) * 0x100000000 + (low >>> 0)).toString(36);
}
