import { type RuntimeAddress, runtimeAddress } from '../base/addresses.js';
import { absent, type MemoryRead, type MemoryView, wordOf } from '../base/memoryView.js';
import type { CoreMemory } from '../core/coreMemory.js';
import type { ModuleMap } from './moduleMap.js';

/**
 * The process's memory from the core, and, where the core left pages of files out, from the binaries that match. Writable pages
 * that were not dumped stay unknown: the process may have changed them.
 */
export class ProcessMemory implements MemoryView {
  constructor(
    readonly core: CoreMemory,
    readonly modules: ModuleMap,
  ) {}

  read(address: RuntimeAddress, length: number): MemoryRead {
    const dumped = this.core.read(address, length);
    if (dumped.rest === undefined || dumped.rest === 'notFetched') return dumped;
    if (dumped.bytes.length > 0) return this.#continued(address, length, dumped);
    const backed = this.#fromFile(address, length);
    return backed ?? absent(dumped.rest);
  }

  word(address: RuntimeAddress): bigint | undefined {
    return this.core.word(address) ?? wordOf(this.read(address, 8));
  }

  /** A read that starts in dumped pages and may go on in file-backed ones. */
  #continued(address: RuntimeAddress, length: number, dumped: MemoryRead): MemoryRead {
    const have = dumped.bytes.length;
    const next = this.#fromFile(runtimeAddress(address + BigInt(have)), length - have);
    if (next === undefined) return dumped;
    const bytes = new Uint8Array(have + next.bytes.length);
    bytes.set(dumped.bytes);
    bytes.set(next.bytes, have);
    return { bytes, provenance: 'core', ...(next.rest === undefined ? {} : { rest: next.rest }) };
  }

  #fromFile(address: RuntimeAddress, length: number): MemoryRead | undefined {
    const place = this.modules.range(address);
    const image = place?.module.image;
    if (place === undefined || image === undefined || place.range.writable) return undefined;
    const { range, module } = place;
    const rest = range.end - address;
    const wanted = rest < BigInt(length) ? Number(rest) : length;
    const { bytes } = image.elf.source.read(range.fileOffset + (address - range.start), wanted);
    if (bytes.length === 0) return undefined;
    const provenance = module.status === 'matched' ? 'file-verified' : 'file-unverified';
    return bytes.length < length ? { bytes, rest: 'notDumped', provenance } : { bytes, provenance };
  }
}
