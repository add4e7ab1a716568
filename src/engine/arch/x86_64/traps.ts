/**
 * A trap number and its error code in words (Intel SDM 3A, table 6-1 and §4.7). Linux leaves those of the thread's last fault in every
 * signal frame, so that they mean this signal only where a fault raised it.
 */
export function trapWords(number: number, errorCode: bigint): { readonly trap: string; readonly error: string } {
  const trap = TRAPS.get(number) ?? 'no trap of the processor';
  if (number === PAGE_FAULT) return { trap, error: pageFault(errorCode) };
  const selector = SELECTOR_TRAPS.has(number) && errorCode !== 0n ? `selector 0x${(errorCode & ~7n).toString(16)}` : '';
  return { trap, error: selector };
}

const PAGE_FAULT = 14;

const TRAPS: ReadonlyMap<number, string> = new Map([
  [0, 'divide error'],
  [1, 'debug exception'],
  [2, 'non-maskable interrupt'],
  [3, 'breakpoint'],
  [4, 'overflow'],
  [5, 'bound range exceeded'],
  [6, 'invalid opcode'],
  [7, 'no floating-point unit'],
  [8, 'double fault'],
  [10, 'invalid task state'],
  [11, 'segment not present'],
  [12, 'stack segment fault'],
  [13, 'general protection fault'],
  [14, 'page fault'],
  [16, 'x87 exception'],
  [17, 'alignment check'],
  [18, 'machine check'],
  [19, 'SIMD exception'],
  [21, 'control protection exception'],
]);

const SELECTOR_TRAPS: ReadonlySet<number> = new Set([10, 11, 12, 13]);

function pageFault(errorCode: bigint): string {
  const bit = (index: number): boolean => ((errorCode >> BigInt(index)) & 1n) === 1n;
  const access = bit(4) ? 'instruction fetch' : bit(1) ? 'write' : 'read';
  const parts = [`${access} in ${bit(2) ? 'user' : 'kernel'} mode`, bit(0) ? 'protection' : 'page not present'];
  if (bit(3)) parts.push('reserved bit set');
  if (bit(5)) parts.push('protection key');
  if (bit(6)) parts.push('shadow stack');
  return parts.join(', ');
}
