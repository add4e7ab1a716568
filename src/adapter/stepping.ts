import type { DebugProtocol } from '@vscode/debugprotocol';
import { Event } from '@vscode/debugadapter';
import type { DebugTarget } from './debugTarget.js';
import { noFrames } from './errors.js';
import { describeStop, type CursorStep } from './frameCursor.js';
import type { RequestArguments } from './requestArguments.js';
import type { DeadThread } from './threads.js';

/**
 * The reason of every stop but the first. It is no reason of the protocol: with `step` editors focus the first frame of the call
 * stack, stepped past or not, and with `exception` they would open the box again.
 */
const FRAME_REASON = 'frame';

/** Moves a thread's cursor; the stop to report once the request is answered. */
export async function step(target: DebugTarget, args: RequestArguments, direction: CursorStep): Promise<StopReport> {
  const thread = target.threads.get(args.integer('threadId'));
  const total = await thread.frames.total();
  if (total === 0) throw noFrames(thread.name);
  const moved = thread.cursor.move(direction, total);
  return frameStop(thread, describeStop(direction, moved, thread.cursor.position, total));
}

/** A `stopped` event. */
export type StopReport = Event & Pick<DebugProtocol.StoppedEvent, 'body'>;

/** The stop after launch: the verdict where the thread crashed, otherwise its innermost frame. */
export async function firstStop({ verdict }: DebugTarget, thread: DeadThread): Promise<StopReport> {
  if (!thread.crashed) {
    const total = await thread.frames.total();
    return stopped({
      reason: FRAME_REASON,
      description: `frame 1 of ${total}`,
      threadId: thread.id,
      allThreadsStopped: true,
    });
  }
  const { title, account } = verdict;
  return stopped({
    reason: 'exception',
    description: title,
    text: account,
    threadId: thread.id,
    allThreadsStopped: true,
  });
}

/** Puts a thread's cursor on a frame that is there; the stop to report once the request is answered. */
export async function stopAt(thread: DeadThread, index: number): Promise<StopReport> {
  thread.cursor.moveTo(index);
  return frameStop(thread, `frame ${index + 1} of ${await thread.frames.total()}`);
}

function frameStop(thread: DeadThread, description: string): StopReport {
  // Only this thread: the others keep the cursor, and the call stack in the editor, that they have.
  return stopped({ reason: FRAME_REASON, description, threadId: thread.id, allThreadsStopped: false });
}

function stopped(body: DebugProtocol.StoppedEvent['body']): StopReport {
  return Object.assign(new Event('stopped'), { body });
}
