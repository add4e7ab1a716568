import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { FaultyServer } from '../../remote/faultyServer.js';
import { eventually, viewTypeOf, workspaceFile } from './tabs.js';

describe('a core on a server', () => {
  let server: FaultyServer;
  before(async () => {
    server = await FaultyServer.start();
    const bytes = await vscode.workspace.fs.readFile(workspaceFile('null-deep/null-deep.core'));
    server.files.set('/cores/null-deep.core', { bytes, etag: '"one"' });
  });
  after(() => server.stop());
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('is opened by its address, and read in parts', async () => {
    const address = `${server.origin}/cores/null-deep.core`;
    await vscode.commands.executeCommand('redzone.openAddress', address);
    const shown = await eventually('the page', () => viewTypeOf(vscode.Uri.parse(address, true)));
    assert.match(shown, /^redzone\.core/);
    // The page asks as soon as it is there.
    await eventually('a question', () => (server.seen.some(({ range }) => range !== undefined) ? true : undefined));
  });

  it('gives its text report like any other', async () => {
    const core = vscode.Uri.parse(`${server.origin}/cores/null-deep.core`, true);
    await vscode.commands.executeCommand('redzone.showTextReport', core);
    const text = await eventually('the report', () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.languageId === 'redzone-report' ? document.getText() : undefined;
    });
    assert.match(text, /^VERDICT Null pointer dereference/m);
  });
});
