import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, openedAs, viewTypeOf, workspaceFile } from './tabs.js';

const CORE = 'null-deep/null-deep.core';

describe('opening files', () => {
  before(async () => {
    // A copy under a name that the extension offers itself for, but does not take.
    await vscode.workspace.fs.copy(workspaceFile(CORE), workspaceFile('core'), { overwrite: true });
    await vscode.workspace.fs.copy(workspaceFile(CORE), workspaceFile('core.4711'), { overwrite: true });
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  for (const name of [CORE, 'core.4711', 'notes.core', 'empty.core']) {
    it(`opens ${name} in the core editor`, async () => {
      assert.equal(await openedAs(workspaceFile(name)), 'redzone.core');
    });
  }

  for (const name of ['core.js', 'core.md', 'core.py']) {
    it(`leaves ${name} a text file`, async () => {
      assert.equal(await openedAs(workspaceFile(name)), 'text');
    });
  }

  it('shows the difference of two files named core.* as text', async () => {
    const changed = workspaceFile('core.md');
    await vscode.commands.executeCommand('vscode.diff', workspaceFile('core.js'), changed);
    assert.equal(await eventually('the diff', () => viewTypeOf(changed)), 'diff');
  });

  it('offers itself for a file called core', async () => {
    const core = workspaceFile('core');
    await vscode.commands.executeCommand('vscode.openWith', core, 'redzone.coreOptional');
    assert.equal(await eventually('the core editor', () => viewTypeOf(core)), 'redzone.coreOptional');
  });

  it('opens a core by command in the editor that it opens in by itself, which is one tab', async () => {
    const core = workspaceFile(CORE);
    assert.equal(await openedAs(core), 'redzone.core');
    await vscode.commands.executeCommand('redzone.openAsCore', core);
    await vscode.commands.executeCommand('redzone.showAnnotation', core, { frame: 2, tid: 1, pc: '0x0' });
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    assert.deepEqual(
      tabs.map(({ input }) => (input instanceof vscode.TabInputCustom ? input.viewType : input)),
      ['redzone.core'],
    );
  });

  it('opens any file as a core on request', async () => {
    const core = workspaceFile('core');
    await vscode.commands.executeCommand('redzone.openAsCore', core);
    assert.match(await eventually('the core editor', () => viewTypeOf(core)), /^redzone\.core/);
  });
});
