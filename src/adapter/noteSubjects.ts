import { readTarget } from '../session/annotations/annotationFile.js';
import { frameTarget } from '../shared/annotationIndex.js';
import { ANNOTATION_MARKS, type Annotation, targetKey } from '../shared/annotations.js';
import type { NoteSubjectAnswer } from '../shared/debugging.js';
import type { StackRow } from '../shared/queries.js';
import type { DebugTarget } from './debugTarget.js';
import { cannotNote, noSuchVariables, wrongArgument } from './errors.js';
import { frameAtRow, layOut } from './frameCursor.js';
import { framePlace } from './frameNames.js';
import type { RequestArguments } from './requestArguments.js';
import type { RequestContext } from './requestContext.js';
import type { DeadThread } from './threads.js';
import type { NoteSubject } from './variables.js';

/**
 * The custom request `redzone.noteSubject`: what a note would be tied to, on the variable of a name in a variables reference, on a
 * frame by its id, or on a row of a thread's call stack. Fails with a sentence where nothing can be noted.
 */
export async function noteSubject(
  target: DebugTarget,
  args: RequestArguments,
  { client }: RequestContext,
): Promise<NoteSubjectAnswer> {
  const subject = await subjectOf(target, args, client.passesOverSubtle);
  if (subject === undefined)
    throw cannotNote('Notes are kept on registers, slots of the stack and frames of the stack that the verdict chose.');
  const key = targetKey(subject.target);
  const notes = target.notes.all.filter((note) => targetKey(note.target) === key);
  return { ...subject, notes };
}

/** The custom request `redzone.writeNote`: a new note, or, with `id`, another wording of one. The answer is the note. */
export async function writeNote(target: DebugTarget, args: RequestArguments): Promise<Annotation> {
  const on = readTarget(args.raw('target'));
  if (on === undefined) throw wrongArgument(args.command, 'target', 'a slot, register, frame or range');
  const wanted = args.string('mark');
  const mark = ANNOTATION_MARKS.find((known) => known === wanted);
  if (mark === undefined) throw wrongArgument(args.command, 'mark', `one of ${ANNOTATION_MARKS.join(', ')}`);
  const [text, id, about] = [args.string('text'), args.optionalString('id'), args.optionalString('about')];
  const draft = {
    target: on,
    mark,
    text,
    ...(id === undefined ? {} : { id }),
    ...(about === undefined ? {} : { about }),
  };
  return kept(target, (store) => store.write(draft));
}

/** The custom request `redzone.deleteNote`. */
export async function deleteNote(target: DebugTarget, args: RequestArguments): Promise<void> {
  const id = args.string('id');
  await kept(target, (store) => store.delete(id));
}

/** A frame of the chosen stack. */
export function frameSubject(thread: DeadThread, row: StackRow | undefined): NoteSubject | undefined {
  if (row === undefined || thread.reading.kind !== 'chosen') return undefined;
  return { target: frameTarget(thread.tid, row.frame, row), about: `#${row.frame}  ${row.pc}  ${framePlace(row)}` };
}

async function subjectOf(
  target: DebugTarget,
  args: RequestArguments,
  withPast: boolean,
): Promise<NoteSubject | undefined> {
  const reference = args.optionalInteger('variablesReference');
  if (reference !== undefined) {
    const group = target.groups.get(reference);
    if (!group) throw noSuchVariables(reference);
    return group.noteSubject?.(args.string('name'));
  }
  const frameId = args.optionalInteger('frameId');
  if (frameId !== undefined) {
    const { thread, row } = await target.frame(frameId);
    return frameSubject(thread, row);
  }
  const thread = target.threads.get(args.integer('threadId'));
  const layout = layOut(thread.cursor.position, await thread.frames.total(), withPast);
  const index = frameAtRow(layout, args.optionalCount('row') ?? 0);
  return index === undefined ? undefined : frameSubject(thread, await thread.frames.row(index));
}

async function kept<T>(
  { notes }: DebugTarget,
  change: (store: NonNullable<DebugTarget['notes']['store']>) => Promise<T>,
): Promise<T> {
  if (notes.store === undefined) throw cannotNote('Notes cannot be kept in this debug session.');
  try {
    return await change(notes.store);
  } catch (reason) {
    throw cannotNote(reason instanceof Error ? reason.message : String(reason));
  }
}
