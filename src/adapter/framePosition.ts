import { ContinuedEvent } from '@vscode/debugadapter';
import type { FramePosition, FrameSource } from '../shared/debugging.js';
import type { StackRow } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { noSuchFrame } from './errors.js';
import type { RequestArguments } from './requestArguments.js';
import type { RequestContext } from './requestContext.js';
import { shownSource } from './stackTrace.js';
import { stopAt } from './stepping.js';
import type { DeadThread } from './threads.js';

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

/** The custom request `redzone.frameSource`: what the debugger would show for a frame that a page has chosen. */
export async function frameSource(target: DebugTarget, args: RequestArguments): Promise<FrameSource> {
  const { thread, index, row } = await chosenFrame(target, args);
  const { source, line } = await shownSource(target, thread, index, row);
  const { path, sourceReference, name } = source;
  return {
    line,
    ...(path === undefined ? {} : { path }),
    ...(sourceReference === undefined ? {} : { sourceReference }),
    ...(name === undefined ? {} : { name }),
  };
}

/**
 * The custom request `redzone.goToFrame`: the cursor goes to a frame that a page has chosen. The events are those of a step that the
 * client asked for: without the first, VS Code goes on to say where the thread stood before. It forgets that a moment after the event,
 * and takes two events in a row at once, but never an event and an answer: the answer stands between them.
 */
export async function goToFrame(target: DebugTarget, args: RequestArguments, context: RequestContext): Promise<void> {
  const { thread, index } = await chosenFrame(target, args);
  const stopped = await stopAt(thread, index);
  context.now(new ContinuedEvent(thread.id, false));
  context.later(stopped);
}

async function chosenFrame(
  target: DebugTarget,
  args: RequestArguments,
): Promise<{ readonly thread: DeadThread; readonly index: number; readonly row: StackRow }> {
  const [tid, index] = [args.integer('tid'), args.optionalCount('frame') ?? 0];
  const hypothesis = args.optionalString('hypothesis');
  const thread = target.threads.all.find(
    (each) => each.tid === tid && (hypothesis === undefined ? isChosen(each) : isReading(each, hypothesis)),
  );
  const row = await thread?.frames.row(index);
  if (!thread || !row) throw noSuchFrame(index);
  return { thread, index, row };
}

function isChosen({ reading }: DeadThread): boolean {
  return reading.kind === 'chosen';
}

function isReading({ reading }: DeadThread, id: string): boolean {
  return reading.kind === 'hypothesis' && reading.id === id;
}
