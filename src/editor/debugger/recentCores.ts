import { basename } from 'node:path';
import * as vscode from 'vscode';
import { findCores } from '../pickCore.js';

const SHOWN = 10;

/** Configurations for the cores of a folder, the newest first: what the list of dynamic configurations offers. */
export async function recentCores(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
  const found = (await findCores()).cores.filter((uri) => {
    return folder === undefined || vscode.workspace.getWorkspaceFolder(uri) === folder;
  });
  const dated = await Promise.all(found.map(async (uri) => ({ uri, time: await modified(uri) })));
  return dated
    .sort((a, b) => b.time - a.time)
    .slice(0, SHOWN)
    .map(({ uri }) => ({
      type: 'redzone',
      request: 'launch',
      name: `${basename(uri.fsPath)} (${vscode.workspace.asRelativePath(uri)})`,
      core: uri.fsPath,
    }));
}

/** Milliseconds since 1970; 0 for a file that is gone. */
async function modified(uri: vscode.Uri): Promise<number> {
  try {
    return (await vscode.workspace.fs.stat(uri)).mtime;
  } catch {
    return 0;
  }
}
