import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { violations } from './browser/violations.js';
import { THEMES, type ThemeName } from './browser/themes.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';

describe('accessibility', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it.each(Object.keys(THEMES) as ThemeName[])('has no violations in %s', async (theme) => {
    const { page, close } = await openPage(browser, new FakeHost(), { theme });
    await page.locator('[data-slot="0"]').waitFor();
    for (const pane of ['Vectors', 'Modules', 'Mappings'])
      await page.getByRole('button', { name: pane, exact: true }).click();
    await page.getByRole('option', { name: /thread stack/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    for (const tab of ['Memory', 'Disassembly', 'Search']) await page.getByRole('tab', { name: tab }).click();
    await page.keyboard.press('Control+f');
    await page.keyboard.type('document');
    await page.locator('.stack-row.found').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.locator('[data-slot="0"], .stack-row.active').first().click();
    await page.keyboard.press('a');
    await page.getByTestId('note-editor').waitFor();
    await page.keyboard.type('why?');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: /why\?/ }).waitFor();
    await page.getByRole('button', { name: /stale SIGUSR2 frame/ }).click();
    await page.locator('[data-slot="-378"]').waitFor();
    expect(await violations(page)).toEqual([]);
    await close();
  });

  it.each(Object.keys(THEMES) as ThemeName[])(
    'has none on the page of a file that is no core, in %s',
    async (theme) => {
      const opening = { type: 'notACore', source: '/tmp/notes.core', message: 'It is a text file.' } as const;
      const { page, close } = await openPage(browser, new FakeHost(raceAnswers(), opening), { theme });
      await page.getByTestId('not-a-core').waitFor();
      expect(await violations(page)).toEqual([]);
      await close();
    },
  );

  it('speaks the verdict and moves nothing where motion is unwanted', async () => {
    const { page, close } = await openPage(browser, new FakeHost(), { reducedMotion: true });
    // Other places speak too, once they have something to say.
    await page.getByRole('status').filter({ hasText: 'Return to null' }).waitFor({ state: 'attached' });
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    await close();
  });
});
