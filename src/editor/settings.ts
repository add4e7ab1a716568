import * as vscode from 'vscode';
import type { OpenOptions } from '../session/coreSession.js';

/** Where the settings say binaries and debug files lie, for a core at `uri`. */
export function openOptions(uri: vscode.Uri): OpenOptions {
  const settings = vscode.workspace.getConfiguration('redzone', uri);
  const sysroot = settings.get<string>('sysroot', '');
  const debugDirs = settings.get<readonly string[]>('debugDirs', []);
  const debuginfod = settings.get<readonly string[]>('debuginfod', []);
  const annotations = annotationFolder(uri);
  return {
    ...(sysroot === '' ? {} : { sysroot }),
    ...(debugDirs.length === 0 ? {} : { debugDirs }),
    ...(annotations === undefined ? {} : { annotationFolder: annotations }),
    ...(debuginfod.length === 0 ? {} : { debuginfod }),
  };
}

/** The name under which the user wants notes kept; empty where none is set. */
export function annotationAuthor(uri: vscode.Uri): string {
  return vscode.workspace.getConfiguration('redzone', uri).get<string>('author', '');
}

/** Where annotations go when the folder of the core cannot be written. */
export function annotationFolder(uri: vscode.Uri): string | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.scheme === 'file' ? vscode.Uri.joinPath(folder.uri, '.redzone').fsPath : undefined;
}

/** Where DuckDB's package is installed: code runs from there, so that a workspace has no say in it. */
export function duckdbFolders(): readonly string[] {
  const folder = vscode.workspace.getConfiguration('redzone').get<string>('duckdb', '');
  return [folder, process.env['REDZONE_DUCKDB'] ?? ''].filter((one) => one !== '');
}
