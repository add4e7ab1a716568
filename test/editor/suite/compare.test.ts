import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, viewTypeOf, workspaceFile } from './tabs.js';

describe('comparing two cores', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  const [left, right] = [() => workspaceFile('null-deep/null-deep.core'), () => workspaceFile('core.4712')];
  before(async () => {
    await vscode.workspace.fs.copy(left(), right(), { overwrite: true });
  });

  it('is a matter of the page of the first', async () => {
    await vscode.commands.executeCommand('redzone.compareSelected', left(), [left(), right()]);
    assert.match(await eventually('the page', () => viewTypeOf(left())), /^redzone\.core/);
  });

  it('shows them as text, by frame, without addresses of pointers', async () => {
    await vscode.commands.executeCommand('redzone.compareAsText', left(), [left(), right()]);
    const input = await eventually('the comparison', () => {
      const active = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return active instanceof vscode.TabInputTextDiff ? active : undefined;
    });
    const [one, other] = await Promise.all(
      [input.original, input.modified].map((uri) => vscode.workspace.openTextDocument(uri)),
    );
    assert.match(one?.getText() ?? '', /^VERDICT /);
    assert.match(one?.getText() ?? '', /^FRAME read_id/m);
    // The same crash under two names: nothing differs.
    assert.equal(one?.getText(), other?.getText());
  });
});

describe('places of a core', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('are opened from notes, with the core', async () => {
    const core = workspaceFile('null-deep/null-deep.core');
    await vscode.commands.executeCommand('redzone.showAnnotation', core, { frame: 2, tid: 1, pc: '0x0' });
    const tab = await eventually('the page', () => {
      const active = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return active instanceof vscode.TabInputCustom ? active : undefined;
    });
    assert.equal(tab.uri.toString(), core.toString());
  });
});
