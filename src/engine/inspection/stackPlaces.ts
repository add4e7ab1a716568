import type { ThreadState } from '../core/coreImage.js';
import type { Inspection } from './openInspection.js';
import type { ThreadViews } from './threadViews.js';

/** Where an address lies on a thread's stack. */
export interface StackPlace {
  readonly thread: number;
  /** Slots from the thread's stack pointer, as the query `slots` counts them. */
  readonly slot: number;
  /** Index of the frame that owns the slot. */
  readonly frame?: number;
}

/**
 * Finds the thread on whose stack an address lies. Where several have theirs in one mapping, it is the one whose stack pointer is
 * nearest below the address: stacks grow down.
 *
 * @returns `undefined` for an address on no stack
 */
export function stackPlaceOf(inspection: Inspection, views: ThreadViews, address: bigint): StackPlace | undefined {
  const { core, space } = inspection;
  const place = space.find(address);
  if (place?.role !== 'stack') return undefined;
  let nearest: { readonly thread: ThreadState; readonly pointer: bigint } | undefined;
  for (const tid of place.threads) {
    const thread = core.threads.find((candidate) => candidate.tid === tid);
    const pointer = thread === undefined ? undefined : stackPointerOf(inspection, thread);
    if (thread === undefined || pointer === undefined) continue;
    if (nearest === undefined || isNearer(address, pointer, nearest.pointer)) nearest = { thread, pointer };
  }
  if (nearest === undefined) return undefined;
  const { thread, pointer } = nearest;
  const frame = ownerOf(inspection, views, thread, address);
  return { thread: thread.tid, slot: slotOf(address - pointer), ...(frame === undefined ? {} : { frame }) };
}

/** Rounded down: an address inside a slot belongs to it. */
function slotOf(distance: bigint): number {
  return Number((distance - (((distance % 8n) + 8n) % 8n)) / 8n);
}

function stackPointerOf({ core, crashedThread, judgement }: Inspection, thread: ThreadState): bigint | undefined {
  const registers = thread === crashedThread ? (judgement?.crash.registers ?? thread.registers) : thread.registers;
  return registers.get(core.architecture?.stackPointer ?? '');
}

function isNearer(address: bigint, pointer: bigint, other: bigint): boolean {
  if (pointer <= address) return other > address || pointer > other;
  return other > address && pointer < other;
}

function ownerOf({ core }: Inspection, views: ThreadViews, thread: ThreadState, address: bigint): number | undefined {
  const name = core.architecture?.stackPointer ?? '';
  const { frames } = views.of(thread).walk;
  const index = frames.findIndex(({ cfa, registers }) => {
    const bottom = registers.get(name);
    return cfa !== undefined && bottom !== undefined && address < cfa && address >= bottom;
  });
  return index < 0 ? undefined : index;
}
