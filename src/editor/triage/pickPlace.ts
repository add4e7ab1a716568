import * as vscode from 'vscode';

const FOLDER = 'Folder...';
const ADDRESS = 'Bucket or address...';

/** Asks for a folder or an address; `undefined` when nothing was picked. */
export async function pickPlace(): Promise<string | undefined> {
  const kind = await vscode.window.showQuickPick([FOLDER, ADDRESS], { placeHolder: 'Where are the cores?' });
  if (kind === FOLDER) {
    const picked = await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: 'Triage',
    });
    return picked?.[0]?.fsPath;
  }
  if (kind !== ADDRESS) return undefined;
  const address = await vscode.window.showInputBox({
    prompt: "Credentials are taken from where each provider's own tools take them.",
    placeHolder: 's3://bucket/folder/, gs://..., az://container/..., https://...',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^(https?|s3|gs|az):\/\/[^/]+/i.test(text.trim()) ? undefined : 'An address of s3:, gs:, az:, http: or https:',
  });
  return address?.trim();
}
