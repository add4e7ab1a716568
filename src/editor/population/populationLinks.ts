import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { isFolder } from './populationDocument.js';
import type { PopulationPages } from './populationPages.js';

/** Opens the page of the data set that a link names, in the state it asks for; a file of this machine, or nothing. */
export async function followPopulationLink(query: URLSearchParams, pages: PopulationPages): Promise<void> {
  const path = query.get('dataset') ?? '';
  if (!isAbsolute(path)) {
    void vscode.window.showErrorMessage('This link names no data set of this machine.');
    return;
  }
  const dataset = vscode.Uri.file(path);
  await pages.open(dataset, isFolder(dataset), query.get('state') ?? undefined);
}
