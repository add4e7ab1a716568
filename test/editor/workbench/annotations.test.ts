import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import type { AnnotationFile } from '../../../src/shared/annotations.js';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { extensionsLoaded } from '../host/workbenchAddress.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** Notes in the real editor: written, kept over a reload of the window, seen by another window, taken back, exported. */
describe('notes in the workbench', () => {
  let workbench: Workbench;
  let sidecar: string;
  pictureFailures(() => workbench);

  beforeAll(async () => {
    const folder = await prepareWorkspace();
    sidecar = path.join(folder, 'null-deep', 'null-deep.core.redzone.json');
    rmSync(sidecar, { force: true });
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: inCheckout(),
      userSettings: { 'redzone.author': 'ann' },
    });
    await workbench.openFile('null-deep.core');
  });

  afterAll(async () => {
    await workbench.close();
    rmSync(sidecar, { force: true });
  });

  const texts = (): string[] =>
    existsSync(sidecar)
      ? (JSON.parse(readFileSync(sidecar, 'utf8')) as AnnotationFile).cores.flatMap(({ annotations }) =>
          annotations.map(({ text }) => text),
        )
      : [];

  const annotate = async (page: Page, webview: FrameLocator, slot: number, text: string): Promise<void> => {
    await webview.locator(`[data-slot="${slot}"]`).click();
    await page.keyboard.press('a');
    await webview.getByTestId('note-editor').waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await webview.locator(`[data-slot="${slot}"]`).getByText(text).waitFor();
  };

  it('are kept beside the core as they are written', async () => {
    await annotate(workbench.page, workbench.webview, 0, 'who wrote this?');
    expect(texts()).toEqual(['who wrote this?']);
    await workbench.screenshot('annotated');
  });

  it('and the row under the menu can be copied', async () => {
    await workbench.webview.locator('[data-slot="1"]').click({ button: 'right' });
    const menu = workbench.page.locator('.monaco-menu');
    await menu.getByText('Copy Address').waitFor();
    const items = await menu.locator('.action-label').allInnerTexts();
    expect(items).toEqual(expect.arrayContaining(['Write a Note', 'Copy Row', 'Copy as gdb Expression']));
    expect(items).not.toContain('Paste');
    await workbench.screenshot('context-menu');
    await workbench.page.keyboard.press('Escape');
  });

  it('are there after the window was reloaded, and so is the place where the reader was', async () => {
    await workbench.webview.getByTestId('frames').getByText('check_limit').first().click();
    await workbench.webview.locator('.frame-row.selected', { hasText: 'check_limit' }).waitFor();
    // The page tells the editor its state a moment after it changed.
    await workbench.page.waitForTimeout(1500);
    const loaded = workbench.page.waitForEvent('load');
    await workbench.runCommand('Developer: Reload Window');
    await loaded;
    await extensionsLoaded(workbench.page);
    await workbench.webview.getByTestId('notes').getByText('who wrote this?').waitFor();
    await workbench.webview.locator('.frame-row.selected', { hasText: 'check_limit' }).waitFor();
  });

  it('reach another window at once, and both windows’ notes are kept', async () => {
    const page = await workbench.page.context().newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(workbench.page.url());
    await extensionsLoaded(page);
    const webview = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame');
    // The window opens what the other had open.
    if ((await page.locator('iframe.webview').count()) === 0) {
      await page.keyboard.press('Control+P');
      await page.locator('.quick-input-widget input').fill('null-deep.core');
      await page.locator('.quick-input-list .monaco-list-row').first().click();
    }
    await webview.getByTestId('notes').getByText('who wrote this?').waitFor();
    await annotate(page, webview, 2, 'from the other window');
    await workbench.webview.getByTestId('notes').getByText('from the other window').waitFor();
    expect(texts().sort()).toEqual(['from the other window', 'who wrote this?']);
    await page.keyboard.press('Control+z');
    await expect.poll(texts, { timeout: 15_000 }).toEqual(['who wrote this?']);
    await page.close();
  });

  it('are exported with verdict and stack', async () => {
    await workbench.webview.getByTestId('notes').getByRole('button', { name: 'Write Up' }).click();
    const editor = workbench.page.locator('.editor-instance .monaco-editor').first();
    await editor.getByText('## Evidence').waitFor();
    await workbench.screenshot('write-up');
  });
});
