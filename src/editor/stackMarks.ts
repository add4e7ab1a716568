import { basename } from 'node:path';
import * as vscode from 'vscode';
import { corePath } from './corePlace.js';
import type { CoreSession } from '../session/coreSession.js';
import { SourceResolver } from '../session/sourceResolver.js';
import { openOptions } from './settings.js';
import type { WorkspaceSources } from './workspaceSources.js';

/** Frames whose lines are marked. */
const MOST_FRAMES = 64;

/** Marks, in the sources that are open, the lines that stand on the stack that is looked at. */
export class StackMarks implements vscode.Disposable {
  readonly #decoration = vscode.window.createTextEditorDecorationType({
    gutterIconPath: vscode.Uri.parse(`data:image/svg+xml;utf8,${encodeURIComponent(ICON)}`),
    gutterIconSize: '70%',
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.infoForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 3em' },
  });
  readonly #session: CoreSession;
  readonly #sources: WorkspaceSources;
  readonly #listening: vscode.Disposable;
  #lines: readonly StackLine[] = [];
  #run = 0;

  constructor(session: CoreSession, sources: WorkspaceSources) {
    this.#session = session;
    this.#sources = sources;
    this.#listening = vscode.Disposable.from(
      vscode.window.onDidChangeVisibleTextEditors(() => {
        void this.#mark();
      }),
      sources.onDidChange(() => {
        void this.#mark();
      }),
    );
  }

  /** A reader looks at a thread of a core. */
  async look(uri: vscode.Uri, tid: number): Promise<void> {
    const run = ++this.#run;
    const core = await this.#session.open(corePath(uri), openOptions(uri));
    try {
      const { items } = await core.ask('stack', { tid, from: 0, count: MOST_FRAMES });
      if (run !== this.#run) return;
      this.#lines = items.flatMap(({ file, line, function: name, frame }) =>
        file === undefined || line === undefined
          ? []
          : [{ file, line, text: `frame ${frame} of ${basename(uri.path)}`, name: name ?? '' }],
      );
    } finally {
      await core.close();
    }
    await this.#mark();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#decoration.dispose();
  }

  async #mark(): Promise<void> {
    const run = this.#run;
    const resolver = new SourceResolver(this.#sources.rules());
    const found = new Map<string, string | undefined>();
    for (const editor of vscode.window.visibleTextEditors) {
      const path = editor.document.uri.fsPath;
      const marks: vscode.DecorationOptions[] = [];
      for (const { file, line, text, name } of this.#lines) {
        // Nothing is looked for that cannot be this file.
        if (basename(file) !== basename(path)) continue;
        if (!found.has(file)) {
          const match = await resolver.resolve(file);
          found.set(file, match.kind === 'found' ? match.path : undefined);
        }
        if (found.get(file) !== path || line > editor.document.lineCount) continue;
        const at = editor.document.lineAt(Math.max(0, line - 1)).range;
        marks.push({ range: at, hoverMessage: `${text}: ${name}`, renderOptions: { after: { contentText: text } } });
      }
      if (run === this.#run) editor.setDecorations(this.#decoration, marks);
    }
  }
}

interface StackLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly name: string;
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M3 4h10M3 8h10M3 12h10" stroke="#3794ff" stroke-width="2" fill="none"/></svg>';
