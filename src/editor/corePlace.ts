import * as vscode from 'vscode';
import { isRemoteAddress } from '../session/remote/remoteAddress.js';

/** Where the session finds the core that the editor shows as `uri`: a path of this machine, or an address on a server. */
export function corePath(uri: vscode.Uri): string {
  const address = uri.toString(true);
  return isRemoteAddress(address) ? address : uri.fsPath;
}

/** What the editor shows a core by. */
export function coreUri(path: string): vscode.Uri {
  return isRemoteAddress(path) ? vscode.Uri.parse(path, true) : vscode.Uri.file(path);
}
