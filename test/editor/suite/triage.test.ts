import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, workspaceFile } from './tabs.js';

interface Result {
  readonly file: string;
  readonly rows: number;
  readonly problems: readonly string[];
}

describe('triage of a folder', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('opens a file with one row for each core', async () => {
    const result = await vscode.commands.executeCommand<Result>('redzone.triageFolder', workspaceFile('null-deep'));
    assert.equal(result.rows, 1);
    const shown = await eventually('the result', () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.fsPath === result.file ? editor : undefined;
    });
    const row = JSON.parse(shown.document.getText()) as { kind: string; source: string };
    assert.equal(row.kind, 'null-dereference');
    assert.equal(row.source, workspaceFile('null-deep/null-deep.core').fsPath);
  });

  it('says what is wrong with an address', async () => {
    const result = await vscode.commands.executeCommand<Result>('redzone.triageFolder', 'az://no/');
    assert.equal(result.rows, 0);
    assert.match(result.problems[0] ?? '', /^az:\/\/no\/: the storage account is not known/);
  });
});
