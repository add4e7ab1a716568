import { IntervalMap } from '../base/intervalMap.js';
import type { CoreImage } from '../core/coreImage.js';
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
    const executable = modules.modules.find((module) => module.path === core.files[0]?.path) ?? modules.modules[0];
    for (const segment of core.memory.segments()) {
      const start = segment.vaddr;
      const end = start + segment.memsz;
      const file = core.files.find((mapping) => start >= mapping.start && start < mapping.end);
      const threads = stacks.filter((stack) => stack.pointer >= start && stack.pointer < end).map((stack) => stack.tid);
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
          : { path: file.path, fileOffset: file.fileOffset }),
        threads,
      });
    }
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

function stackPointers(core: CoreImage): { tid: number; pointer: bigint }[] {
  const { architecture } = core;
  if (architecture === undefined) return [];
  return core.threads.flatMap((thread) => {
    const pointer = thread.registers.get(architecture.stackPointer);
    return pointer === undefined ? [] : [{ tid: thread.tid, pointer }];
  });
}

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
