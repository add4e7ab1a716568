import { runtimeAddress } from '../base/addresses.js';
import type { ByteSource } from '../base/byteSource.js';
import type { MemoryView } from '../base/memoryView.js';

/** A range of the process's memory as if it were a file: to read ELF headers where they are mapped. */
export function memorySource(memory: MemoryView, start: bigint, size: bigint): ByteSource {
  return {
    size,
    read(offset, length) {
      if (offset >= size) return { bytes: new Uint8Array(0), rest: 'end' };
      const wanted = size - offset < BigInt(length) ? Number(size - offset) : length;
      const { bytes, rest } = memory.read(runtimeAddress(start + offset), wanted);
      if (rest === 'notFetched') return { bytes, rest };
      return bytes.length < length ? { bytes, rest: 'end' } : { bytes };
    },
  };
}
