import * as vscode from 'vscode';
import type { OpenOptions } from '../session/coreSession.js';

/** Where the settings say binaries and debug files lie, for a core at `uri`. */
export function openOptions(uri: vscode.Uri): OpenOptions {
  const settings = vscode.workspace.getConfiguration('redzone', uri);
  const sysroot = settings.get<string>('sysroot', '');
  const debugDirs = settings.get<readonly string[]>('debugDirs', []);
  return {
    ...(sysroot === '' ? {} : { sysroot }),
    ...(debugDirs.length === 0 ? {} : { debugDirs }),
  };
}
