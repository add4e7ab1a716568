import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { inflatedCore, writeSparseFile } from '../../writers/sparseCore.js';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

const GIB = 2 ** 30;
/** Milliseconds from the open command to the verdict. */
const LIMIT = 1000;

/** Cores of gigabytes, which lie sparse on the disk: the first verdict does not wait for them, and long work shows. */
describe('cores of gigabytes', () => {
  let workbench: Workbench;
  let folder: string;
  pictureFailures(() => workbench);

  beforeAll(async () => {
    folder = await prepareWorkspace();
    const small = new Uint8Array(readFileSync(path.join(folder, 'null-deep', 'null-deep.core')));
    const big = inflatedCore(small, 5 * GIB);
    expect(big.size).toBeGreaterThan(10 * GIB);
    writeSparseFile(path.join(folder, 'big.core'), big);
    writeSparseFile(path.join(folder, 'long.core'), inflatedCore(small, 2 * GIB));
    workbench = await openWorkbench({ folder, extensionDevelopmentPath: inCheckout() });
  });

  afterAll(async () => {
    await workbench.close();
    for (const name of ['big.core', 'long.core']) rmSync(path.join(folder, name), { force: true });
  });

  const open = async (name: string): Promise<number> => {
    const { page } = workbench;
    await page.keyboard.press('Control+P');
    const input = page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor();
    await input.fill(name);
    // By click: Enter takes the row that has the focus, which for a moment is one of the list before.
    const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
    await row.waitFor();
    const start = Date.now();
    await row.click();
    await workbench.webview.getByTestId('verdict').getByRole('heading').waitFor();
    return Date.now() - start;
  };

  it('show their first verdict within a second, the host warm', async () => {
    const cold = await open('null-deep.core');
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      await workbench.runCommand('View: Close All Editors');
      await workbench.page.locator('iframe.webview').waitFor({ state: 'detached' });
      times.push(await open('big.core'));
    }
    const best = Math.min(...times);
    console.log(`first verdict: ${times.join(', ')} ms warm; ${cold} ms with the extension's activation, a small core`);
    // Activation, which is mostly the workbench's own work, tells how busy the machine is.
    expect(best).toBeLessThanOrEqual(Math.max(LIMIT, cold / 2));
  });

  it('turn the busy sign while they are searched, and not when the search was cancelled', async () => {
    const { page, webview } = workbench;
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('long.core');
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
