import type * as vscode from 'vscode';
import type {
  CoreLine,
  HostMessage,
  Line,
  PageMessage,
  QuestionAnswer,
  QuestionName,
  QuestionParams,
} from '../shared/protocol.js';

/**
 * The host's end of the line to one page, mirror of `webview/messenger.ts`: the only place of the editor that posts or receives
 * messages. Every question of the page gets one answer or one failure; what is still asked when the page goes away is given up.
 */
export class PageMessenger<L extends Line = CoreLine> implements vscode.Disposable {
  readonly #webview: vscode.Webview;
  readonly #page: PageHandler<L>;
  readonly #listening: vscode.Disposable;
  readonly #gone = new AbortController();
  readonly #asked = new Map<number, AbortController>();

  constructor(webview: vscode.Webview, page: PageHandler<L>) {
    this.#webview = webview;
    this.#page = page;
    this.#listening = webview.onDidReceiveMessage((message: PageMessage<L>) => {
      this.#receive(message);
    });
  }

  send(message: HostMessage<L>): void {
    if (this.#gone.signal.aborted) return;
    // Rejects only when the page is gone, and then nobody waits for it.
    void Promise.resolve(this.#webview.postMessage(message)).catch(() => undefined);
  }

  dispose(): void {
    this.#gone.abort();
    for (const asked of this.#asked.values()) asked.abort();
    this.#listening.dispose();
  }

  #receive(message: PageMessage<L>): void {
    switch (message.type) {
      case 'hello':
        this.#page.hello(message.version);
        return;
      case 'do':
        this.#page.do(message.action);
        return;
      case 'cancel':
        this.#asked.get(message.id)?.abort();
        return;
      case 'ask':
        void this.#answer(message.id, message.name, message.params);
    }
  }

  async #answer(id: number, name: QuestionName<L>, params: unknown): Promise<void> {
    const asked = new AbortController();
    this.#asked.set(id, asked);
    try {
      // The page's messenger has paired the name with its parameters; the engine checks what matters again.
      const answer = await this.#page.ask(name, params, asked.signal, (done) => {
        if (!asked.signal.aborted) this.send({ type: 'progress', id, done });
      });
      this.send({ type: 'answer', id, answer });
    } catch (error) {
      if (!asked.signal.aborted)
        this.send({ type: 'failure', id, message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#asked.delete(id);
    }
  }
}

/** What a page may want of its host. */
export interface PageHandler<L extends Line = CoreLine> {
  hello(version: number): void;
  ask<N extends QuestionName<L>>(
    name: N,
    params: QuestionParams<L, N>,
    signal: AbortSignal,
    progress: (done: number) => void,
  ): Promise<QuestionAnswer<L, N>>;
  do(action: L['action']): void;
}
