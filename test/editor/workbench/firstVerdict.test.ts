import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { inflatedCore, writeSparseFile } from '../../writers/sparseCore.js';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

const GIB = 2 ** 30;
/** Milliseconds from the open command to the verdict. */
const LIMIT = 1000;

/** From the open command to the verdict on the page, for a core of 10 GiB that lies sparse on the disk. */
describe('the first verdict of a 10 GiB core', () => {
  let workbench: Workbench;
  let big: string;

  beforeAll(async () => {
    const folder = await prepareWorkspace();
    big = path.join(folder, 'big.core');
    const sparse = inflatedCore(
      new Uint8Array(readFileSync(path.join(folder, 'null-deep', 'null-deep.core'))),
      5 * GIB,
    );
    writeSparseFile(big, sparse);
    expect(sparse.size).toBeGreaterThan(10 * GIB);
    workbench = await openWorkbench({ folder, extensionDevelopmentPath: inCheckout() });
  });

  afterAll(async () => {
    await workbench.close();
    rmSync(big, { force: true });
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

  it('comes within a second, the host warm', async () => {
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
});
