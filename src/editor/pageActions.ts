import * as vscode from 'vscode';
import type { PageAction } from '../shared/protocol.js';
import { debugCore, showTextReport } from './commands.js';
import type { CoreSession } from '../session/coreSession.js';
import { openSource } from './openSource.js';
import { openOptions } from './settings.js';
import type { WorkspaceSources } from './workspaceSources.js';

/** Does what a page wants done, and says so when it cannot be. */
export function pageActions({
  log,
  session,
  sources,
}: PageActionParts): (uri: vscode.Uri, action: ActionOfHost) => void {
  return (uri, action) => {
    perform(session, sources, uri, action).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      log.error(`${action.kind}: ${message}`);
      void vscode.window.showErrorMessage(message);
    });
  };
}

/** Reloading is the page's own affair. */
type ActionOfHost = Exclude<PageAction, { kind: 'reload' }>;

interface PageActionParts {
  readonly log: vscode.LogOutputChannel;
  readonly session: CoreSession;
  readonly sources: WorkspaceSources;
}

async function perform(
  session: CoreSession,
  sources: WorkspaceSources,
  uri: vscode.Uri,
  action: ActionOfHost,
): Promise<void> {
  switch (action.kind) {
    case 'debug':
      await debugCore(uri);
      return;
    case 'textReport':
      await showTextReport(uri);
      return;
    case 'openAsText':
      await vscode.commands.executeCommand('vscode.openWith', uri, 'default');
      return;
    case 'copy':
      await vscode.env.clipboard.writeText(action.text);
      return;
    case 'openSource':
      await openSource(sources, action.file, action.line, await digestOf(session, uri, action.file));
  }
}

/** MD5 of the text that was compiled, where the core's debug information has it. */
async function digestOf(session: CoreSession, uri: vscode.Uri, file: string): Promise<string | undefined> {
  const core = await session.open(uri.fsPath, openOptions(uri));
  try {
    return (await core.ask('sourceDigest', { file })).md5;
  } finally {
    await core.close();
  }
}
