import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** The functions of the sample's stack, innermost first, as its sources have them. */
const FUNCTIONS = ['read_id', 'find_account', 'check_limit', 'book_transfer', 'handle_request', 'serve', 'run', 'main'];

describe.each(['dark', 'light'] as const)('a core in the %s workbench', (theme) => {
  let workbench: Workbench;

  beforeAll(async () => {
    const folder = await prepareWorkspace();
    workbench = await openWorkbench({ folder, extensionDevelopmentPath: inCheckout(), theme });
    await workbench.openFile('null-deep.core');
  });

  afterAll(async () => {
    await workbench.close();
  });

  it('shows the verdict with its evidence first', async () => {
    const verdict = workbench.webview.getByTestId('verdict');
    await verdict.waitFor();
    expect(await verdict.innerText()).toMatch(/null/i);
    await workbench.webview.getByTestId('evidence').first().waitFor();
  });

  it('shows the registers of the crash', async () => {
    const registers = workbench.webview.getByTestId('registers');
    await registers.waitFor();
    const text = await registers.innerText();
    for (const name of ['rip', 'rsp', 'rbp']) expect(text).toContain(name);
  });

  it('shows the red zone below the stack', async () => {
    await workbench.webview.getByTestId('stack').waitFor();
    const redzone = workbench.webview.getByTestId('redzone').first();
    await redzone.waitFor();
    await workbench.screenshot(`core-${theme}`);
  });

  it('starts the debugger and shows the frames', async () => {
    await workbench.webview.getByTestId('debug-button').click();
    const rows = workbench.page.locator('.debug-call-stack .monaco-list-row');
    await rows.filter({ hasText: 'read_id' }).first().waitFor();
    const shown = await rows.allInnerTexts();
    for (const name of FUNCTIONS.slice(0, 5)) expect(shown.join('\n')).toContain(name);
    await workbench.screenshot(`debugging-${theme}`);
  });

  it('asks no other machine for anything', () => {
    expect([...workbench.blocked]).toEqual([]);
  });
});

describe('files that share a name with cores', () => {
  let workbench: Workbench;

  beforeAll(async () => {
    workbench = await openWorkbench({ folder: await prepareWorkspace(), extensionDevelopmentPath: inCheckout() });
  });

  beforeEach(async () => {
    await workbench.runCommand('View: Close All Editors');
  });

  afterAll(async () => {
    await workbench.close();
  });

  it('says of a text file called .core that it is none, and offers text', async () => {
    await workbench.openFile('notes.core');
    const page = workbench.webview.getByTestId('not-a-core');
    await page.waitFor();
    expect(await page.innerText()).toContain('notes.core');
    await workbench.screenshot('not-a-core');
    await workbench.webview.getByTestId('open-as-text').click();
    await workbench.page.locator('.monaco-editor .view-line', { hasText: 'This is a text file' }).waitFor();
  });

  it.each(['core.js', 'core.md'])('opens %s as text', async (name) => {
    await workbench.openFile(name);
    await workbench.page
      .locator(`.editor-instance[aria-label*="${path.basename(name)}"] .view-line`)
      .first()
      .waitFor();
  });
});
