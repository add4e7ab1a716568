import { basename } from 'node:path';
import * as vscode from 'vscode';
import { comparableText } from '../../session/compare/comparableText.js';
import type { CoreSession } from '../../session/coreSession.js';
import { corePath } from '../corePlace.js';
import type { OpenPages } from '../openPages.js';
import { pickCore } from '../pickCore.js';
import { openOptions } from '../settings.js';

/** Scheme of the read-only documents in which two cores are compared. */
const COMPARE_SCHEME = 'redzone-compare';

/** Compares two cores: on the page of the first, and as text in the editor's own comparison. Either is by frame, and by place in it. */
export function registerCompare(session: CoreSession, pages: OpenPages): vscode.Disposable {
  const onTwo = (command: string, run: (left: vscode.Uri, right: vscode.Uri) => Thenable<unknown>) =>
    vscode.commands.registerCommand(command, async (first?: unknown, selected?: unknown) => {
      const chosen = (Array.isArray(selected) ? selected : [first]).filter((uri) => uri instanceof vscode.Uri);
      const left = chosen[0] ?? pages.active() ?? (await pickCore());
      const right = left && (chosen[1] ?? (await pickCore(left)));
      if (left && right) await run(left, right);
    });
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(COMPARE_SCHEME, {
      provideTextDocumentContent: async (uri, token) => {
        const given = new AbortController();
        const cancelling = token.onCancellationRequested(() => {
          given.abort();
        });
        const core = vscode.Uri.parse(uri.query, true);
        const opened = await session.open(corePath(core), openOptions(core));
        try {
          return await comparableText(opened, given.signal);
        } finally {
          cancelling.dispose();
          await opened.close();
        }
      },
    }),
    onTwo('redzone.compareSelected', (left, right) => pages.show(left, { beside: right.toString() })),
    onTwo('redzone.compareAsText', (left, right) => {
      const title = `${basename(left.path)} ↔ ${basename(right.path)}`;
      return vscode.commands.executeCommand('vscode.diff', comparable(left), comparable(right), title);
    }),
  );
}

/** The name ends so that its language follows from it. */
function comparable(core: vscode.Uri): vscode.Uri {
  return core.with({ scheme: COMPARE_SCHEME, path: `${core.path}.redzone-report`, query: core.toString() });
}
