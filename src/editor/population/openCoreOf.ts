import { existsSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isRemoteAddress } from '../../session/remote/remoteAddress.js';
import { coreUri } from '../corePlace.js';
import { coreViewType } from '../coreViewType.js';

/**
 * Opens the core that a row of a data set names. Rows name cores as the command line did that labelled them, so a relative name is
 * looked for from the data set's folder up to the root, and in the workspace's folders. Throws a sentence where it is nowhere.
 */
export async function openCoreOf(dataset: vscode.Uri, source: string): Promise<void> {
  if (isRemoteAddress(source)) return open(coreUri(source));
  const found = candidates(dataset.fsPath, source).find((path) => existsSync(path));
  if (found === undefined)
    throw new Error(
      isAbsolute(source)
        ? `${source} is not on this machine (any more).`
        : `${source} was not found: neither from the folder of the data set upwards nor in the workspace.`,
    );
  await open(vscode.Uri.file(found));
}

async function open(uri: vscode.Uri): Promise<void> {
  await vscode.commands.executeCommand('vscode.openWith', uri, coreViewType(uri));
}

function candidates(dataset: string, source: string): string[] {
  if (isAbsolute(source)) return [source];
  const folders = [dataset];
  for (let folder = dirname(dataset); folder !== folders[folders.length - 1]; folder = dirname(folder))
    folders.push(folder);
  const workspace = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  return [...folders, ...workspace].map((folder) => resolve(folder, source));
}
