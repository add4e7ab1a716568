import * as vscode from 'vscode';
import { isFolder } from './populationDocument.js';
import type { PopulationPages } from './populationPages.js';

/** Registers the command that shows a data set: the folder or file given, or one that is asked for. */
export function registerPopulationCommands(pages: PopulationPages): vscode.Disposable {
  return vscode.commands.registerCommand('redzone.showPopulation', async (given?: unknown) => {
    const uri = given instanceof vscode.Uri ? given : await pickDataset();
    if (uri) await pages.open(uri, isFolder(uri));
  });
}

async function pickDataset(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    openLabel: 'Show Population',
    canSelectFiles: true,
    canSelectFolders: true,
    canSelectMany: false,
  });
  return chosen?.[0];
}
