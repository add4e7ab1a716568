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
  return kind === ADDRESS ? askAddress() : undefined;
}

/** Asks for an address on a server; `undefined` when none was given. */
export async function askAddress(): Promise<string | undefined> {
  const address = await vscode.window.showInputBox({
    prompt: "Credentials are taken from where each provider's own tools take them.",
    placeHolder: 's3://bucket/..., gs://..., az://container/..., https://...',
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^(https?|s3|gs|az):\/\/[^/]+/i.test(text.trim()) ? undefined : 'An address of s3:, gs:, az:, http: or https:',
  });
  return address?.trim();
}
