import type { CoreImage } from '../../engine/core/coreImage.js';

/**
 * Where the file holds the stack around the first thread's stack pointer: far enough down for stale signal frames with vector
 * state, far enough up for the first callers. `undefined` when the core holds no such memory.
 */
export function firstStackWindow(core: CoreImage): { readonly offset: bigint; readonly length: number } | undefined {
  const pointer = core.threads[0]?.registers.get(core.architecture?.stackPointer ?? '');
  const segment = pointer === undefined ? undefined : core.memory.segmentAt(pointer);
  if (pointer === undefined || segment === undefined) return undefined;
  const into = pointer - segment.vaddr;
  const from = into > BELOW ? into - BELOW : 0n;
  const to = into + ABOVE < segment.filesz ? into + ABOVE : segment.filesz;
  return to > from ? { offset: segment.offset + from, length: Number(to - from) } : undefined;
}

const BELOW = 12n * 1024n;
const ABOVE = 16n * 1024n;
