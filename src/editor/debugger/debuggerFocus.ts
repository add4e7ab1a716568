import * as vscode from 'vscode';
import type { FramePosition } from '../../shared/debugging.js';
import type { OpenPages } from '../openPages.js';

/** Lets the pages of a core follow the frame that is chosen in the debugger. */
export function registerDebuggerFocus(pages: OpenPages): vscode.Disposable {
  let latest: vscode.DebugStackFrame | undefined;
  return vscode.debug.onDidChangeActiveStackItem((item) => {
    if (!(item instanceof vscode.DebugStackFrame) || item.session.type !== 'redzone') return;
    latest = item;
    void positionOf(item).then((position) => {
      // Somebody who steps on while the answer is on its way is not sent back.
      if (position === undefined || latest !== item) return;
      const core = String(item.session.configuration['core']);
      for (const page of pages.of(core)) page.send({ type: 'focus', tid: position.tid, frame: position.frame });
    });
  });
}

/** Rows of the call stack view are no indices: the adapter knows where a frame stands in the core. */
async function positionOf({ session, frameId }: vscode.DebugStackFrame): Promise<FramePosition | undefined> {
  try {
    const position = (await session.customRequest('redzone.framePosition', { frameId })) as FramePosition | undefined;
    // The page shows the chosen stack.
    return position?.hypothesis === undefined ? position : undefined;
  } catch {
    // The session has ended, or the frame is of before a restart.
    return undefined;
  }
}
