import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ClientConventions } from './clientConventions.js';
import type { DebugTarget } from './debugTarget.js';
import { frameAtRow, layOut } from './frameCursor.js';
import { frameName, framePlace, isNowhere } from './frameNames.js';
import { LONGEST_IN_CALL_STACK, noteWords } from './notes.js';
import { pageLine } from './framePage.js';
import type { FrameRow } from '../shared/report.js';
import type { RequestArguments } from './requestArguments.js';
import { fileSource, pageSource } from './sources.js';
import type { DeadThread } from './threads.js';

/** The group that editors fold stepped-past frames into. */
const STEPPED_PAST = 'already stepped past';

/**
 * The call stack: at most eight frames that were stepped past, dimmed, where the client passes over these, then the cursor's frame and
 * its callers. Lines count from 1.
 */
export async function stackTrace(
  target: DebugTarget,
  args: RequestArguments,
  client: Pick<ClientConventions, 'passesOverSubtle'>,
): Promise<DebugProtocol.StackTraceResponse['body']> {
  const thread = target.threads.get(args.integer('threadId'));
  const startRow = args.optionalCount('startFrame') ?? 0;
  // The protocol's default: no levels, or zero, means all.
  const levels = args.optionalCount('levels') ?? 0;
  const format = args.object('format');
  const total = await thread.frames.total();
  const layout = layOut(thread.cursor.position, total, client.passesOverSubtle);
  const endRow = levels === 0 ? layout.rows : Math.min(layout.rows, startRow + levels);
  const stackFrames: DebugProtocol.StackFrame[] = [];
  for (let row = startRow; row < endRow; row++) {
    const index = frameAtRow(layout, row);
    if (index === undefined) {
      stackFrames.push(hiddenLabel(target, thread, layout.hidden));
      continue;
    }
    const frame = await stackFrame(target, thread, index, format);
    if (!frame) break;
    stackFrames.push(frame);
  }
  return { stackFrames, totalFrames: layout.rows };
}

/** No source on purpose: an editor would put the focus on a label that has one. */
function hiddenLabel(target: DebugTarget, thread: DeadThread, hidden: number): DebugProtocol.StackFrame {
  const frames = hidden === 1 ? 'frame' : 'frames';
  return {
    id: target.frameReference(thread, 0),
    name: `${hidden} more ${frames} already stepped past`,
    line: 0,
    column: 0,
    presentationHint: 'label',
  };
}

async function stackFrame(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
  format: RequestArguments,
): Promise<DebugProtocol.StackFrame | undefined> {
  const row = await thread.frames.row(index);
  if (!row) return undefined;
  const { source, line, changed } = await shownSource(target, thread, index, row);
  const noted = target.notes.onFrame(thread, row);
  const steppedPast = index < thread.cursor.position;
  return {
    id: target.frameReference(thread, index),
    name: [
      frameName(row),
      ...(format.flag('module') && row.module !== undefined ? [row.module] : []),
      ...(format.flag('line') ? [`line ${line}`] : []),
      ...(changed ? ['[source changed]'] : []),
      ...(noted.length === 0 ? [] : [noteWords(noted, LONGEST_IN_CALL_STACK)]),
    ].join(' '),
    line,
    column: 1,
    source: steppedPast ? { ...source, origin: STEPPED_PAST } : source,
    instructionPointerReference: row.pc,
    ...(row.module === undefined ? {} : { moduleId: row.module }),
    ...(steppedPast ? { presentationHint: 'subtle' as const } : {}),
  };
}

/** The file that a frame's line stands in, or the page that takes its place. Lines count from 1. */
export async function shownSource(
  target: DebugTarget,
  thread: DeadThread,
  index: number,
  row: FrameRow,
): Promise<{ readonly source: DebugProtocol.Source; readonly line: number; readonly changed: boolean }> {
  const file = row.file !== undefined && row.line !== undefined ? await target.sources.find(row.file) : undefined;
  if (file) return { source: fileSource(file.path, file.changed), line: row.line ?? 1, changed: file.changed };
  const place = isNowhere(row) ? `nothing at ${row.pc}` : framePlace(row);
  return { source: pageSource(place, target.pageReference(thread, index)), line: pageLine(row), changed: false };
}
