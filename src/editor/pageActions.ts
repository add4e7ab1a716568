import * as vscode from 'vscode';
import type { PageAction } from '../shared/protocol.js';
import { debugCore, showTextReport } from './commands.js';
import { openSource } from './openSource.js';

/** Does what a page wants done, and says so when it cannot be. */
export function pageActions(log: vscode.LogOutputChannel): (uri: vscode.Uri, action: ActionOfHost) => void {
  return (uri, action) => {
    perform(uri, action).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      log.error(`${action.kind}: ${message}`);
      void vscode.window.showErrorMessage(message);
    });
  };
}

/** Reloading is the page's own affair. */
type ActionOfHost = Exclude<PageAction, { kind: 'reload' }>;

async function perform(uri: vscode.Uri, action: ActionOfHost): Promise<void> {
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
      await openSource(action.file, action.line);
  }
}
