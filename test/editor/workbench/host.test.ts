import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';

/**
 * The host itself, on an extension that does next to nothing: when this fails, look at the host and not at Redzone; when it
 * passes and other editor tests fail, the other way round.
 */
let folder: string;
let workbench: Workbench;
pictureFailures(() => workbench);

const MANIFEST = {
  name: 'tiny',
  publisher: 'tests',
  version: '1.0.0',
  engines: { vscode: '^1.101.0' },
  main: './main.js',
  contributes: {
    customEditors: [{ viewType: 'tiny.editor', displayName: 'Tiny', selector: [{ filenamePattern: '*.tiny' }] }],
  },
};

const MAIN = `
const vscode = require('vscode');
exports.activate = (context) => {
  context.subscriptions.push(vscode.window.registerCustomEditorProvider('tiny.editor', {
    openCustomDocument: (uri) => ({ uri, dispose() {} }),
    resolveCustomEditor: (document, panel) => {
      panel.webview.html = '<html><body><h1 data-testid="title">' + document.uri.path + '</h1></body></html>';
    },
  }));
};`;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rz-tiny-'));
  const extension = path.join(folder, 'extension');
  const opened = path.join(folder, 'opened');
  for (const created of [extension, opened]) mkdirSync(created);
  writeFileSync(path.join(extension, 'package.json'), JSON.stringify(MANIFEST));
  writeFileSync(path.join(extension, 'main.js'), MAIN);
  writeFileSync(path.join(opened, 'one.tiny'), 'x');
  workbench = await openWorkbench({ folder: opened, extensionDevelopmentPath: extension });
});

afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

it('opens a custom editor and reaches into its page', async () => {
  await workbench.openFile('one.tiny');
  const title = workbench.webview.getByTestId('title');
  await title.waitFor();
  expect(await title.innerText()).toMatch(/opened\/one\.tiny$/);
});

it('keeps to this machine', () => {
  expect([...workbench.blocked]).toEqual([]);
});
