import * as vscode from 'vscode';
import type { PageMessenger } from './messenger.js';

/** The core pages that are open now: which core is looked at, and how to speak to the pages of one. */
export class OpenPages {
  readonly #pages = new Set<OpenPage>();

  /** Adds a page until the result is disposed of. */
  add(uri: vscode.Uri, panel: vscode.WebviewPanel, messenger: PageMessenger): vscode.Disposable {
    const page = { uri, panel, messenger };
    this.#pages.add(page);
    return new vscode.Disposable(() => this.#pages.delete(page));
  }

  /** The core of the page that has the focus. */
  active(): vscode.Uri | undefined {
    for (const page of this.#pages) if (page.panel.active) return page.uri;
    return undefined;
  }

  /** Every page that shows the core at `path`. */
  of(path: string): readonly PageMessenger[] {
    return [...this.#pages].filter((page) => page.uri.fsPath === path).map((page) => page.messenger);
  }
}

interface OpenPage {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  readonly messenger: PageMessenger;
}
