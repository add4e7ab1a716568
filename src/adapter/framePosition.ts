import type { FramePosition } from '../shared/debugging.js';
import type { DebugTarget } from './debugTarget.js';
import type { RequestArguments } from './requestArguments.js';

/**
 * The custom request `redzone.framePosition`: rows of the call stack view are no indices, since frames stepped past are left out,
 * and not every thread there is one. Without a body for a frame that is in no stack.
 */
export async function framePosition(target: DebugTarget, args: RequestArguments): Promise<FramePosition | undefined> {
  const { thread, index } = await target.frame(args.integer('frameId'));
  switch (thread.reading.kind) {
    case 'chosen':
      return { tid: thread.tid, frame: index };
    case 'hypothesis':
      return { tid: thread.tid, frame: index, hypothesis: thread.reading.id };
    case 'remembered':
      return undefined;
  }
}
