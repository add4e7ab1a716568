import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { THEMES, type ThemeName } from './browser/themes.js';
import { FakeHost } from './dataset/fakeHost.js';

/** Pictures to be looked at, in .cache/screenshots; each page must also be free of complaints. */
const FOLDER = resolve(import.meta.dirname, '../../.cache/screenshots');

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
