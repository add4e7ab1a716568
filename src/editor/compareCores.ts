import { basename } from 'node:path';
import * as vscode from 'vscode';
import { corePath } from './corePlace.js';
import { comparableText } from '../session/compare/comparableText.js';
import type { CoreSession } from '../session/coreSession.js';
import { pickCore } from './pickCore.js';
import { openOptions } from './settings.js';

/** Scheme of the read-only documents in which two cores are compared. */
const COMPARE_SCHEME = 'redzone-compare';

/** Compares two cores in the editor's own comparison: by frame, and by place in it. */
export function registerCompare(session: CoreSession): vscode.Disposable {
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
    vscode.commands.registerCommand('redzone.compareSelected', async (first?: unknown, selected?: unknown) => {
      const chosen = (Array.isArray(selected) ? selected : [first]).filter((uri) => uri instanceof vscode.Uri);
      const left = chosen[0] ?? (await pickCore());
      const right = left && (chosen[1] ?? (await pickCore()));
      if (!left || !right) return;
      const title = `${basename(left.path)} ↔ ${basename(right.path)}`;
      await vscode.commands.executeCommand('vscode.diff', comparable(left), comparable(right), title);
    }),
  );
}

/** The name ends so that its language follows from it. */
function comparable(core: vscode.Uri): vscode.Uri {
  return core.with({ scheme: COMPARE_SCHEME, path: `${core.path}.redzone-report`, query: core.toString() });
}
