import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { corePath } from './corePlace.js';
import { OpenError, type CoreSession, type OpenedCore } from '../session/coreSession.js';
import {
  type CoreLine,
  PROTOCOL_VERSION,
  type QuestionAnswer,
  type QuestionName,
  type QuestionParams,
} from '../shared/protocol.js';
import type { AnnotationStores } from '../session/annotations/annotationStores.js';
import { PageAnnotations } from './annotations/pageAnnotations.js';
import type { BusySign } from './busySign.js';
import { OtherCore } from './compare/otherCore.js';
import { CoreDocument } from './coreDocument.js';
import { PageMessenger } from './messenger.js';
import type { OpenPages } from './openPages.js';
import type { HostAction } from './pageActions.js';
import { pageHtml } from './pageHtml.js';
import { watchFile } from './watchFile.js';

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
        void this.#welcome(document, messenger, version, annotations);
      },
      ask: (name, params, signal, progress) =>
        this.#parts.busy.during(
          (async () => answered(await document.opened(), other, name, params, signal, progress))(),
        ),
      do: (action) => {
        switch (action.kind) {
          case 'reload':
            reload();
            return;
          case 'annotate':
          case 'unannotate':
          case 'undo':
          case 'redo':
            annotations.do(action).catch((error: unknown) => {
              this.#complain(document.uri, error);
            });
            return;
          default:
            this.#parts.act(document.uri, action);
        }
      },
    });
    const other = new OtherCore(this.#parts.session);
    const annotations = new PageAnnotations(document.uri, this.#parts.annotations, messenger);
    const reopen = (reason: string) => {
      document.reset();
      messenger.send({ type: 'reopened', reason });
    };
    const reload = () => {
      document.reload().catch(() => {
        // It is no core any more, or never was: the page says so when it asks again.
        reopen('reloaded');
      });
    };
    const stopHearing = document.onReloaded(() => {
      messenger.send({ type: 'reopened', reason: 'reloaded' });
    });
    const unsubscribe = this.#parts.session.onReopened((reason) => {
      this.#parts.log.warn(`${corePath(document.uri)}: ${reason}`);
      reopen(reason);
      messenger.send({ type: 'notice', text: `The engine was restarted: ${reason}.` });
    });
    const watching = watchFile(document.uri, () => {
      void offerReload(document.uri, reload);
    });
    const configured = vscode.workspace.onDidChangeConfiguration((change) => {
      if (READING.some((setting) => change.affectsConfiguration(setting, document.uri))) reopen('the settings changed');
    });
    const registration = this.#parts.pages.add(document.uri, panel, messenger);
    panel.onDidDispose(() => {
      unsubscribe();
      stopHearing();
      watching.dispose();
      configured.dispose();
      registration.dispose();
      annotations.dispose();
      other.dispose();
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

  async #welcome(
    document: CoreDocument,
    messenger: PageMessenger,
    version: number,
    annotations: PageAnnotations,
  ): Promise<void> {
    const source = corePath(document.uri);
    if (version !== PROTOCOL_VERSION)
      this.#parts.log.warn(`a page of version ${version} met a host of ${PROTOCOL_VERSION}`);
    const start = Date.now();
    try {
      const core = await document.opened();
      this.#parts.log.info(`opened ${source} in ${Date.now() - start} ms`);
      const hexEditor = vscode.extensions.getExtension(HEX_EDITOR) !== undefined;
      messenger.send({ type: 'ready', version: PROTOCOL_VERSION, source, hexEditor });
      const place = this.#parts.pages.awaited(document.uri);
      if (place) messenger.send({ type: 'reveal', place });
      // After the page's first questions: nothing may stand between a reader and the verdict.
      setImmediate(() => {
        annotations.open(core).catch((error: unknown) => {
          this.#complain(document.uri, error);
        });
      });
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

  #complain(uri: vscode.Uri, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#parts.log.error(`${corePath(uri)}: ${message}`);
    void vscode.window.showErrorMessage(message);
  }
}

/** Settings that decide what is found out about a core. */
const READING = ['redzone.sysroot', 'redzone.debugDirs'];

/** The editor that shows a file as bytes, where it is installed. */
export const HEX_EDITOR = 'ms-vscode.hexeditor';

/** What the provider needs from outside. */
export interface CoreEditorParts {
  readonly extensionUri: vscode.Uri;
  readonly session: CoreSession;
  readonly log: vscode.LogOutputChannel;
  readonly pages: OpenPages;
  readonly annotations: AnnotationStores;
  readonly busy: BusySign;
  /** Does what a page wants done for the core at `uri`. */
  act(uri: vscode.Uri, action: HostAction): void;
}

/** What a page asks is of its core, or of its core beside another. */
function answered<N extends QuestionName<CoreLine>>(
  core: OpenedCore,
  other: OtherCore,
  name: N,
  params: QuestionParams<CoreLine, N>,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<QuestionAnswer<CoreLine, N>> {
  // Names and parameters are paired; that the type of one follows from the other is lost on the way.
  const question = { name, params } as Question;
  const answer: Promise<unknown> =
    question.name === 'compareCores'
      ? other.compare(core, question.params, signal)
      : core.ask(question.name, question.params, signal, progress);
  return answer as Promise<QuestionAnswer<CoreLine, N>>;
}

type Question = {
  readonly [N in QuestionName<CoreLine>]: { readonly name: N; readonly params: QuestionParams<CoreLine, N> };
}[QuestionName<CoreLine>];

async function offerReload(uri: vscode.Uri, reload: () => void): Promise<void> {
  const again = 'Reload';
  const chosen = await vscode.window.showInformationMessage(`${basename(uri.path)} was replaced on disk.`, again);
  if (chosen === again) reload();
}
