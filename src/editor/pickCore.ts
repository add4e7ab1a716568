import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isNamedLikeCore } from '../session/coreNames.js';

/**
 * Asks for a core: those of the workspace by name first, then any file. Undefined when the asking was given up.
 *
 * @param beside the core that the asked one is to be compared with
 */
export async function pickCore(beside?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const { cores, isCut } = await findCores();
  const found = cores.filter((uri) => uri.toString() !== beside?.toString());
  if (found.length === 0) return browse();
  const browsing: vscode.QuickPickItem = {
    label: '$(folder-opened) Browse…',
    ...(isCut ? { description: 'not all cores of this workspace are listed' } : {}),
  };
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { uri?: vscode.Uri }>([...items, browsing], {
    placeHolder: beside === undefined ? 'Which core dump?' : `Compare ${basename(beside.path)} with which core dump?`,
  });
  if (chosen === undefined) return undefined;
  return chosen.uri ?? browse();
}

/** Files of the workspace that are called like cores, by name; of very many, some. */
export async function findCores(): Promise<{ readonly cores: readonly vscode.Uri[]; readonly isCut: boolean }> {
  const found = await vscode.workspace.findFiles('**/{core,core.[0-9]*,*.core,*.core.*}', '**/node_modules/**', MOST);
  const cores = found.filter(({ path }) => isNamedLikeCore(path)).sort((a, b) => a.path.localeCompare(b.path));
  return { cores, isCut: found.length === MOST };
}

/** Of more, the editor gives any so many. */
const MOST = 5000;

async function browse(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({ openLabel: 'Select Core Dump', canSelectMany: false });
  return chosen?.[0];
}
