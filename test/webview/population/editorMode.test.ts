import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from '../browser/openPage.js';
import { THEMES, type ThemeName } from '../browser/themes.js';
import { violations } from '../browser/violations.js';
import { PopulationTestHost } from './populationHost.js';
import { BAD_HOST, sampleFleet, sampleReport } from './sampleFleet.js';
import { openStandalone } from './standalone.js';

const TABLE = sampleFleet(2000);
const REPORT = sampleReport(TABLE);

describe('the population page in an editor', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open(host = new PopulationTestHost(TABLE, REPORT), theme: ThemeName = 'dark') {
    const opened = await openPage(browser, host, { page: 'population', theme });
    await opened.page.getByTestId('cores').locator('.core-row').first().waitFor();
    return { ...opened, host };
  }

  it('takes its table piece by piece and opens a core from the list by keyboard', async () => {
    const { page, host, complaints, close } = await open();
    expect(host.asked).toEqual(['pack']);
    await page.getByRole('grid', { name: 'Crashes' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => host.actions)
      .toEqual([{ kind: 'openCore', source: `/crashes/2026/${BAD_HOST}/core.10000.zst` }]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('opens in the state of a link, and changes when another comes', async () => {
    const state = `is.host=${BAD_HOST}`;
    const { page, host, close } = await open(new PopulationTestHost(TABLE, REPORT, { state }));
    const selected = () => page.getByTestId('selected-count').innerText();
    expect(await selected()).toMatch(/^\d+ of 2,000 crashes$/);
    await page.getByRole('button', { name: 'Copy Link' }).click();
    await expect.poll(() => host.actions).toEqual([{ kind: 'copyLink', state }]);
    await host.send({ type: 'show', state: '' });
    await expect.poll(selected).toBe('All 2,000 crashes');
    await close();
  });

  it('asks DuckDB through the editor, and says why where it cannot', async () => {
    const { page, host, complaints, close } = await open();
    await page.getByRole('button', { name: 'SQL', exact: true }).click();
    const box = page.getByTestId('sql');
    const text = box.getByRole('textbox', { name: 'SQL' });
    await text.fill('SELECT 1');
    await text.press('Control+Enter');
    await expect.poll(() => page.getByTestId('sql-status').innerText()).toBe('1 row, and more that are not shown');
    expect(await box.locator('tbody tr').allInnerTexts()).toEqual(['SELECT 1\t']);
    await text.fill('DROP VIEW crashes');
    await page.getByTestId('sql-run').click();
    await expect.poll(() => page.getByTestId('sql-status').innerText()).toBe('only SELECT is allowed');
    expect(host.asked).toEqual(['pack', 'sql', 'sql']);
    expect(complaints).toEqual([]);
    await close();
  });

  it('says what cannot be read, and offers the text', async () => {
    const opening = { type: 'unreadable', dataset: '<b>x</b>', message: 'It is cut.' } as const;
    const host = new PopulationTestHost(TABLE, REPORT, opening);
    const { page, close } = await openPage(browser, host, { page: 'population' });
    await page.getByTestId('unreadable').waitFor();
    expect(await page.getByTestId('unreadable').innerText()).toContain('It is cut.');
    expect(await page.locator('b').count()).toBe(0);
    await page.getByTestId('open-as-text').click();
    await expect.poll(() => host.actions).toEqual([{ kind: 'openAsText' }]);
    await close();
  });

  async function openEverything(page: Page): Promise<void> {
    for (const name of ['How this was worked out', 'Would a signal race explain it?'])
      await page.getByRole('button', { name }).click();
    await page.getByText('Columns…').click();
    await page.getByRole('button', { name: 'Table: Map of machines' }).click();
  }

  it.each(Object.keys(THEMES) as ThemeName[])('has no violations in %s with all that opens', async (theme) => {
    const { page, close, complaints } = await open(undefined, theme);
    await openEverything(page);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each(Object.keys(THEMES) as ThemeName[])('has no violations in %s with a selection', async (theme) => {
    const { page, close, complaints } = await open(undefined, theme);
    await openEverything(page);
    await page
      .getByRole('button', { name: /^Show these/ })
      .first()
      .click();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it.each([
    ['dark', true, false],
    ['light', false, false],
    ['light with more contrast', false, true],
  ])('has none standing alone, %s', async (_name, dark, contrast) => {
    const { page, close } = await openStandalone(browser, TABLE, REPORT, { dark, contrast });
    expect(await violations(page)).toEqual([]);
    await close();
  });
});
