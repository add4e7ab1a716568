import * as vscode from 'vscode';
import { corePath } from '../corePlace.js';
import type { FramePosition, FrameSource } from '../../shared/debugging.js';
import type { ChosenFrame } from '../../shared/protocol.js';
import type { OpenPages } from '../openPages.js';
import type { RunningSessions } from './runningSessions.js';

/** Keeps the pages of a core and the debuggers on it at the same frame, whichever of them goes ahead. */
export class DebuggerFocus implements vscode.Disposable {
  readonly #pages: OpenPages;
  readonly #sessions: RunningSessions;
  readonly #listening: vscode.Disposable;
  #latest: vscode.DebugStackFrame | undefined;
  /** Where the debugger stands, as far as was heard. */
  #position: { readonly session: string; readonly at: FramePosition } | undefined;
  #leading: { readonly core: vscode.Uri; readonly chosen: ChosenFrame } | undefined;
  #isLeading = false;

  constructor(pages: OpenPages, sessions: RunningSessions) {
    this.#pages = pages;
    this.#sessions = sessions;
    this.#listening = vscode.debug.onDidChangeActiveStackItem((item) => {
      if (item instanceof vscode.DebugStackFrame && item.session.type === 'redzone') void this.#follow(item);
    });
  }

  /** A reader chose a frame on a page of `core`: a debugger on the core goes there. The last choice of a hasty reader counts. */
  async lead(core: vscode.Uri, chosen: ChosenFrame): Promise<void> {
    this.#leading = { core, chosen };
    if (this.#isLeading) return;
    this.#isLeading = true;
    try {
      for (let next = this.#leading; ; next = this.#leading) {
        await this.#goTo(next.core, next.chosen);
        if (this.#leading === next) return;
      }
    } finally {
      this.#isLeading = false;
    }
  }

  dispose(): void {
    this.#listening.dispose();
  }

  async #goTo(core: vscode.Uri, chosen: ChosenFrame): Promise<void> {
    const [session] = this.#sessions.on(corePath(core));
    if (session === undefined || this.#isAt(session, chosen)) return;
    const panel = this.#pages.panelInSight(core);
    const source = await ask<FrameSource>(session, 'redzone.frameSource', chosen);
    if (source === undefined) return;
    // The debugger would show the frame's source in place of the page.
    if (panel) await showBeside(panel, source, session);
    const giveBack = panel && focusKeeper(panel);
    await session.customRequest('redzone.goToFrame', chosen).then(undefined, () => undefined);
    await this.#arrival(session, chosen);
    giveBack?.();
  }

  /** Until the debugger has got there, or does not seem to. */
  async #arrival(session: vscode.DebugSession, chosen: ChosenFrame): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!this.#isAt(session, chosen) && Date.now() < end) await pause(POLL_MS);
  }

  async #follow(item: vscode.DebugStackFrame): Promise<void> {
    this.#latest = item;
    const { session, frameId } = item;
    const position = await ask<FramePosition>(session, 'redzone.framePosition', { frameId });
    // Somebody who steps on while the answer is on its way is not sent back.
    if (position === undefined || this.#latest !== item) return;
    this.#position = { session: session.id, at: position };
    // The page shows the chosen stack.
    if (position.hypothesis !== undefined || this.#isLeading) return;
    const core = String(session.configuration['core']);
    for (const page of this.#pages.of(core)) page.send({ type: 'focus', tid: position.tid, frame: position.frame });
  }

  #isAt(session: vscode.DebugSession, { tid, frame, hypothesis }: ChosenFrame): boolean {
    const { at } = this.#position ?? {};
    return (
      this.#position?.session === session.id && at?.tid === tid && at.frame === frame && at.hypothesis === hypothesis
    );
  }
}

/** How long the editor is given to follow a stop. */
const PATIENCE_MS = 2000;
const POLL_MS = 20;
/** It opens the source some time after it has told of the frame. */
const SETTLE_MS = 1500;

/** Rows of the call stack view are no indices: the adapter knows where a frame stands in the core. */
async function ask<T>(session: vscode.DebugSession, request: string, args: object): Promise<T | undefined> {
  try {
    return (await session.customRequest(request, args)) as T | undefined;
  } catch {
    // The session has ended, the frame is of before a restart, or the debugger does not show that reading.
    return undefined;
  }
}

/**
 * The editor puts the keyboard where the debugger stops: a reader who walks the frames of the page wants to go on there. Gives back what
 * the panel loses from now on until a moment after the returned function was called.
 */
function focusKeeper(panel: vscode.WebviewPanel): () => void {
  const listening = panel.onDidChangeViewState(() => {
    if (panel.active || !panel.visible) return;
    // Once: somebody who goes elsewhere is let go.
    listening.dispose();
    panel.reveal(panel.viewColumn, false);
  });
  return () => {
    setTimeout(() => {
      listening.dispose();
    }, SETTLE_MS);
  };
}

/** In a column that the page is not in. */
async function showBeside(
  panel: vscode.WebviewPanel,
  { line, ...source }: FrameSource,
  session: vscode.DebugSession,
): Promise<void> {
  // The editor itself calls a page by its name where it has no path, and opens a second one where the addresses differ.
  const path = source.path ?? source.name;
  const uri = vscode.debug.asDebugSourceUri({ ...source, ...(path === undefined ? {} : { path }) }, session);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  const other = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn !== panel.viewColumn);
  const viewColumn = other?.viewColumn ?? vscode.ViewColumn.Beside;
  const options = { viewColumn, preview: true, preserveFocus: true };
  await vscode.window.showTextDocument(uri, { ...options, selection: new vscode.Range(at, at) }).then(
    () => undefined,
    // The debugger will say so itself.
    () => undefined,
  );
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
