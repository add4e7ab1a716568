import * as vscode from 'vscode';

const EXTENSION = 'redzone.redzone';

/** A link that opens the page of a data set in the state that `state` describes, in the editor of whoever has the same file. */
export function populationLink(dataset: vscode.Uri, state: string): string {
  const query = new URLSearchParams({ dataset: dataset.fsPath, state });
  return `${vscode.env.uriScheme}://${EXTENSION}/population?${query.toString()}`;
}
