import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { PROTOCOL_VERSION } from '../../shared/protocol.js';
import type { PopulationAction, PopulationLine, PopulationQueries } from '../../shared/populationPage.js';
import { PageMessenger } from '../messenger.js';
import { pageHtml } from '../pageHtml.js';
import { duckdbFolders } from '../settings.js';
import { openCoreOf } from './openCoreOf.js';
import { populationLink } from './populationLink.js';
import { PopulationDocument } from './populationDocument.js';

/** The view type of the population page: as a custom editor of a file, and as a panel of a folder. */
export const POPULATION_VIEW = 'redzone.population';

/** What the pages need from outside. */
export interface PopulationPagesParts {
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  /** The bundle of the worker that reads data sets. */
  readonly workerScript: string;
  /** The bundle of the process that asks DuckDB. */
  readonly queryScript: string;
}

/** Shows data sets on the population page: files as a custom editor that is offered, folders by command. */
export class PopulationPages implements vscode.CustomReadonlyEditorProvider<PopulationDocument> {
  readonly #parts: PopulationPagesParts;
  readonly #open = new Set<OpenPage>();
  /** What a link asked for, until the page it opens says hello. */
  readonly #wanted = new Map<string, string>();

  constructor(parts: PopulationPagesParts) {
    this.#parts = parts;
  }

  openCustomDocument(uri: vscode.Uri): PopulationDocument {
    return new PopulationDocument(uri, this.#parts.workerScript);
  }

  resolveCustomEditor(document: PopulationDocument, panel: vscode.WebviewPanel): void {
    this.#show(document, panel);
  }

  /** Shows a data set, a file or a folder, in the state of a link where there is one. */
  async open(uri: vscode.Uri, folder: boolean, state?: string): Promise<void> {
    const shown = [...this.#open].find((page) => page.document.uri.toString() === uri.toString());
    if (shown) {
      shown.panel.reveal();
      if (state !== undefined) shown.messenger.send({ type: 'show', state });
      return;
    }
    if (state !== undefined) this.#wanted.set(uri.toString(), state);
    if (!folder) {
      await vscode.commands.executeCommand('vscode.openWith', uri, POPULATION_VIEW);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      POPULATION_VIEW,
      `Population: ${basename(uri.fsPath)}`,
      vscode.ViewColumn.Active,
      { retainContextWhenHidden: true },
    );
    const document = this.openCustomDocument(uri);
    panel.onDidDispose(() => {
      document.dispose();
    });
    this.#show(document, panel);
  }

  #show(document: PopulationDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const folder = vscode.Uri.joinPath(this.#parts.extensionUri, 'dist', 'webview');
    webview.options = { enableScripts: true, localResourceRoots: [folder] };
    const answers: Answers = {
      pack: ({ from, length }) => document.piece(from, length),
      sql: ({ sql }, signal) =>
        document.sql(sql, { script: this.#parts.queryScript, packages: duckdbFolders(), signal }),
    };
    const messenger = new PageMessenger<PopulationLine>(webview, {
      hello: () => {
        const key = document.uri.toString();
        const state = this.#wanted.get(key);
        this.#wanted.delete(key);
        messenger.send({
          type: 'ready',
          version: PROTOCOL_VERSION,
          dataset: vscode.workspace.asRelativePath(document.uri),
          ...(state === undefined ? {} : { state }),
        });
        document.read().then(
          ({ problems }) => {
            for (const problem of problems) this.#parts.log.warn(problem);
          },
          () => undefined,
        );
      },
      ask: (name, params, signal) => answers[name](params, signal),
      do: (action) => {
        if (action.kind === 'reload') {
          document.reset();
          messenger.send({ type: 'reopened', reason: 'reloaded' });
        } else
          perform(document, action).catch((error: unknown) => {
            const message = error instanceof Error ? error.message : String(error);
            this.#parts.log.error(`${action.kind}: ${message}`);
            void vscode.window.showErrorMessage(message);
          });
      },
    });
    const page = { document, panel, messenger };
    this.#open.add(page);
    panel.onDidDispose(() => {
      this.#open.delete(page);
      messenger.dispose();
    });
    webview.html = pageHtml({
      title: 'Population',
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'population.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'population.css')).toString(),
      nonce: randomBytes(16).toString('hex'),
      styleNonce: randomBytes(16).toString('hex'),
    });
  }
}

type Answers = {
  readonly [N in keyof PopulationQueries]: (
    params: PopulationQueries[N]['params'],
    signal: AbortSignal,
  ) => Promise<PopulationQueries[N]['answer']>;
};

interface OpenPage {
  readonly document: PopulationDocument;
  readonly panel: vscode.WebviewPanel;
  readonly messenger: PageMessenger<PopulationLine>;
}

async function perform(
  document: PopulationDocument,
  action: Exclude<PopulationAction, { kind: 'reload' }>,
): Promise<void> {
  switch (action.kind) {
    case 'openCore':
      await openCoreOf(document.uri, action.source);
      return;
    case 'copy':
      await vscode.env.clipboard.writeText(action.text);
      return;
    case 'copyLink':
      await vscode.env.clipboard.writeText(populationLink(document.uri, action.state));
      return;
    case 'openAsText':
      await vscode.commands.executeCommand('vscode.openWith', document.uri, 'default');
  }
}
