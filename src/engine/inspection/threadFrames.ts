import type { ThreadState } from '../core/coreImage.js';
import type { Walk } from '../unwind/stackFrame.js';
import { walkOn, walkStack } from '../unwind/stackwalker.js';
import type { Inspection } from './openInspection.js';

/**
 * The frames of a thread: for the crashed one as the verdict chose them, walked to the end; for others from their registers.
 */
export function threadFrames(inspection: Inspection, thread: ThreadState, limit: number): Walk {
  const { context, judgement } = inspection;
  if (context === undefined) return { frames: [], stop: 'no-architecture' };
  if (thread !== inspection.crashedThread || judgement === undefined)
    return walkStack(context, thread.registers, { limit });
  const { walk } = judgement.chosen;
  const last = walk.frames.at(-1);
  if (walk.stop !== 'frame-limit' || last === undefined || walk.frames.length >= limit) {
    return { frames: walk.frames.slice(0, limit), stop: walk.frames.length > limit ? 'frame-limit' : walk.stop };
  }
  const further = walkOn(context, last, { limit: limit - walk.frames.length + 1 });
  return { frames: [...walk.frames.slice(0, -1), ...further.frames], stop: further.stop };
}
