import { runtimeAddress } from '../base/addresses.js';
import { at, type MemoryView, readCString } from '../base/memoryView.js';
import { pathText } from '../base/text.js';

/** One entry of the dynamic linker's list of loaded objects (link.h, struct link_map). */
export interface LinkMapEntry {
  readonly bias: bigint;
  /** Empty for the executable. */
  readonly path: string;
  /** Runtime address of its dynamic section. */
  readonly dynamic: bigint;
}

const PT_DYNAMIC = 2;
const PT_PHDR = 6;
const DT_DEBUG = 21n;
const MOST_PROGRAM_HEADERS = 256;
const MOST_DYNAMIC_ENTRIES = 1024;
const MOST_OBJECTS = 4096;
const LONGEST_PATH = 4096;

/**
 * Walks the link map of a process from the executable's program headers (AT_PHDR): PT_DYNAMIC, DT_DEBUG, r_debug, link_map.
 *
 * @param is64 whether pointers are of 8 bytes, and program headers of ELFCLASS64
 * @returns what could be walked; empty for static programs and where the pages are not in the core
 */
export function readLinkMap(memory: MemoryView, programHeaders: bigint, count: bigint, is64 = true): LinkMapEntry[] {
  const pointers = new Pointers(memory, is64 ? 8 : 4);
  const dynamic = findDynamic(pointers, programHeaders, Number(count));
  const debug = dynamic === undefined ? undefined : dynamicEntry(pointers, dynamic, DT_DEBUG);
  if (debug === undefined || debug === 0n) return [];
  const entries: LinkMapEntry[] = [];
  const seen = new Set<bigint>();
  let node = pointers.at(debug, 1);
  while (node !== undefined && node !== 0n && !seen.has(node) && entries.length < MOST_OBJECTS) {
    seen.add(node);
    const bias = pointers.at(node, 0);
    const name = pointers.at(node, 1);
    const section = pointers.at(node, 2);
    if (bias === undefined || name === undefined || section === undefined) break;
    const text = name === 0n ? undefined : readCString(memory, runtimeAddress(name), LONGEST_PATH);
    entries.push({ bias, path: text === undefined ? '' : pathText(text), dynamic: section });
    node = pointers.at(node, 3);
  }
  return entries;
}

/** Words as wide as a pointer. */
class Pointers {
  constructor(
    private readonly memory: MemoryView,
    readonly size: 4 | 8,
  ) {}

  /** The word of this index from `base` on; `undefined` when it is not there. */
  at(base: bigint, index: number): bigint | undefined {
    const { bytes } = this.memory.read(at(runtimeAddress(base), index * this.size), this.size);
    if (bytes.length < this.size) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset, this.size);
    return this.size === 8 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true));
  }
}

/** Program headers of both classes start with the type; p_vaddr is the third word of either, of 8 and of 4 bytes. */
function findDynamic(pointers: Pointers, programHeaders: bigint, count: number): bigint | undefined {
  let bias: bigint | undefined;
  let dynamic: bigint | undefined;
  for (let i = 0; i < Math.min(count, MOST_PROGRAM_HEADERS); i++) {
    const entry = programHeaders + BigInt((pointers.size === 8 ? 56 : 32) * i);
    const type = pointers.at(entry, 0);
    const vaddr = pointers.at(entry, 2);
    if (type === undefined || vaddr === undefined) return undefined;
    if (Number(type & 0xffffffffn) === PT_PHDR) bias = programHeaders - vaddr;
    if (Number(type & 0xffffffffn) === PT_DYNAMIC) dynamic = vaddr;
  }
  return dynamic === undefined ? undefined : dynamic + (bias ?? 0n);
}

function dynamicEntry(pointers: Pointers, dynamic: bigint, tag: bigint): bigint | undefined {
  for (let i = 0; i < MOST_DYNAMIC_ENTRIES; i++) {
    const key = pointers.at(dynamic, 2 * i);
    if (key === undefined || key === 0n) return undefined;
    if (key === tag) return pointers.at(dynamic, 2 * i + 1);
  }
  return undefined;
}
