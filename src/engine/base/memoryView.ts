import { type RuntimeAddress, runtimeAddress } from './addresses.js';

/**
 * The memory of a dead process as far as it is known. Unread is never zero: a byte is either there, or there is a reason
 * why it is not.
 */
export interface MemoryView {
  /** The bytes from `address`, fewer than `length` when `rest` says why they stop. Never throws. */
  read(address: RuntimeAddress, length: number): MemoryRead;
  /** The little-endian word at `address`; `undefined` when any of its eight bytes is not there. */
  word(address: RuntimeAddress): bigint | undefined;
}

/** Where bytes came from: the core itself, or a binary whose build id matches (`verified`) or could not be compared. */
export type Provenance = 'core' | 'file-verified' | 'file-unverified';

/**
 * - `unmapped`: no segment of the core covers the address
 * - `notDumped`: mapped, but left out by coredump_filter, and no matching file supplies it
 * - `truncated`: the core ends before it
 * - `notFetched`: it exists, but was not read yet; the answer is not final
 */
export type Absence = 'unmapped' | 'notDumped' | 'truncated' | 'notFetched';

/** `rest` is absent exactly when `bytes` is as long as was asked. */
export interface MemoryRead {
  readonly bytes: Uint8Array;
  readonly rest?: Absence;
  /** Of the first byte; `undefined` when there is none. */
  readonly provenance?: Provenance;
}

const NOTHING = new Uint8Array(0);

export function absent(reason: Absence): MemoryRead {
  return { bytes: NOTHING, rest: reason };
}

/** Decodes the eight bytes of `read`, or `undefined` when it is shorter. */
export function wordOf(read: MemoryRead): bigint | undefined {
  const { bytes } = read;
  if (bytes.length < 8) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}

/** Reads up to `length` bytes and stops before a NUL; `undefined` when not even the first byte is there. */
export function readCString(memory: MemoryView, address: RuntimeAddress, length: number): Uint8Array | undefined {
  const { bytes } = memory.read(address, length);
  if (bytes.length === 0) return undefined;
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** `address + offset`, wrapping like the processor. */
export function at(address: RuntimeAddress, offset: number | bigint): RuntimeAddress {
  return runtimeAddress(address + BigInt(offset));
}
