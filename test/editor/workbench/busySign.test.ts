import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { inflatedCore, writeSparseFile } from '../../writers/sparseCore.js';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

const GIB = 2 ** 30;

/** Long work in the status bar: a search through 4 GiB takes its time on any machine. */
describe('the busy sign', () => {
  let workbench: Workbench;
  let big: string;

  beforeAll(async () => {
    const folder = await prepareWorkspace();
    big = path.join(folder, 'long.core');
    const sparse = inflatedCore(
      new Uint8Array(readFileSync(path.join(folder, 'null-deep', 'null-deep.core'))),
      2 * GIB,
    );
    writeSparseFile(big, sparse);
    workbench = await openWorkbench({ folder, extensionDevelopmentPath: inCheckout() });
    await workbench.openFile('long.core');
  });

  afterAll(async () => {
    await workbench.close();
    rmSync(big, { force: true });
  });

  it('turns while the core is searched, and is gone when the search was cancelled', async () => {
    const { page, webview } = workbench;
    await webview.getByTestId('verdict').getByRole('heading').waitFor();
    const sign = page.locator('.statusbar-item', { hasText: 'Redzone' }).locator('.codicon-sync');
    await sign.waitFor({ state: 'hidden' });
    await webview.getByRole('tab', { name: 'Search' }).click();
    const field = webview.getByRole('textbox', { name: 'What to search for' });
    await field.click();
    await page.keyboard.type('no such text in this core');
    await page.keyboard.press('Enter');
    await sign.waitFor();
    await workbench.screenshot('busy');
    await webview.getByRole('button', { name: 'Cancel' }).click();
    await sign.waitFor({ state: 'hidden' });
    expect(await webview.getByTestId('verdict').getByRole('heading').isVisible()).toBe(true);
  });
});
