import * as vscode from 'vscode';
import type { WorkspaceSources } from './workspaceSources.js';

/**
 * Opens a source file of the build machine beside the page, its line selected.
 *
 * @param md5 of the text that was compiled
 */
export async function openSource(sources: WorkspaceSources, file: string, line: number, md5?: string): Promise<void> {
  const match = await sources.find(file, md5);
  if (match.kind === 'ambiguous') return;
  if (match.kind === 'missing') throw new Error(`${file} is not on this machine and not in this workspace.`);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(match.path), {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    selection: new vscode.Range(at, at.translate(1)),
  });
  if (match.changed === true)
    void vscode.window.showWarningMessage(`${match.path} is not the text that was compiled: the line may be another.`);
}
