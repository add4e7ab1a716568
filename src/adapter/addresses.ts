const MASK = (1n << 64n) - 1n;

/** Reads `0x...`; `undefined` for anything else or more than 64 bits. */
export function parseAddress(text: string): bigint | undefined {
  return /^0x[0-9a-f]{1,16}$/i.test(text) ? BigInt(text) : undefined;
}

/** As the queries write addresses. */
export function formatAddress(address: bigint): string {
  return `0x${(address & MASK).toString(16)}`;
}

/** Wraps at 64 bits, as the processor does. */
export function addOffset(address: bigint, offset: bigint): bigint {
  return (address + offset) & MASK;
}
