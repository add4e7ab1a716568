import { IntervalMap } from '../base/intervalMap.js';
import type { CoreImage } from '../core/coreImage.js';
import type { FileMapping } from '../core/processNotes.js';
import type { ModuleMap } from '../modules/moduleMap.js';

/** A mapping of the dead process and what it was used for. */
export interface Place {
  readonly start: bigint;
  readonly end: bigint;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** Bytes of it that the core holds. */
  readonly dumped: bigint;
  readonly role: 'stack' | 'heap' | 'module' | 'mapped';
  readonly path?: string;
  readonly fileOffset?: bigint;
  /** For stacks: the threads whose stack pointer lies in it. */
  readonly threads: readonly number[];
}

/** The mappings of a process by address, with their roles. */
export class AddressSpace {
  readonly #places = new IntervalMap<Place>();

  constructor(core: CoreImage, modules: ModuleMap) {
    const stacks = stackPointers(core);
    const files = new IntervalMap<FileMapping>();
    for (const mapping of core.files) files.add(mapping.start, mapping.end, mapping);
    const executable = modules.modules.find((module) => module.path === core.files[0]?.path) ?? modules.modules[0];
    for (const segment of core.memory.segments()) {
      const start = segment.vaddr;
      const end = start + segment.memsz;
      const file = files.find(start)?.value;
      const threads = threadsIn(stacks, start, end);
      const inModule = modules.find(start);
      const role =
        inModule !== undefined
          ? 'module'
          : threads.length > 0
            ? 'stack'
            : isHeap(segment, file !== undefined, executable?.end)
              ? 'heap'
              : 'mapped';
      this.#places.add(start, end, {
        start,
        end,
        readable: segment.readable,
        writable: segment.writable,
        executable: segment.executable,
        dumped: segment.filesz,
        role,
        ...(file === undefined
          ? inModule === undefined
            ? {}
            : { path: inModule.path }
          : { path: file.path, fileOffset: file.fileOffset + (start - file.start) }),
        threads,
      });
    }
    for (const place of leftOut(core, modules, this.#places)) this.#places.add(place.start, place.end, place);
  }

  find(address: bigint): Place | undefined {
    return this.#places.find(address)?.value;
  }

  /** The nearest mapping below an address that nothing maps, and the nearest above. */
  neighbours(address: bigint): { readonly below: Place | undefined; readonly above: Place | undefined } {
    return { below: this.#places.previous(address)?.value, above: this.#places.next(address)?.value };
  }

  /** Ascending by address. */
  places(): readonly Place[] {
    return this.#places.entries().map((entry) => entry.value);
  }
}

/**
 * Parts of mapped files that no program header covers: gdb's gcore writes none for pages that were never changed, and NT_FILE names them
 * all the same. What may be done with them is known only from the file: it could be read, or run.
 */
function leftOut(core: CoreImage, modules: ModuleMap, places: IntervalMap<Place>): Place[] {
  const found: Place[] = [];
  // One pass, however many entries of a hostile note overlap.
  let at = 0n;
  /** Up to here nothing is covered. */
  let free = 0n;
  for (const file of [...core.files].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    if (file.start > at) at = file.start;
    while (at < file.end) {
      const covered = at < free ? undefined : places.find(at);
      if (covered === undefined && at >= free) free = places.next(at)?.start ?? MAX_ADDRESS;
      const next = covered?.end ?? free;
      const end = next < file.end ? next : file.end;
      if (covered === undefined) found.push(unwritten(file, at, end, modules));
      at = end;
    }
  }
  return found;
}

const MAX_ADDRESS = 1n << 64n;

function unwritten(file: FileMapping, start: bigint, end: bigint, modules: ModuleMap): Place {
  const inModule = modules.range(start);
  return {
    start,
    end,
    readable: true,
    writable: false,
    executable: inModule?.range.executable === true,
    dumped: 0n,
    role: inModule === undefined ? 'mapped' : 'module',
    path: file.path,
    fileOffset: file.fileOffset + (start - file.start),
    threads: NO_THREADS,
  };
}

interface StackPointer {
  readonly tid: number;
  readonly pointer: bigint;
  /** Index of the thread. */
  readonly order: number;
}

/** Ascending by address. */
function stackPointers(core: CoreImage): StackPointer[] {
  const { architecture } = core;
  if (architecture === undefined) return [];
  const found = core.threads.flatMap((thread, order) => {
    const pointer = thread.registers.get(architecture.stackPointer);
    return pointer === undefined ? [] : [{ tid: thread.tid, pointer, order }];
  });
  return found.sort((a, b) => (a.pointer < b.pointer ? -1 : a.pointer > b.pointer ? 1 : 0));
}

/** Threads whose stack pointer lies in [start, end), in their own order. */
function threadsIn(stacks: readonly StackPointer[], start: bigint, end: bigint): readonly number[] {
  let low = 0;
  let high = stacks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stacks[middle]?.pointer ?? end) < start) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < stacks.length && (stacks[last]?.pointer ?? end) < end) last++;
  if (last === low) return NO_THREADS;
  return stacks
    .slice(low, last)
    .sort((a, b) => a.order - b.order)
    .map((stack) => stack.tid);
}

const NO_THREADS: readonly number[] = [];

const ARENA = 1n << 26n;

/**
 * The break area, right behind the executable (within the 32 MiB that address randomisation may add), or a glibc arena, which
 * starts at a multiple of 64 MiB (malloc/arena.c).
 */
function isHeap(
  segment: { vaddr: bigint; readable: boolean; writable: boolean; executable: boolean },
  isFile: boolean,
  executableEnd: bigint | undefined,
): boolean {
  if (isFile || !segment.writable || segment.executable) return false;
  if (segment.vaddr % ARENA === 0n) return true;
  return executableEnd !== undefined && segment.vaddr >= executableEnd && segment.vaddr - executableEnd < 1n << 30n;
}
