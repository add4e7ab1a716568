import * as vscode from 'vscode';
import type { OpenPages } from './openPages.js';

/** Lets the pages of a core follow the frame that is chosen in the debugger. */
export function registerDebuggerFocus(pages: OpenPages): vscode.Disposable {
  // The editor knows a frame by the adapter's id only; its place in the stack stands in the answers that pass here.
  const places = new Map<string, Map<number, FramePlace>>();
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterTrackerFactory('redzone', {
      createDebugAdapterTracker: (session) => {
        const ofSession = new Map<number, FramePlace>();
        places.set(session.id, ofSession);
        return new StackTraceReader(ofSession, () => places.delete(session.id));
      },
    }),
    vscode.debug.onDidChangeActiveStackItem((item) => {
      if (!(item instanceof vscode.DebugStackFrame) || item.session.type !== 'redzone') return;
      const place = places.get(item.session.id)?.get(item.frameId);
      if (!place) return;
      const core = String(item.session.configuration['core']);
      for (const page of pages.of(core)) page.send({ type: 'focus', tid: place.tid, frame: place.frame });
    }),
  );
}

interface FramePlace {
  readonly tid: number;
  readonly frame: number;
}

/** Reads along with the stack traces that the adapter answers. */
class StackTraceReader implements vscode.DebugAdapterTracker {
  readonly #places: Map<number, FramePlace>;
  readonly #asked = new Map<number, { readonly tid: number; readonly from: number }>();
  readonly onWillStopSession: () => void;

  constructor(places: Map<number, FramePlace>, onEnd: () => void) {
    this.#places = places;
    this.onWillStopSession = onEnd;
  }

  onWillReceiveMessage(message: ProtocolMessage): void {
    if (message.type !== 'request' || message.command !== 'stackTrace') return;
    const { threadId, startFrame } = message.arguments ?? {};
    if (threadId !== undefined) this.#asked.set(message.seq, { tid: threadId, from: startFrame ?? 0 });
  }

  onDidSendMessage(message: ProtocolMessage): void {
    if (message.type !== 'response' || message.command !== 'stackTrace' || message.request_seq === undefined) return;
    const asked = this.#asked.get(message.request_seq);
    this.#asked.delete(message.request_seq);
    if (!asked) return;
    for (const [index, frame] of (message.body?.stackFrames ?? []).entries()) {
      this.#places.set(frame.id, { tid: asked.tid, frame: asked.from + index });
    }
  }
}

/** The part of the debug adapter protocol that is read here. */
interface ProtocolMessage {
  readonly type: string;
  readonly seq: number;
  readonly command?: string;
  readonly request_seq?: number;
  readonly arguments?: { readonly threadId?: number; readonly startFrame?: number };
  readonly body?: { readonly stackFrames?: readonly { readonly id: number }[] };
}
