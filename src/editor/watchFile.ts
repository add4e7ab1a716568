import * as vscode from 'vscode';

/** A core being written changes many times a second: told once it has been quiet for this long. */
const QUIET_MS = 1000;

/** Calls `onReplaced` after the file at `uri` was written or created anew. */
export function watchFile(uri: vscode.Uri, onReplaced: () => void): vscode.Disposable {
  // A pattern of the name itself would misread brackets in it.
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*'),
    false,
    false,
    true,
  );
  let timer: NodeJS.Timeout | undefined;
  const onEvent = (changed: vscode.Uri) => {
    if (changed.toString() !== uri.toString()) return;
    clearTimeout(timer);
    timer = setTimeout(onReplaced, QUIET_MS);
  };
  return vscode.Disposable.from(watcher, watcher.onDidChange(onEvent), watcher.onDidCreate(onEvent), {
    dispose: () => {
      clearTimeout(timer);
    },
  });
}
