import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inCheckout } from '../../../scripts/checkout.mjs';
import { pictureFailures } from '../host/failurePictures.mjs';
import { openWorkbench, type Workbench } from '../host/workbench.mjs';
import { prepareWorkspace } from '../workspace.mjs';

/** Longer than anything takes on a busy machine. */
const PATIENCE = 45_000;
const SOURCE = 'null-deep.c';
const TEXT = readFileSync(inCheckout('test', 'fixtures', 'src', SOURCE), 'utf8');

/** The ways into a core from elsewhere in the editor, and from its page to the sources: each is pressed. */
describe('links', () => {
  let workbench: Workbench;
  let folder: string;
  pictureFailures(() => workbench);

  beforeAll(async () => {
    const samples = await prepareWorkspace();
    folder = mkdtempSync(path.join(tmpdir(), 'redzone-links-'));
    const days = { 'threads-200': '2026-01-01', 'null-deep': '2026-01-02' };
    for (const [name, day] of Object.entries(days)) {
      const core = path.join(folder, `${name}.core`);
      copyFileSync(path.join(samples, name, `${name}.core`), core);
      utimesSync(core, new Date(day), new Date(day));
    }
    // Newer than any core, and called like one at its beginning only.
    writeFileSync(path.join(folder, 'core.js'), 'export const core = 1;\n');
    // Two files that go equally well: nothing but their reader tells them apart.
    for (const name of ['ours', 'theirs']) {
      mkdirSync(path.join(folder, name));
      writeFileSync(path.join(folder, name, SOURCE), TEXT);
    }
    writeFileSync(path.join(folder, 'issue.md'), '');
    workbench = await openWorkbench({
      folder,
      extensionDevelopmentPath: inCheckout(),
      userSettings: { 'redzone.sysroot': path.join(samples, 'sysroot'), 'terminal.integrated.gpuAcceleration': 'off' },
    });
    await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  afterAll(async () => {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    await workbench.runCommand('View: Close All Editors');
  });

  // First: nothing of Redzone has been opened yet in this window, as in that of somebody whose program has just crashed.
  it('“core dumped” in a terminal opens the newest core of its folder', async () => {
    const { page, webview } = workbench;
    await workbench.runCommand('Terminal: Create New Terminal');
    await page.locator('.terminal-wrapper.active .xterm-helper-textarea:focus').waitFor();
    await page.keyboard.type("echo 'Segmentation fault (core dumped)'");
    await page.keyboard.press('Enter');
    const line = page.locator('.xterm-rows > div', { hasText: /^Segmentation fault \(core dumped\)/ });
    await line.waitFor();
    const at = await wordsIn(line, '(core dumped)');
    await withControl(page, async () => {
      // Links are looked for when the pointer comes to a line: it goes away and comes back until ours is there.
      const linked = async (): Promise<string> => {
        await page.mouse.move(at.x, at.y + 100);
        await page.mouse.move(at.x, at.y);
        return expect
          .poll(() => line.locator('span').evaluateAll(underlined), { timeout: 3_000 })
          .not.toBe('')
          .then(
            () => line.locator('span').evaluateAll(underlined),
            () => '',
          );
      };
      await expect.poll(linked, { timeout: PATIENCE }).toBe('(core dumped)');
      await workbench.screenshot('terminal-link');
      await page.mouse.click(at.x, at.y);
    });
    await page.locator('.tab.active', { hasText: 'null-deep.core' }).waitFor();
    await webview.getByTestId('verdict').getByRole('heading', { name: /null/i }).waitFor();
    await workbench.runCommand('Terminal: Kill All Terminals');
  });

  it('to a thread and an address of a core, as its page copies them, show that thread and that address', async () => {
    const { page, webview } = workbench;
    await workbench.openFile('threads-200.core');
    const threads = webview.getByRole('listbox', { name: 'Threads' });
    const tidShown = () => threads.locator('.thread-row.selected .tid').innerText();
    const stack = webview.getByRole('grid', { name: 'Stack, low addresses first' });
    const slot = stack.locator('[data-slot="3"]');
    const addressOf = (row: Locator) => row.locator('.address').innerText();
    const tids = () => threads.locator('.thread-row:not(.selected) .tid').allInnerTexts();
    await expect.poll(async () => (await tids())[2], { timeout: PATIENCE }).toMatch(/^\d+$/);
    const tid = (await tids())[2] ?? '';
    const before = await addressOf(slot);
    await threads.locator('.thread-row', { hasText: tid }).click();
    await expect.poll(tidShown, { timeout: PATIENCE }).toBe(tid);
    await expect.poll(() => addressOf(slot), { timeout: PATIENCE }).not.toBe(before);
    const address = await addressOf(slot);
    await slot.click({ button: 'right' });
    await workbench.chooseInMenu('Copy Link to This Place');
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied, { timeout: PATIENCE }).toMatch(/:\/\/redzone\.redzone\/core\?/);
    const link = await copied();
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('issue.md');
    await page.locator('.editor-instance .monaco-editor.focused').waitFor();
    await page.keyboard.insertText(`See [the slot](${link}).`);
    // The language finds it a moment later.
    await page
      .locator('.view-line .detected-link')
      .first()
      .click({ modifiers: ['Control'] });
    await page.locator('.tab.active', { hasText: 'threads-200.core' }).waitFor();
    await expect.poll(tidShown, { timeout: PATIENCE }).toBe(tid);
    await expect.poll(() => addressOf(stack.locator('.slot.active')), { timeout: PATIENCE }).toBe(address);
    await workbench.screenshot('link-pressed');
  });

  it('from a frame open its source beside the page, which of two is asked once, and its lines are marked', async () => {
    const { page, webview } = workbench;
    await workbench.openFile('null-deep.core');
    const open = async (name: string): Promise<void> => {
      const row = webview.getByRole('listbox', { name: 'Call stack' }).locator('.frame-row', { hasText: name }).first();
      await row.click();
      await webview.locator('.frame-row.selected', { hasText: name }).waitFor();
      await row.click();
    };
    const showsLine = async (line: number): Promise<void> => {
      await page.locator('.editor-group-container.active .tab.active', { hasText: SOURCE }).waitFor();
      const length = (TEXT.split('\n')[line - 1]?.length ?? 0) + 1;
      await page.locator('.statusbar-item', { hasText: `Ln ${line + 1}, Col 1 (${length} selected)` }).waitFor();
      // Beside it, not in its place.
      expect(await webview.getByTestId('verdict').isVisible()).toBe(true);
    };
    await open('check_limit');
    const asking = page.locator('.quick-input-widget', { hasText: `Which file is ${SOURCE}?` });
    await asking.waitFor();
    await workbench.screenshot('which-source');
    await asking.locator('.monaco-list-row', { hasText: `theirs/${SOURCE}` }).click();
    await showsLine(28);
    await workbench.screenshot('frame-source');
    await expect
      .poll(() => page.locator('.view-line').evaluateAll(marksOf), { timeout: PATIENCE })
      .toEqual(
        expect.arrayContaining([
          ['int id = read_id(missing);', 'frame 1 of null-deep.core'],
          ['int result = find_account(number + 1);', 'frame 2 of null-deep.core'],
          ['int result = check_limit(number * 2);', 'frame 3 of null-deep.core'],
        ]),
      );
    const icons = page.locator('.editor-group-container.active .glyph-margin-widgets .cgmr');
    expect((await icons.evaluateAll(picturesOf)).filter((picture) => picture.includes('svg')).length).toBeGreaterThan(
      2,
    );
    await open('book_transfer');
    await showsLine(33);
    expect(await asking.isVisible()).toBe(false);
    await page.locator('.editor-group-container.active .breadcrumbs-below-tabs', { hasText: 'theirs' }).waitFor();
  });
});

/** With Control held down, and let go whatever happens: it would be held in the next test too. */
async function withControl(page: Page, act: () => Promise<void>): Promise<void> {
  await page.keyboard.down('Control');
  try {
    await act();
  } finally {
    await page.keyboard.up('Control');
  }
}

/** The words that are underlined. */
function underlined(spans: Element[]): string {
  const lined = spans.filter((span) => getComputedStyle(span).textDecorationLine.includes('underline'));
  return lined.map((span) => span.textContent).join('');
}

/** The text of each marked line with what is written after it. */
function marksOf(lines: Element[]): (readonly [line: string, mark: string])[] {
  return lines.flatMap((line) => {
    const text = line.textContent.replaceAll('\u00a0', ' ').trim();
    const marks = [...line.querySelectorAll('span')]
      .map((span) => getComputedStyle(span, '::after').content)
      .filter((content) => content.startsWith('"frame '));
    return marks.map((mark) => [text, mark.slice(1, -1)] as const);
  });
}

function picturesOf(icons: Element[]): string[] {
  return icons.map((icon) => getComputedStyle(icon).backgroundImage);
}

/** The middle of some words of a line. */
async function wordsIn(line: Locator, words: string): Promise<{ readonly x: number; readonly y: number }> {
  return line.evaluate((element, sought) => {
    const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
      const start = text.nodeValue?.indexOf(sought) ?? -1;
      if (start < 0) continue;
      const range = document.createRange();
      range.setStart(text, start);
      range.setEnd(text, start + sought.length);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }
    throw new Error(`${sought} is not drawn in one piece: ${element.outerHTML}`);
  }, words);
}
