import type { Disassembler } from '../arch/disassembler.js';
import type { CoreImage, ThreadState } from '../core/coreImage.js';
import { findSignalFrames } from '../unwind/signalFrames.js';
import { walkStack } from '../unwind/stackwalker.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import { faultOf, isRaised } from './crash.js';

/** Threads looked at; a fatal handler that waits for another thread is in one of few. */
const MOST_THREADS = 256;
const FRAMES = 64;

/**
 * The thread whose fault ended the process. That is the one the kernel dumped for, unless the process sent itself the signal and
 * another thread stands in the handler of a fault: a handler that lets a reporter thread abort, or whose kill(2) reached a thread that
 * had the signal unblocked.
 *
 * @returns `undefined` for a core without threads
 */
export function faultingThread(
  core: CoreImage,
  context: UnwindContext | undefined,
  disassembler: Disassembler | undefined,
): ThreadState | undefined {
  const [dumped, ...others] = core.threads;
  if (dumped === undefined || context === undefined || others.length === 0) return dumped;
  if (core.signal === undefined || !isRaised(core.signal, core.process?.pid)) return dumped;
  if (standsInHandler(context, dumped, disassembler)) return dumped;
  return others.slice(0, MOST_THREADS).find((thread) => standsInHandler(context, thread, disassembler)) ?? dumped;
}

/** By shape first, which is quick and asked of every thread; then the walk from the thread's registers must come through the frame. */
function standsInHandler(context: UnwindContext, thread: ThreadState, disassembler: Disassembler | undefined): boolean {
  const stackPointer = thread.registers.get(context.architecture.stackPointer);
  if (stackPointer === undefined) return false;
  const { active } = findSignalFrames(context, stackPointer, []);
  const faults = active.filter((frame) => faultOf(frame, context, disassembler) !== undefined);
  if (faults.length === 0) return false;
  const { frames } = walkStack(context, thread.registers, { limit: FRAMES });
  return frames.some(({ signalFrame }) => faults.some((fault) => fault.address === signalFrame?.address));
}
