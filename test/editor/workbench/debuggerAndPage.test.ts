import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** Longer than anything takes on a busy machine. */
const PATIENCE = 45_000;

/** One core on a page and in the debugger: whichever goes ahead, the other follows. Nothing here depends on who has the keyboard. */
describe('a core on a page and in the debugger', () => {
  let workbench: Workbench;
  let folder: string;
  let samples: string;
  pictureFailures(() => workbench);

  beforeAll(async () => {
    samples = await prepareWorkspace();
    folder = mkdtempSync(path.join(tmpdir(), 'redzone-both-'));
    copyFileSync(path.join(samples, 'null-deep', 'null-deep.core'), path.join(folder, 'both.core'));
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: inCheckout(),
      userSettings: { 'redzone.sysroot': path.join(samples, 'sysroot') },
      width: 1800,
      height: 1100,
    });
    await workbench.openFile('both.core');
    await workbench.webview.getByTestId('debug-button').click();
    await stack().filter({ hasText: 'read_id' }).first().waitFor();
    await workbench.page.locator('.tab.active', { hasText: 'read_id' }).waitFor();
    // The code beside the page, as somebody who reads both has it.
    await workbench.runCommand('View: Move Editor into Right Group');
    await workbench.webview.getByTestId('verdict').waitFor();
  }, 200_000);

  afterAll(async () => {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stack = () => workbench.page.locator('.debug-call-stack .monaco-list-row');
  /** The frame is chosen on the page, and its heading stands in sight in the stack. */
  const pageShows = async (name: string): Promise<void> => {
    const { webview } = workbench;
    await webview.locator('.frame-row.selected', { hasText: name }).waitFor();
    const heading = webview.locator('.stack-row.band-frame.selected', { hasText: name });
    const inSight = async (): Promise<boolean> => {
      if ((await heading.count()) === 0) return false;
      const [row, list] = await Promise.all([heading.boundingBox(), webview.locator('.stack-grid').boundingBox()]);
      return row !== null && list !== null && row.y >= list.y && row.y + row.height <= list.y + list.height;
    };
    await expect.poll(inSight, { timeout: PATIENCE }).toBe(true);
  };

  it('is shown on the page at the frame that the debugger steps to', async () => {
    await workbench.runCommand('Debug: Step Out');
    await pageShows('find_account');
    await workbench.runCommand('Debug: Continue');
    await pageShows('_start');
    await workbench.screenshot('page-follows-debugger');
  });

  it('and at the frame that is chosen in the call stack of the debugger', async () => {
    await workbench.runCommand('Debug: Step Into');
    await pageShows('__libc_start_main');
    await stack()
      .filter({ hasText: /^_start/ })
      .click();
    await pageShows('_start');
  });

  it('is shown in the debugger at the frame that is chosen on the page, and the page stays', async () => {
    for (const [name, position] of [
      ['handle_request', 5],
      ['check_limit', 3],
      ['serve', 6],
    ] as const) {
      await workbench.webview.locator('.frame-row', { hasText: name }).first().click();
      await workbench.page.locator('.call-stack-state-message', { hasText: `frame ${position} of 11` }).waitFor();
      await stack().filter({ hasText: name }).first().waitFor();
      await pageShows(name);
    }
    await workbench.screenshot('debugger-follows-page');
    expect(await workbench.webview.getByTestId('verdict').isVisible()).toBe(true);
  });

  it('is another on both after Restart, when the file was replaced', async () => {
    copyFileSync(path.join(samples, 'abort', 'abort.core'), path.join(folder, 'both.core'));
    await workbench.runCommand('Debug: Restart');
    await stack().filter({ hasText: 'give_up' }).first().waitFor();
    await expect.poll(() => stack().filter({ hasText: 'serve' }).count(), { timeout: PATIENCE }).toBe(0);
    await workbench.page.locator('.call-stack-state-message', { hasText: /abort/i }).waitFor();
    // The page lies behind the code of the new crash.
    await workbench.page.locator('.tab', { hasText: 'both.core' }).click();
    await workbench.webview.getByTestId('verdict').getByRole('heading', { name: /abort/i }).waitFor();
    await workbench.webview.locator('.frame-row', { hasText: 'give_up' }).waitFor();
    await workbench.screenshot('restarted');
  });
});
