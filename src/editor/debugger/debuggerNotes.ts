import * as vscode from 'vscode';
import type { AnnotationMark } from '../../shared/annotations.js';
import type { NoteSubjectAnswer } from '../../shared/debugging.js';
import type { RunningSessions } from './runningSessions.js';

/** Lets notes be written where the debugger shows what they are on: variables, and frames of the call stack. */
export function registerDebuggerNotes(sessions: RunningSessions): vscode.Disposable {
  const writing = (command: string, placeOf: (given: readonly unknown[]) => NotePlace | undefined) =>
    vscode.commands.registerCommand(command, async (...given: readonly unknown[]) => {
      const place = placeOf(given);
      if (place === undefined) {
        void vscode.window.showInformationMessage('Choose a variable or a frame of a core dump in the debugger first.');
        return;
      }
      try {
        await writeNote(place);
      } catch (error) {
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
    });
  return vscode.Disposable.from(
    writing('redzone.annotateVariable', ([given]) => variablePlace(sessions, given)),
    writing('redzone.annotateFrame', (given) => rowPlace(sessions, given) ?? focusedFrame()),
  );
}

/** How the adapter is asked what a note would be tied to. */
interface NotePlace {
  readonly session: vscode.DebugSession;
  readonly question: object;
}

async function writeNote({ session, question }: NotePlace): Promise<void> {
  const { target, about, notes } = (await session.customRequest('redzone.noteSubject', question)) as NoteSubjectAnswer;
  const existing = notes.at(-1);
  const title = about.slice(0, 100);
  const chosen = await vscode.window.showQuickPick(existing === undefined ? MARKS : [...MARKS, DELETE], {
    title,
    placeHolder: existing === undefined ? 'What is it?' : `${existing.mark}: ${existing.text}`.slice(0, 200),
  });
  if (chosen === undefined) return;
  if (chosen.mark === undefined) {
    await session.customRequest('redzone.deleteNote', { id: existing?.id });
    return;
  }
  const text = await vscode.window.showInputBox({
    title,
    prompt: 'Kept beside the core. A mark alone says something too.',
    value: existing?.text ?? '',
    ignoreFocusOut: true,
  });
  if (text === undefined) return;
  const id = existing === undefined ? {} : { id: existing.id };
  await session.customRequest('redzone.writeNote', { target, mark: chosen.mark, text, about, ...id });
}

interface MarkItem extends vscode.QuickPickItem {
  /** Undefined deletes the note. */
  readonly mark: AnnotationMark | undefined;
}

const MARKS: readonly MarkItem[] = [
  { label: '$(warning) Suspicious', mark: 'suspicious' },
  { label: '$(check) Explained', mark: 'explained' },
  { label: '$(note) Noted', mark: 'noted' },
];

const DELETE: MarkItem = { label: '$(trash) Delete Note', mark: undefined };

/** What a menu of the variables view hands over. */
function variablePlace(sessions: RunningSessions, given: unknown): NotePlace | undefined {
  const { sessionId, container, variable } = record(given);
  const session = typeof sessionId === 'string' ? sessions.withId(sessionId) : vscode.debug.activeDebugSession;
  const { variablesReference } = record(container);
  const { name } = record(variable);
  if (session?.type !== 'redzone' || typeof variablesReference !== 'number') return undefined;
  return typeof name === 'string' ? { session, question: { variablesReference, name } } : undefined;
}

/** What a menu of the call stack hands over: ids of the editor's own, which say thread and row. */
function rowPlace(sessions: RunningSessions, given: readonly unknown[]): NotePlace | undefined {
  for (const each of given) {
    const { sessionId, threadId, frameId } = record(each);
    if (typeof sessionId !== 'string' || typeof threadId !== 'string' || typeof frameId !== 'string') continue;
    const session = sessions.withId(sessionId);
    const thread = /:(\d+)$/.exec(threadId)?.[1];
    const row = frameId.startsWith(`stackframe:${threadId}:`)
      ? /^\d+/.exec(frameId.slice(`stackframe:${threadId}:`.length))?.[0]
      : undefined;
    if (session && thread !== undefined && row !== undefined)
      return { session, question: { threadId: Number(thread), row: Number(row) } };
  }
  return undefined;
}

function focusedFrame(): NotePlace | undefined {
  const item = vscode.debug.activeStackItem;
  if (!(item instanceof vscode.DebugStackFrame) || item.session.type !== 'redzone') return undefined;
  return { session: item.session, question: { frameId: item.frameId } };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
