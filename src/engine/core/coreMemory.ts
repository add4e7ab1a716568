import type { RuntimeAddress } from '../base/addresses.js';
import type { ByteSource } from '../base/byteSource.js';
import { IntervalMap } from '../base/intervalMap.js';
import { absent, type MemoryRead, type MemoryView } from '../base/memoryView.js';
import type { Segment } from '../elf/elfFile.js';

/** What the core file itself holds of the process's memory. */
export class CoreMemory implements MemoryView {
  readonly #source: ByteSource;
  readonly #segments = new IntervalMap<Segment>();

  constructor(source: ByteSource, segments: readonly Segment[]) {
    this.#source = source;
    for (const segment of segments) {
      if (segment.type === 'load') this.#segments.add(segment.vaddr, segment.vaddr + segment.memsz, segment);
    }
  }

  /** The load segment that covers an address. */
  segmentAt(address: bigint): Segment | undefined {
    return this.#segments.find(address)?.value;
  }

  /** The first segment that starts after an address. */
  segmentAfter(address: bigint): Segment | undefined {
    return this.#segments.next(address)?.value;
  }

  /** Load segments, ascending by address. */
  segments(): readonly Segment[] {
    return this.#segments.entries().map((entry) => entry.value);
  }

  read(address: RuntimeAddress, length: number): MemoryRead {
    const first = this.#readSegment(address, length);
    if (first.bytes.length === 0 || first.bytes.length === length || first.rest !== 'unmapped') return first;
    // The range runs on into a neighbouring segment.
    const parts = [first.bytes];
    let have = first.bytes.length;
    let rest = first.rest;
    while (have < length) {
      const next = this.#readSegment((address + BigInt(have)) as RuntimeAddress, length - have);
      parts.push(next.bytes);
      have += next.bytes.length;
      if (next.bytes.length === 0 || next.rest !== 'unmapped') {
        if (next.rest === undefined) return { bytes: joined(parts, have), provenance: 'core' };
        rest = next.rest as typeof rest;
        break;
      }
    }
    return { bytes: joined(parts, have), rest, provenance: 'core' };
  }

  word(address: RuntimeAddress): bigint | undefined {
    const { bytes } = this.read(address, 8);
    return bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  /** Reads within one segment; `rest: 'unmapped'` means that the segment ends. */
  #readSegment(address: bigint, length: number): MemoryRead {
    const segment = this.segmentAt(address);
    if (segment === undefined) return absent('unmapped');
    const into = address - segment.vaddr;
    if (into >= segment.filesz) return absent('notDumped');
    const inFile = Math.min(length, Number(segment.filesz - into));
    const read = this.#source.read(segment.offset + into, inFile);
    if (read.rest === 'notFetched') return { bytes: read.bytes, rest: 'notFetched', provenance: 'core' };
    if (read.rest !== undefined) return { bytes: read.bytes, rest: 'truncated', provenance: 'core' };
    if (inFile === length) return { bytes: read.bytes, provenance: 'core' };
    return { bytes: read.bytes, rest: segment.filesz < segment.memsz ? 'notDumped' : 'unmapped', provenance: 'core' };
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const all = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}
