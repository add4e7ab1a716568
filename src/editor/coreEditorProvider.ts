import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { OpenError, type CoreSession } from '../session/coreSession.js';
import { PROTOCOL_VERSION, type PageAction } from '../shared/protocol.js';
import { CoreDocument } from './coreDocument.js';
import { PageMessenger } from './messenger.js';
import type { OpenPages } from './openPages.js';
import { pageHtml } from './pageHtml.js';
import { watchFile } from './watchFile.js';

/** The view types of the core editor: taken by default, and offered. */
export const VIEW_TYPES = ['redzone.core', 'redzone.coreOptional'] as const;

/** Shows core files on the core page. The engine does the work elsewhere; here messages pass to and fro. */
export class CoreEditorProvider implements vscode.CustomReadonlyEditorProvider<CoreDocument> {
  readonly #parts: CoreEditorParts;

  constructor(parts: CoreEditorParts) {
    this.#parts = parts;
  }

  openCustomDocument(uri: vscode.Uri): CoreDocument {
    return new CoreDocument(uri, this.#parts.session);
  }

  resolveCustomEditor(document: CoreDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const folder = vscode.Uri.joinPath(this.#parts.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };

    const messenger = new PageMessenger(webview, {
      hello: (version) => {
        void this.#welcome(document, messenger, version);
      },
      ask: async (name, params, signal) => (await document.opened()).ask(name, params, signal),
      do: (action) => {
        if (action.kind === 'reload') reopen('reloaded');
        else this.#parts.act(document.uri, action);
      },
    });
    const reopen = (reason: string) => {
      document.reset();
      messenger.send({ type: 'reopened', reason });
    };
    const unsubscribe = this.#parts.session.onReopened((reason) => {
      this.#parts.log.warn(`${document.uri.fsPath}: ${reason}`);
      reopen(reason);
    });
    const watching = watchFile(document.uri, () => {
      void offerReload(document.uri, reopen);
    });
    const registration = this.#parts.pages.add(document.uri, panel, messenger);
    panel.onDidDispose(() => {
      unsubscribe();
      watching.dispose();
      registration.dispose();
      messenger.dispose();
    });

    webview.html = pageHtml({
      title: 'Core Dump',
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'core.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'core.css')).toString(),
      nonce: randomBytes(16).toString('hex'),
      styleNonce: randomBytes(16).toString('hex'),
    });
  }

  async #welcome(document: CoreDocument, messenger: PageMessenger, version: number): Promise<void> {
    const source = document.uri.fsPath;
    if (version !== PROTOCOL_VERSION)
      this.#parts.log.warn(`a page of version ${version} met a host of ${PROTOCOL_VERSION}`);
    const start = Date.now();
    try {
      await document.opened();
      this.#parts.log.info(`opened ${source} in ${Date.now() - start} ms`);
      messenger.send({ type: 'ready', version: PROTOCOL_VERSION, source });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#parts.log.warn(`cannot open ${source}: ${message}`);
      const code = error instanceof OpenError ? error.code : 'unreadable';
      messenger.send(
        code === 'not-a-core' || code === 'empty'
          ? { type: 'notACore', source, message }
          : { type: 'unreadable', source, message },
      );
    }
  }
}

/** What the provider needs from outside. */
export interface CoreEditorParts {
  readonly extensionUri: vscode.Uri;
  readonly session: CoreSession;
  readonly log: vscode.LogOutputChannel;
  readonly pages: OpenPages;
  /** Does what a page wants done for the core at `uri`. */
  act(uri: vscode.Uri, action: Exclude<PageAction, { kind: 'reload' }>): void;
}

async function offerReload(uri: vscode.Uri, reopen: (reason: string) => void): Promise<void> {
  const reload = 'Reload';
  const chosen = await vscode.window.showInformationMessage(`${basename(uri.fsPath)} was replaced on disk.`, reload);
  if (chosen === reload) reopen('the file was replaced on disk');
}
