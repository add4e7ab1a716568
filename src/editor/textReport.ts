import * as vscode from 'vscode';
import { corePath } from './corePlace.js';
import type { CoreSession } from '../session/coreSession.js';
import { openWatched } from './openWatched.js';
import { openOptions } from './settings.js';

/** Scheme of the read-only documents that hold a core's text report. */
export const REPORT_SCHEME = 'redzone-report';

/** Where the text report of a core is found. The name ends so that its language follows from it. */
export function reportUri(core: vscode.Uri): vscode.Uri {
  return core.with({ scheme: REPORT_SCHEME, path: `${core.path}.redzone-report`, query: core.toString() });
}

/** Gives the text reports. */
export class TextReportProvider implements vscode.TextDocumentContentProvider {
  readonly #session: CoreSession;

  constructor(session: CoreSession) {
    this.#session = session;
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const core = vscode.Uri.parse(uri.query, true);
    const given = new AbortController();
    const cancelling = token.onCancellationRequested(() => {
      given.abort();
    });
    const opened = await openWatched(this.#session, corePath(core), openOptions(core));
    try {
      return (await opened.ask('text', {}, given.signal)).text;
    } finally {
      cancelling.dispose();
      await opened.close();
    }
  }
}
