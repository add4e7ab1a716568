import * as vscode from 'vscode';
import { coreViewType } from './coreViewType.js';
import { corePath } from './corePlace.js';
import type { CorePlace } from '../shared/protocol.js';
import type { PageMessenger } from './messenger.js';

/** The core pages that are open now: which core is looked at, and how to speak to the pages of one. */
export class OpenPages {
  readonly #pages = new Set<OpenPage>();
  /** Places to be shown by pages that are only being opened, by the core's path. */
  readonly #awaited = new Map<string, CorePlace>();

  /** Adds a page until the result is disposed of. */
  add(uri: vscode.Uri, panel: vscode.WebviewPanel, messenger: PageMessenger): vscode.Disposable {
    const page = { uri, panel, messenger };
    this.#pages.add(page);
    return new vscode.Disposable(() => this.#pages.delete(page));
  }

  /** The core of the page that has the focus. */
  active(): vscode.Uri | undefined {
    return this.#inFront()?.uri;
  }

  /** How to speak to the page that has the focus. */
  activePage(): PageMessenger | undefined {
    return this.#inFront()?.messenger;
  }

  /** A panel in sight that shows the core at `uri`: the one that has the focus first. */
  panelInSight(uri: vscode.Uri): vscode.WebviewPanel | undefined {
    const panels = [...this.#pages].filter((page) => page.uri.toString() === uri.toString()).map(({ panel }) => panel);
    return panels.find(({ active }) => active) ?? panels.find(({ visible }) => visible);
  }

  /** Every page that shows the core at `path`. */
  of(path: string): readonly PageMessenger[] {
    return [...this.#pages].filter((page) => corePath(page.uri) === path).map((page) => page.messenger);
  }

  /** Opens a core, or brings its page to the front, and shows a place of it. */
  async show(uri: vscode.Uri, place: CorePlace): Promise<void> {
    const open = [...this.#pages].find((page) => page.uri.toString() === uri.toString());
    if (open) {
      open.panel.reveal();
      open.messenger.send({ type: 'reveal', place });
      return;
    }
    this.#awaited.set(uri.toString(), place);
    await vscode.commands.executeCommand('vscode.openWith', uri, coreViewType(uri));
  }

  /** What the page of `uri`, which says hello now, was opened to show; asked once. */
  awaited(uri: vscode.Uri): CorePlace | undefined {
    const place = this.#awaited.get(uri.toString());
    this.#awaited.delete(uri.toString());
    return place;
  }

  #inFront(): OpenPage | undefined {
    return [...this.#pages].find((page) => page.panel.active);
  }
}

interface OpenPage {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  readonly messenger: PageMessenger;
}
