import type { RuntimeAddress } from '../base/addresses.js';
import type { ByteSource } from '../base/byteSource.js';
import { IntervalMap } from '../base/intervalMap.js';
import { absent, type MemoryRead, type MemoryView } from '../base/memoryView.js';
import type { Segment } from '../elf/elfFile.js';

/** What the core file itself holds of the process's memory. */
export class CoreMemory implements MemoryView {
  readonly #source: ByteSource;
  readonly #segments = new IntervalMap<Segment>();
  #ascending: readonly Segment[] | undefined;
  /** The piece of a segment that the last word came from: words are asked for in runs. */
  #window: Window = NO_WINDOW;

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
    return (this.#ascending ??= this.#segments.entries().map((entry) => entry.value));
  }

  read(address: RuntimeAddress, length: number): MemoryRead {
    const first = this.#readSegment(address, length);
    if (first.bytes.length === 0 || first.bytes.length === length || first.rest !== 'unmapped') return first;
    // The range runs on into a neighbouring segment.
    const parts = [first.bytes];
    let have = first.bytes.length;
    let rest = first.rest;
    while (have < length) {
      const next = this.#readSegment(address + BigInt(have), length - have);
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
    const into = Number(address - this.#window.start);
    if (into >= 0 && into <= this.#window.last) return this.#window.view.getBigUint64(into, true);
    const fresh = this.#windowAt(address);
    if (fresh !== undefined) {
      this.#window = fresh;
      return fresh.view.getBigUint64(Number(address - fresh.start), true);
    }
    const { bytes } = this.read(address, 8);
    return bytes.length < 8 ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  }

  /** The page of the file that holds a word, as far as it belongs to the word's segment; `undefined` when not all of that is there. */
  #windowAt(address: bigint): Window | undefined {
    const segment = this.segmentAt(address);
    if (segment === undefined) return undefined;
    const into = address - segment.vaddr;
    const dumped = dumpedSize(segment);
    if (into + 8n > dumped) return undefined;
    const place = segment.offset + into;
    const page = place - (place % WINDOW);
    const from = page < segment.offset ? 0n : page - segment.offset;
    const to = min(dumped, page + WINDOW - segment.offset);
    if (into + 8n > to) return undefined;
    const length = Number(to - from);
    const { bytes } = this.#source.read(segment.offset + from, length);
    if (bytes.length < length) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    return { start: segment.vaddr + from, last: length - 8, view };
  }

  /** Reads within one segment; `rest: 'unmapped'` means that the segment ends. */
  #readSegment(address: bigint, length: number): MemoryRead {
    const segment = this.segmentAt(address);
    if (segment === undefined) return absent('unmapped');
    const into = address - segment.vaddr;
    const dumped = dumpedSize(segment);
    if (into >= dumped) return absent('notDumped');
    const inFile = Math.min(length, Number(dumped - into));
    const read = this.#source.read(segment.offset + into, inFile);
    if (read.rest === 'notFetched') return { bytes: read.bytes, rest: 'notFetched', provenance: 'core' };
    if (read.rest !== undefined) return { bytes: read.bytes, rest: 'truncated', provenance: 'core' };
    if (inFile === length) return { bytes: read.bytes, provenance: 'core' };
    return { bytes: read.bytes, rest: segment.filesz < segment.memsz ? 'notDumped' : 'unmapped', provenance: 'core' };
  }
}

/** Bytes of a segment that the file holds; what a damaged header promises beyond the segment's end belongs to others. */
function dumpedSize(segment: Segment): bigint {
  return min(segment.filesz, segment.memsz);
}

/** `view` holds the bytes from `start`; the last word in it begins `last` bytes behind. */
interface Window {
  readonly start: bigint;
  readonly last: number;
  readonly view: DataView;
}

const NO_WINDOW: Window = { start: 0n, last: -1, view: new DataView(new ArrayBuffer(0)) };
/** Whole pages are what sources read anyway. */
const WINDOW = 4096n;

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
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
