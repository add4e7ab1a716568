import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { THEMES, type ThemeName } from './browser/themes.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';

/** Pictures to be looked at, in .cache/screenshots/webview; each page must also be free of complaints. */
const FOLDER = resolve(import.meta.dirname, '../../.cache/screenshots/webview');

describe('the core page in every theme', () => {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it.each(Object.keys(THEMES) as ThemeName[])('%s', async (theme) => {
    const { page, complaints, close } = await openPage(browser, new FakeHost(), { theme });
    await page.locator('[data-slot="0"]').waitFor();
    await page.getByTestId('registers').locator('[data-register="rip"]').waitFor();
    expect(complaints).toEqual([]);
    await page.screenshot({ path: `${FOLDER}/core-${theme}.png` });
    await close();
  });

  it.each(['dark', 'high-contrast-light'] as const)('with notes, memory and the find bar, in %s', async (theme) => {
    const bytes = Array.from({ length: 4096 }, (_, i) =>
      ((i * 37 + (i >> 3)) & 0xff).toString(16).padStart(2, '0'),
    ).join('');
    const answers = raceAnswers({
      memory: ({ address, length }) => ({ address, runs: [{ address, bytes: bytes.slice(0, 2 * length) }] }),
    });
    const host = new FakeHost(answers);
    const { page, complaints, close } = await openPage(browser, host, { theme });
    await page.locator('[data-slot="-1"]').click();
    await page.keyboard.press('a');
    await page.getByTestId('note-editor').waitFor();
    await page.keyboard.type('who wrote this zero? The handler ran here.');
    await page.screenshot({ path: `${FOLDER}/core-note-editor-${theme}.png` });
    await page.keyboard.press('Enter');
    await page.getByTestId('frames').getByText('updateDocument').click();
    await page.keyboard.press('a');
    await page.getByRole('radio', { name: /Explained/ }).click();
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('threw here, as designed');
    await page.keyboard.press('Enter');
    await page.locator('[data-register="rbx"]').click();
    await page.keyboard.press('m');
    await page.locator('.memory-row.center').waitFor();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('document');
    await page.locator('.stack-row.found').first().waitFor();
    expect(complaints).toEqual([]);
    await page.screenshot({ path: `${FOLDER}/core-notes-${theme}.png` });
    await close();
  });

  it('with a stale signal frame followed from its evidence', async () => {
    const { page, close } = await openPage(browser, new FakeHost());
    await page.locator('[data-slot="0"]').waitFor();
    await page.getByRole('button', { name: 'Vectors' }).click();
    await page.getByRole('button', { name: 'Modules' }).click();
    await page.getByRole('button', { name: 'Mappings' }).click();
    await page.getByRole('button', { name: /stale SIGUSR2 frame/ }).click();
    await page.locator('[data-slot="-378"]').waitFor();
    await page.screenshot({ path: `${FOLDER}/core-followed.png` });
    await close();
  });

  it.each([
    [960, 800],
    [640, 900],
  ])('%i pixels wide', async (width, height) => {
    const { page, complaints, close } = await openPage(browser, new FakeHost(), { viewport: { width, height } });
    await page.locator('[data-slot="0"]').waitFor();
    expect(complaints).toEqual([]);
    await page.screenshot({ path: `${FOLDER}/core-${width}.png` });
    await close();
  });
});
