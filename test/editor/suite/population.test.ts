import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { sampleFleet } from '../../webview/population/sampleFleet.js';
import { sampleRows } from '../../webview/population/sampleRows.js';
import { eventually, openedAs, viewTypeOf, workspaceFile } from './tabs.js';

const TABLE = 'dataset/crashes.cores.ndjson';

describe('tables of crashes', () => {
  before(async () => {
    await vscode.workspace.fs.writeFile(workspaceFile(TABLE), new TextEncoder().encode(sampleRows(sampleFleet(200))));
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('open as text unless the page is asked for', async () => {
    assert.equal(await openedAs(workspaceFile(TABLE)), 'text');
  });

  it('show their page on request', async () => {
    await vscode.commands.executeCommand('redzone.showPopulation', workspaceFile(TABLE));
    assert.equal(await eventually('the page', () => viewTypeOf(workspaceFile(TABLE))), 'redzone.population');
  });

  it('show the page of the folder they lie in, once', async () => {
    await vscode.commands.executeCommand('redzone.showPopulation', workspaceFile('dataset'));
    await vscode.commands.executeCommand('redzone.showPopulation', workspaceFile('dataset'));
    const pages = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(
          ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('redzone.population'),
        );
    await eventually('the page', () => pages()[0]);
    assert.deepEqual(
      pages().map(({ label }) => label),
      ['Population: dataset'],
    );
  });
});
