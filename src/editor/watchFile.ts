import * as vscode from 'vscode';

/** A core being written changes many times a second: told once it has been quiet for this long. */
const QUIET_MS = 1000;

/** Calls `onReplaced` after the file at `uri` was written or created anew; with `deleted`, after it went away too. */
export function watchFile(
  uri: vscode.Uri,
  onReplaced: () => void,
  { quietMs = QUIET_MS, deleted = false }: { readonly quietMs?: number; readonly deleted?: boolean } = {},
): vscode.Disposable {
  // A pattern of the name itself would misread brackets in it.
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*'),
    false,
    false,
    !deleted,
  );
  let timer: NodeJS.Timeout | undefined;
  const onEvent = (changed: vscode.Uri) => {
    if (changed.toString() !== uri.toString()) return;
    clearTimeout(timer);
    timer = setTimeout(onReplaced, quietMs);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidChange(onEvent),
    watcher.onDidCreate(onEvent),
    watcher.onDidDelete(onEvent),
    {
      dispose: () => {
        clearTimeout(timer);
      },
    },
  );
}
