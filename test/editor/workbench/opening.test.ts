import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { BAD_HOST, sampleFleet } from '../../webview/population/sampleFleet.js';
import { sampleRows } from '../../webview/population/sampleRows.js';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, THEMES, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** Longer than anything takes on a busy machine. */
const PATIENCE = 45_000;

const TABLE = 'fleet.cores.ndjson';

/** What a webview is told of its theme. */
const KINDS = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  highContrast: 'vscode-high-contrast',
  highContrastLight: 'vscode-high-contrast-light',
} as const;

/** The functions of the sample's stack, innermost first, as its sources have them. */
const FUNCTIONS = ['read_id', 'find_account', 'check_limit', 'book_transfer', 'handle_request', 'serve', 'run', 'main'];

/** One window for what opens in it: a start of the workbench takes longer than most of these tests. */
let workbench: Workbench;
pictureFailures(() => workbench);

beforeAll(async () => {
  const folder = await prepareWorkspace();
  // The first row names a core that lies in the workspace, as a command line there would name it.
  const rows = sampleRows(sampleFleet(1200), { 0: { source: 'null-deep/null-deep.core' } });
  writeFileSync(path.join(folder, TABLE), rows);
  workbench = await openWorkbench({
    folder,
    extensionDevelopmentPath: inCheckout(),
    // As a reader has it who chose the page once and for all.
    userSettings: { 'workbench.editorAssociations': { '*.cores.ndjson': 'redzone.population' } },
  });
});

afterAll(async () => {
  await workbench.close();
});

describe('a core in the workbench', () => {
  beforeAll(() => workbench.openFile('null-deep.core'));

  afterAll(async () => {
    await workbench.runCommand('Debug: Stop');
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
  });

  it('stands beside another, which is asked for', async () => {
    const { page, webview } = workbench;
    await webview.getByRole('tab', { name: 'Compare' }).click();
    await webview.getByRole('button', { name: 'Other Core…' }).click();
    const asking = page.locator('.quick-input-widget');
    await asking.locator('input').fill('null-read.core');
    await asking.locator('.monaco-list-row', { hasText: 'null-read.core' }).first().click();
    const grid = webview.getByRole('grid', { name: 'Two stacks side by side' });
    await grid.getByRole('columnheader', { name: /^null-deep\.core, thread/ }).waitFor();
    await grid.getByRole('columnheader', { name: /^null-read\.core, thread/ }).waitFor();
    await grid.locator('.compare-fact.relation-different', { hasText: 'program' }).waitFor();
    await workbench.screenshot('compared');
    await webview.getByRole('button', { name: 'As Text' }).click();
    await page.locator('.tab.active', { hasText: 'null-deep.core ↔ null-read.core' }).waitFor();
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'VERDICT' }).first().waitFor();
    await workbench.screenshot('compared-as-text');
    // The page comes back with what stood on it.
    await workbench.runCommand('View: Close Editor');
    await grid.getByRole('columnheader', { name: /^null-read\.core, thread/ }).waitFor();
  });

  it.each(Object.keys(THEMES) as (keyof typeof THEMES)[])(
    'looks like part of VS Code in the theme %s',
    async (theme) => {
      await workbench.setTheme(theme);
      await expectGround(theme);
      await workbench.screenshot(`core-${theme}`);
    },
  );

  it('starts the debugger and shows the frames', async () => {
    await workbench.webview.getByTestId('debug-button').click();
    const rows = workbench.page.locator('.debug-call-stack .monaco-list-row');
    await rows.filter({ hasText: 'read_id' }).first().waitFor();
    const shown = await rows.allInnerTexts();
    for (const name of FUNCTIONS.slice(0, 5)) expect(shown.join('\n')).toContain(name);
    await workbench.screenshot('debugging');
  });
});

/** The page's ground is the editor's, whichever theme: it takes the theme's variables, and no colour of its own. */
async function expectGround(theme: keyof typeof THEMES): Promise<void> {
  const ground = () =>
    workbench.webview.locator('body').evaluate((body) => {
      const { backgroundColor } = getComputedStyle(body);
      const probe = body.appendChild(document.createElement('i'));
      probe.style.color = 'var(--vscode-editor-background)';
      const wanted = getComputedStyle(probe).color;
      probe.remove();
      return { kind: body.dataset['vscodeThemeKind'], isGround: backgroundColor === wanted };
    });
  await expect.poll(ground, { timeout: PATIENCE }).toEqual({ kind: KINDS[theme], isGround: true });
}

describe('a file that shares a name with cores', () => {
  beforeEach(() => workbench.runCommand('View: Close All Editors'));

  it('of a text file called .core says that it is none, and offers text', async () => {
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

describe('a table of crashes in the workbench', () => {
  beforeAll(async () => {
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile(TABLE);
  });

  it('shows the findings', async () => {
    const findings = workbench.webview.getByTestId('findings');
    await findings.waitFor();
    const text = await findings.innerText();
    expect(text).toContain(BAD_HOST);
    expect(text).toContain('4.12.0');
    await workbench.screenshot('population');
  });

  it.each(Object.keys(THEMES) as (keyof typeof THEMES)[])(
    'looks like part of VS Code in the theme %s',
    async (theme) => {
      await workbench.setTheme(theme);
      await expectGround(theme);
      await workbench.screenshot(`population-${theme}`);
    },
  );

  it('opens a core from the list', async () => {
    const list = workbench.webview.getByRole('grid', { name: 'Crashes' });
    await list.focus();
    await list.press('ArrowDown');
    await list.press('Enter');
    await workbench.page.locator('.tab', { hasText: 'null-deep.core' }).waitFor();
  });
});

it('asks no other machine for anything', () => {
  expect([...workbench.blocked]).toEqual([]);
});
