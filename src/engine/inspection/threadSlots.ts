import type { ThreadState } from '../core/coreImage.js';
import type { StackFrame } from '../unwind/stackFrame.js';
import type { Inspection } from './openInspection.js';
import type { SlotSource } from './slots.js';

/**
 * What the slots of a thread's stack are drawn from, owned by `frames`. Slot 0 is at the stack pointer of the crash, whatever the frames
 * assume of it, unless `stackPointer` says otherwise.
 *
 * @returns `undefined` where the registers of the architecture are not decoded
 */
export function threadSlots(
  inspection: Inspection,
  thread: ThreadState,
  frames: readonly StackFrame[],
  stackPointer?: bigint,
): SlotSource | undefined {
  const { context, classifier, judgement } = inspection;
  const crashed = thread === inspection.crashedThread ? judgement?.crash : undefined;
  const registers = crashed?.registers ?? thread.registers;
  const pointer =
    stackPointer ?? (context === undefined ? undefined : registers.get(context.architecture.stackPointer));
  if (context === undefined || classifier === undefined || pointer === undefined) return undefined;
  const remarks = new Map<bigint, string>();
  for (const item of judgement?.evidence ?? []) {
    for (const reference of item.refs)
      if (crashed !== undefined && reference.kind === 'slot') remarks.set(reference.address, item.text);
  }
  return {
    context,
    classifier,
    stackPointer: pointer,
    frames,
    active: crashed?.active ?? [],
    stale: crashed?.stale ?? [],
    remarks,
  };
}
