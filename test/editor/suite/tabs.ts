import * as vscode from 'vscode';

/** Polls until `probe` answers something other than undefined. The editor has no event for most of what tests wait for. */
export async function eventually<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The folder the tests run in. */
export function workspaceFile(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('No folder is open.');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Opens a file the way a click in the explorer does and says what it opened in: a custom editor's view type, or `text`. */
export async function openedAs(uri: vscode.Uri): Promise<string> {
  await vscode.commands.executeCommand('vscode.open', uri);
  return eventually(`a tab with ${uri.path}`, () => viewTypeOf(uri));
}

/** What the active tab shows `uri` in, if it shows it. */
export function viewTypeOf(uri: vscode.Uri): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString()) return input.viewType;
  if (input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()) return 'text';
  if (input instanceof vscode.TabInputTextDiff && input.modified.toString() === uri.toString()) return 'diff';
  return undefined;
}
