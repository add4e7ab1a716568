import { basename } from 'node:path';
import * as vscode from 'vscode';
import { coreViewType } from './coreViewType.js';
import { corePath, coreUri } from './corePlace.js';
import { askAddress } from './triage/pickPlace.js';
import type { OpenPages } from './openPages.js';
import { pickCore } from './pickCore.js';
import { reportUri } from './textReport.js';

/** Registers the commands. Each takes the core's place as its argument, or takes the page in front, or asks. */
export function registerCommands(pages: OpenPages): vscode.Disposable {
  const onCore = (command: string, run: (uri: vscode.Uri) => Thenable<unknown>) =>
    vscode.commands.registerCommand(command, async (given?: unknown) => {
      const uri = given instanceof vscode.Uri ? given : (pages.active() ?? (await pickCore()));
      if (uri) await run(uri);
    });
  return vscode.Disposable.from(
    vscode.commands.registerCommand('redzone.openAsCore', async (given?: unknown) => {
      // The page in front is a core already: from the palette, the file in the text editor in front is meant.
      const uri = given instanceof vscode.Uri ? given : (activeFile() ?? (await pickCore()));
      if (uri) await vscode.commands.executeCommand('vscode.openWith', uri, coreViewType(uri));
    }),
    vscode.commands.registerCommand('redzone.openAddress', async (given?: unknown) => {
      const address = typeof given === 'string' ? given : await askAddress();
      if (address === undefined) return;
      const uri = coreUri(address);
      await vscode.commands.executeCommand('vscode.openWith', uri, coreViewType(uri));
    }),
    onCore('redzone.debugCore', debugCore),
    onCore('redzone.showTextReport', showTextReport),
    vscode.commands.registerCommand('redzone.pickCore', async () => (await pickCore())?.fsPath),
  );
}

/** Starts a debug session on a core. */
export function debugCore(uri: vscode.Uri): Thenable<boolean> {
  return vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(uri), {
    type: 'redzone',
    request: 'launch',
    name: basename(uri.path),
    core: corePath(uri),
  });
}

/** Opens the text report of a core beside whatever is open. */
export async function showTextReport(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(reportUri(uri));
  await vscode.window.showTextDocument(document, { preview: true });
}

function activeFile(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}
