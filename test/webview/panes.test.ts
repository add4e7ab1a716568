import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeHost } from './dataset/fakeHost.js';
import { launchBrowser, openPage } from './browser/openPage.js';

/** Texts that stick out of their pane, and so lie on the next one. */
function strayTexts(): string[] {
  const clips = (element: Element): boolean => getComputedStyle(element).overflowY !== 'visible';
  return [...document.querySelectorAll('.left .pane:not(.folded)')].flatMap((pane) => {
    const { bottom } = pane.getBoundingClientRect();
    return [...pane.querySelectorAll('*')].flatMap((element) => {
      if (element.children.length > 0 || element.getBoundingClientRect().bottom <= bottom + 1) return [];
      for (let above = element.parentElement; above !== null && above !== pane; above = above.parentElement)
        if (clips(above) && above.getBoundingClientRect().bottom <= bottom + 1) return [];
      return [`${pane.className}: ${element.textContent}`];
    });
  });
}

describe('the panes of the left column', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it.each([1000, 900, 700, 520])('do not lie on each other, all open, in a window %i high', async (height) => {
    const { page, close } = await openPage(browser, new FakeHost(), { viewport: { width: 1440, height } });
    await page.locator('[data-slot="0"]').waitFor();
    await page.getByRole('button', { name: 'Modules' }).click();
    await page.getByRole('button', { name: 'Mappings' }).click();
    await page.getByText('not in core').first().waitFor();
    expect(await page.evaluate(strayTexts)).toEqual([]);
    await close();
  });
});
