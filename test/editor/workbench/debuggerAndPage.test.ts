import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import type { AnnotationFile } from '../../../src/shared/annotations.js';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** Longer than anything takes on a busy machine. */
const PATIENCE = 45_000;

/** One core on a page and in the debugger: both stand at the same frame, show the same notes, and read the file anew together. */
describe('a core on a page and in the debugger', () => {
  let workbench: Workbench;
  let core: string;
  let sidecar: string;
  let folder: string;

  beforeAll(async () => {
    folder = await prepareWorkspace();
    core = path.join(folder, 'both.core');
    sidecar = `${core}.redzone.json`;
    rmSync(sidecar, { force: true });
    copyFileSync(path.join(folder, 'null-deep', 'null-deep.core'), core);
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: inCheckout(),
      userSettings: { 'redzone.author': 'ann' },
      width: 1800,
      height: 1100,
    });
    await workbench.openFile('both.core');
    await workbench.webview.getByTestId('debug-button').click();
    await callStack('read_id').waitFor();
    // The source beside the page, as somebody who reads both has it.
    await workbench.runCommand('View: Move Editor into Right Group');
    await workbench.webview.getByTestId('verdict').waitFor();
  }, 200_000);

  afterAll(async () => {
    await workbench.close();
    for (const file of [core, sidecar]) rmSync(file, { force: true });
  });

  const callStack = (text: string): Locator =>
    workbench.page.locator('.debug-call-stack .monaco-list-row', { hasText: text }).first();
  const variable = (text: string): Locator =>
    workbench.page.locator('.debug-variables .monaco-list-row', { hasText: text }).first();
  const register = (name: string): Locator =>
    workbench.page.locator('.debug-variables .monaco-list-row', { hasText: new RegExp(`^\\s*${name} ?=`) }).first();
  const frameOnPage = (name: string): Locator => workbench.webview.locator('.frame-row', { hasText: name }).first();

  /** The debugger's own words, and the marked line of the code that it shows. */
  const standsAt = async (name: string, position: string): Promise<void> => {
    await workbench.page.locator('.call-stack-state-message', { hasText: position }).waitFor();
    await workbench.page.locator('.tab.active', { hasText: `${name}+` }).waitFor();
    await workbench.page.locator('.debug-top-stack-frame-line, .debug-focused-stack-frame-line').first().waitFor();
  };

  const notes = (): readonly string[] =>
    existsSync(sidecar)
      ? (JSON.parse(readFileSync(sidecar, 'utf8')) as AnnotationFile).cores.flatMap(({ annotations }) =>
          annotations.map(({ mark, text }) => `${mark}: ${text}`),
        )
      : [];

  /** By the menu on what the debugger shows. */
  const annotate = async (what: Locator, entry: string, mark: string, text: string): Promise<void> => {
    await what.click({ button: 'right' });
    await workbench.page.locator('.monaco-menu').getByText(entry, { exact: true }).click();
    await workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: mark }).click();
    const input = workbench.page.locator('.quick-input-widget .quick-input-box input');
    await input.fill(text);
    await input.press('Enter');
    await expect.poll(notes, { timeout: PATIENCE }).toContain(`${mark.toLowerCase()}: ${text}`);
  };

  it('stands on the page at the frame that is chosen in the debugger', async () => {
    await callStack('check_limit').click();
    await workbench.webview.locator('.frame-row.selected', { hasText: 'check_limit' }).waitFor();
    await workbench.page.keyboard.press('Shift+F11');
    await workbench.webview.locator('.frame-row.selected', { hasText: 'find_account' }).waitFor();
    await workbench.screenshot('page-follows-debugger');
  });

  it('stands in the debugger at the frame that is chosen on the page, which stays in sight', async () => {
    await frameOnPage('handle_request').click();
    await standsAt('handle_request', 'frame 5 of 11');
    await workbench.screenshot('debugger-follows-page');
    expect(await workbench.webview.getByTestId('verdict').isVisible()).toBe(true);
  });

  it('leaves the keyboard in the call stack of the page, for the next frame', async () => {
    const list = workbench.webview.getByRole('listbox', { name: 'Call stack' });
    const hasKeyboard = (element: HTMLElement) => document.hasFocus() && document.activeElement === element;
    await expect.poll(() => list.evaluate(hasKeyboard), { timeout: PATIENCE }).toBe(true);
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('Enter');
    await standsAt('serve', 'frame 6 of 11');
  });

  it('keeps what is noted on a frame of the call stack, and shows it on the page at once', async () => {
    await annotate(callStack('main'), 'Write a Note on the Frame', 'Suspicious', 'why twice?');
    await callStack('[suspicious: why twice?]').waitFor();
    await workbench.webview.getByTestId('notes').getByText('why twice?').waitFor();
  });

  it('keeps what is noted on a register', async () => {
    if (!(await variable('General').isVisible())) await variable('Registers').click();
    await variable('General').click();
    await annotate(register('rip'), 'Write a Note', 'Explained', 'as expected');
    await variable('[explained: as expected]').waitFor();
    await workbench.webview.getByTestId('notes').getByText('as expected').waitFor();
    await workbench.screenshot('notes-in-debugger');
  });

  it('shows in the debugger what is noted and reworded on the page', async () => {
    const note = workbench.webview.getByTestId('notes').getByText('as expected').first();
    await note.click();
    await workbench.page.keyboard.press('Control+z');
    await expect.poll(notes, { timeout: PATIENCE }).toEqual(['suspicious: why twice?']);
    await expect.poll(() => variable('[explained: as expected]').count(), { timeout: PATIENCE }).toBe(0);
  });

  it('refuses to change a variable, in words', async () => {
    await register('rip').click({ button: 'right' });
    const menu = workbench.page.locator('.monaco-menu');
    await menu.getByText('Write a Note', { exact: true }).waitFor();
    expect(await menu.locator('.action-label').allInnerTexts()).not.toContain('Set Value');
    await workbench.page.keyboard.press('Escape');
  });

  it('shows another core on both after Restart, when the file was replaced', async () => {
    copyFileSync(path.join(folder, 'abort', 'abort.core'), core);
    await workbench.runCommand('Debug: Restart');
    await expect
      .poll(() => workbench.webview.getByTestId('verdict').innerText(), { timeout: PATIENCE })
      .not.toMatch(/null pointer/i);
    await expect.poll(() => callStack('read_id').count(), { timeout: PATIENCE }).toBe(0);
    await workbench.screenshot('restarted');
  });
});
