import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** A folder that nobody has trusted, with settings of its own that say where binaries lie. */
describe('a core in a workspace that is not trusted', () => {
  let workbench: Workbench;
  let folder: string;
  pictureFailures(() => workbench);

  beforeAll(async () => {
    const samples = await prepareWorkspace();
    folder = mkdtempSync(path.join(tmpdir(), 'redzone-untrusted-'));
    copyFileSync(path.join(samples, 'null-deep', 'null-deep.core'), path.join(folder, 'crash.core'));
    mkdirSync(path.join(folder, '.vscode'));
    const settings = { 'redzone.sysroot': path.join(samples, 'sysroot') };
    writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify(settings));
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: inCheckout(),
      workspaceTrust: true,
    });
    await workbench.openFile('crash.core');
  });

  afterAll(async () => {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const frames = () => workbench.webview.getByRole('listbox', { name: 'Call stack' });

  it('is judged, without the files that the workspace points to', async () => {
    await workbench.webview.getByTestId('verdict').waitFor();
    await frames().locator('.frame-row').first().waitFor();
    expect(await frames().innerText()).not.toContain('read_id');
    await workbench.screenshot('untrusted');
  });

  it('is read with them once the workspace is trusted', async () => {
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.locator('.workspace-trust-editor').getByText('Trust', { exact: true }).click();
    await workbench.openFile('crash.core');
    await frames().locator('.frame-row', { hasText: 'read_id' }).waitFor();
  });
});
