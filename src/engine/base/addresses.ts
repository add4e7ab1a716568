/**
 * Three spaces that all hold 64-bit numbers and must never be mixed. Each is a branded `bigint`, always in 0 .. 2^64-1.
 */
declare const space: unique symbol;

/** An address in the dead process, as registers and stack slots hold it. */
export type RuntimeAddress = bigint & { readonly [space]: 'runtime' };
/** An address as the linker assigned it: what symbol tables, DWARF and program headers of a binary speak of. */
export type LinkAddress = bigint & { readonly [space]: 'link' };
/** A byte position in a file. */
export type FileOffset = bigint & { readonly [space]: 'file' };

/** Wraps modulo 2^64, as the processor does. */
export function runtimeAddress(value: bigint): RuntimeAddress {
  return BigInt.asUintN(64, value) as RuntimeAddress;
}

/** Wraps modulo 2^64. */
export function linkAddress(value: bigint): LinkAddress {
  return BigInt.asUintN(64, value) as LinkAddress;
}

/** Wraps modulo 2^64; a hostile file may hold any 64-bit offset. */
export function fileOffset(value: bigint): FileOffset {
  return BigInt.asUintN(64, value) as FileOffset;
}

/** `0x` and lower-case digits without padding: the form of every address in the JSON contract. */
export function hex(value: bigint): string {
  // A good part of all registers and words: not worth a string of its own each.
  return value === 0n ? '0x0' : `0x${value.toString(16)}`;
}
