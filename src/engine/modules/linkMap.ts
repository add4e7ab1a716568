import { type RuntimeAddress, runtimeAddress } from '../base/addresses.js';
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
 * Walks the link map of a 64-bit process from the executable's program headers (AT_PHDR): PT_DYNAMIC, DT_DEBUG, r_debug, link_map.
 *
 * @returns what could be walked; empty for static programs and where the pages are not in the core
 */
export function readLinkMap(memory: MemoryView, programHeaders: bigint, count: bigint): LinkMapEntry[] {
  const dynamic = findDynamic(memory, programHeaders, Number(count));
  const debug = dynamic === undefined ? undefined : dynamicEntry(memory, dynamic, DT_DEBUG);
  if (debug === undefined || debug === 0n) return [];
  const entries: LinkMapEntry[] = [];
  const seen = new Set<bigint>();
  let node = memory.word(runtimeAddress(debug + 8n));
  while (node !== undefined && node !== 0n && !seen.has(node) && entries.length < MOST_OBJECTS) {
    seen.add(node);
    const address = runtimeAddress(node);
    const bias = memory.word(address);
    const name = memory.word(at(address, 8));
    const section = memory.word(at(address, 16));
    if (bias === undefined || name === undefined || section === undefined) break;
    const text = name === 0n ? undefined : readCString(memory, runtimeAddress(name), LONGEST_PATH);
    entries.push({ bias, path: text === undefined ? '' : pathText(text), dynamic: section });
    node = memory.word(at(address, 24));
  }
  return entries;
}

function findDynamic(memory: MemoryView, programHeaders: bigint, count: number): RuntimeAddress | undefined {
  let bias: bigint | undefined;
  let dynamic: bigint | undefined;
  for (let i = 0; i < Math.min(count, MOST_PROGRAM_HEADERS); i++) {
    const entry = runtimeAddress(programHeaders + BigInt(56 * i));
    const type = memory.word(entry);
    const vaddr = memory.word(at(entry, 16));
    if (type === undefined || vaddr === undefined) return undefined;
    if (Number(type & 0xffffffffn) === PT_PHDR) bias = programHeaders - vaddr;
    if (Number(type & 0xffffffffn) === PT_DYNAMIC) dynamic = vaddr;
  }
  return dynamic === undefined ? undefined : runtimeAddress(dynamic + (bias ?? 0n));
}

function dynamicEntry(memory: MemoryView, dynamic: RuntimeAddress, tag: bigint): bigint | undefined {
  for (let i = 0; i < MOST_DYNAMIC_ENTRIES; i++) {
    const key = memory.word(at(dynamic, 16 * i));
    if (key === undefined || key === 0n) return undefined;
    if (key === tag) return memory.word(at(dynamic, 16 * i + 8));
  }
  return undefined;
}
