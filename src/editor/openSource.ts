import { basename } from 'node:path';
import * as vscode from 'vscode';

/** Opens a source file of the build machine beside the page, its line selected: at its own path, or where the workspace has it. */
export async function openSource(file: string, line: number): Promise<void> {
  const uri = await findSource(file);
  if (!uri) throw new Error(`${file} is not on this machine and not in this workspace.`);
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(uri, {
    viewColumn: vscode.ViewColumn.Beside,
    preview: true,
    selection: new vscode.Range(at, at.translate(1)),
  });
}

async function findSource(file: string): Promise<vscode.Uri | undefined> {
  const own = vscode.Uri.file(file);
  if (await exists(own)) return own;
  const candidates = await vscode.workspace.findFiles(`**/${globLiteral(basename(file))}`, undefined, 50);
  // The one that shares the longest end of the path.
  const [best] = candidates
    .map((uri) => ({ uri, shared: sharedTail(uri.path, file) }))
    .sort((a, b) => b.shared - a.shared);
  return best?.uri;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type !== vscode.FileType.Directory;
  } catch {
    return false;
  }
}

/** How many trailing parts two paths have in common. */
function sharedTail(a: string, b: string): number {
  const [partsA, partsB] = [a.split('/').reverse(), b.split('/').reverse()];
  const differing = partsA.findIndex((part, index) => part !== partsB[index]);
  return differing < 0 ? partsA.length : differing;
}

/** The name comes from a core: its wildcards are letters. */
function globLiteral(text: string): string {
  return text.replace(/[[\]{}*?]/g, (character) => `[${character}]`);
}
