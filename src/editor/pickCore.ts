import { basename } from 'node:path';
import * as vscode from 'vscode';

/**
 * Asks for a core: those of the workspace by name first, then any file. Undefined when the asking was given up.
 *
 * @param beside the core that the asked one is to be compared with
 */
export async function pickCore(beside?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const found = (await findCores()).filter((uri) => uri.toString() !== beside?.toString());
  if (found.length === 0) return browse();
  const browsing: vscode.QuickPickItem = { label: '$(folder-opened) Browse…' };
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { uri?: vscode.Uri }>([...items, browsing], {
    placeHolder: beside === undefined ? 'Which core dump?' : `Compare ${basename(beside.path)} with which core dump?`,
  });
  if (chosen === undefined) return undefined;
  return chosen.uri ?? browse();
}

/** Files of the workspace that are called like cores. */
export function findCores(): Thenable<readonly vscode.Uri[]> {
  return vscode.workspace.findFiles('**/{core,core.[0-9]*,*.core,*.core.*}', '**/node_modules/**', MOST);
}

const MOST = 100;

async function browse(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({ openLabel: 'Select Core Dump', canSelectMany: false });
  return chosen?.[0];
}
