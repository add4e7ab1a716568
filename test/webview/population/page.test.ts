import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser/openPage.js';
import { BAD_HOST, sampleFleet, sampleReport } from './sampleFleet.js';
import { openStandalone, type StandalonePage } from './standalone.js';
import { soon } from '../browser/soon.js';

const ROWS = 3000;

/** A row as a person reads the table: by column. */
function rowsOf(table = sampleFleet(ROWS)): Record<string, string | number | undefined>[] {
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(
      table.columns.map((column) => [
        column.name,
        column.type === 'number' ? column.values[row] : column.values[column.codes[row] ?? -1]?.toString(),
      ]),
    ),
  );
}

const selected = (page: Page) => page.getByTestId('selected-count').innerText();
const value = (page: Page, facet: string, text: string) =>
  page.locator(`[data-facet="${facet}"] .facet-value[data-value="${text}"]`);
const count = async (page: Page, facet: string, text: string) =>
  Number((await value(page, facet, text).locator('.facet-count').innerText()).replaceAll(',', ''));

describe('the population page that stands alone', () => {
  const rows = rowsOf();
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    const table = sampleFleet(ROWS);
    opened = await openStandalone(browser, table, sampleReport(table));
  });
  afterAll(() => browser.close());

  it('says what stands out first, and asks for nothing', async () => {
    await opened.open('');
    const first = opened.page.getByTestId('finding').first();
    expect(await first.innerText()).toMatch(/misaligned-stack crashes are on host phys-1049, one of 60/);
    const box = await first.boundingBox();
    expect(box?.y).toBeLessThan(150);
    expect(opened.complaints).toEqual([]);
  });

  it('shows the cases of a finding everywhere at once', async () => {
    await opened.open('');
    const { page } = opened;
    const cases = rows.filter(({ label, host }) => label === 'misaligned-stack' && host === BAD_HOST);
    await page
      .getByRole('button', { name: /^Show these/ })
      .first()
      .click();
    await soon(() => selected(page)).toBe(`${cases.length} of ${ROWS.toLocaleString('en')} crashes`);
    // A facet counts without its own condition, and with all others.
    expect(await count(page, 'release', '4.12.0')).toBe(cases.filter(({ release }) => release === '4.12.0').length);
    expect(await count(page, 'host', BAD_HOST)).toBe(cases.length);
    const hosts = await page.locator('.core-row:visible').evaluateAll((lines) => lines.map((line) => line.textContent));
    expect(hosts.length).toBeGreaterThan(10);
    expect(hosts.every((text) => text.includes(BAD_HOST))).toBe(true);
    const table = page.getByRole('button', { name: 'Table: Crashes over time' });
    await table.click();
    const counts = await page.getByTestId('timeline').locator('tbody tr td:nth-child(4)').allInnerTexts();
    expect(counts.reduce((sum, text) => sum + Number(text), 0)).toBe(cases.length);
    expect(opened.complaints).toEqual([]);
  });

  it('adds values of one dimension, and narrows by another', async () => {
    await opened.open('');
    const { page } = opened;
    await value(page, 'release', '4.11.0').click();
    await value(page, 'release', '4.11.1').click({ modifiers: ['Control'] });
    await value(page, 'kind', 'abort').click();
    const wanted = rows.filter(({ release, kind }) => /^4\.11\.[01]$/.test(String(release)) && kind === 'abort');
    expect(await selected(page)).toBe(`${wanted.length} of 3,000 crashes`);
    // Turned into its opposite by its chip.
    await page.getByRole('button', { name: 'release is 4.11.0 or 4.11.1', exact: true }).click();
    const others = rows.filter(({ release, kind }) => !/^4\.11\.[01]$/.test(String(release)) && kind === 'abort');
    expect(await selected(page)).toBe(`${others.length} of 3,000 crashes`);
    await page.getByRole('button', { name: 'Clear all' }).click();
    await soon(() => selected(page)).toBe('All 3,000 crashes');
  });

  it('chooses a time by keyboard, to the bin', async () => {
    await opened.open('');
    const { page } = opened;
    const from = page.getByRole('slider', { name: 'From' });
    await from.focus();
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageUp');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const text = await from.getAttribute('aria-valuetext');
    const start = Date.parse(`${text ?? ''}${/\d\d:\d\d/.test(text ?? '') ? ' UTC' : ' 00:00 UTC'}`);
    const wanted = rows.filter(({ time }) => Number(time) >= start).length;
    expect(wanted).toBeLessThan(ROWS);
    expect(await selected(page)).toBe(`${wanted.toLocaleString('en')} of 3,000 crashes`);
    await page.keyboard.press('Escape');
    await soon(() => selected(page)).toBe('All 3,000 crashes');
  });

  it('chooses a time by dragging', async () => {
    await opened.open('');
    const { page } = opened;
    const box = await page.locator('.brush').boundingBox();
    if (!box) throw new Error('no brush');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 4 });
    await page.mouse.up();
    const [from = NaN, to = NaN] =
      /in\.time=([^&]*)/
        .exec(decodeURIComponent(new URL(page.url()).hash))?.[1]
        ?.split('..')
        .map((text) => Date.parse(text)) ?? [];
    const wanted = rows.filter(({ time }) => Number(time) >= from && Number(time) < to).length;
    expect(wanted).toBeGreaterThan(300);
    expect(await selected(page)).toBe(`${wanted.toLocaleString('en')} of 3,000 crashes`);
  });

  it('finds a text in any column', async () => {
    await opened.open('');
    const { page } = opened;
    await page.getByRole('searchbox').fill('PHYS-1049');
    const wanted = rows.filter((row) => Object.values(row).some((cell) => String(cell).includes('phys-1049'))).length;
    await expect.poll(() => selected(page)).toBe(`${wanted} of 3,000 crashes`);
  });

  it('sorts by a column, and shows the columns that are chosen', async () => {
    await opened.open('');
    const { page } = opened;
    await page.getByRole('button', { name: 'time', exact: true }).click();
    const newest = Math.max(...rows.map(({ time }) => Number(time)));
    const first = page.locator('.core-row[aria-rowindex="2"]');
    expect(await first.innerText()).toContain(new Date(newest).toISOString().slice(0, 19).replace('T', ' '));
    await page.getByText('Columns…').click();
    await page.getByRole('checkbox', { name: 'nodeAgeHours' }).check();
    expect(await page.getByRole('columnheader', { name: 'nodeAgeHours' }).count()).toBe(1);
  });

  it('restores from its link what it was made in, and says so as a query', async () => {
    await opened.open('');
    const { page } = opened;
    await value(page, 'host', BAD_HOST).click();
    await page.getByRole('button', { name: 'time', exact: true }).click();
    await page.locator('.matrix-choice').click();
    await page.locator('.matrix-choice vscode-option').filter({ hasText: 'kernel' }).click();
    const before = {
      count: await selected(page),
      first: await page.locator('.core-row[aria-rowindex="2"]').innerText(),
    };
    await page.getByRole('button', { name: 'Copy Link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole('button', { name: 'Copy as Query' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `SELECT * FROM read_json(['fleet.ndjson']) AS crashes\nWHERE CAST("host" AS VARCHAR) = '${BAD_HOST}'`,
    );
    await opened.open(new URL(link).hash);
    expect({
      count: await selected(page),
      first: await page.locator('.core-row[aria-rowindex="2"]').innerText(),
    }).toEqual(before);
    expect(await page.getByTestId('matrix').getByRole('rowheader').allInnerTexts()).toContain('6.6.52');
    expect(opened.complaints).toEqual([]);
  });

  it('says of a link what this data set does not have', async () => {
    await opened.open('#is.rack=r7&is.host=nobody');
    expect(await opened.page.getByTestId('notice').innerText()).toContain('does not have');
    expect(await selected(opened.page)).toBe('0 of 3,000 crashes');
  });

  it('tells which machine differs, square by square, by keyboard too', async () => {
    await opened.open('');
    const { page } = opened;
    const bad = page.getByRole('option', { name: new RegExp(`^${BAD_HOST}: `) });
    const own = rows.filter(({ host, label }) => host === BAD_HOST && label === 'misaligned-stack').length;
    expect(await bad.getAttribute('aria-label')).toContain(`${own} misaligned-stack`);
    await page.getByRole('listbox', { name: 'Map of host' }).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const last = await page.locator('.square.active').getAttribute('aria-label');
    const name = last?.split(':')[0] ?? '';
    expect(await selected(page)).toContain(`${rows.filter(({ host }) => host === name).length} of`);
    expect(await value(page, 'host', name).getAttribute('aria-pressed')).toBe('true');
  });

  it('estimates what a race would make', async () => {
    await opened.open('');
    const { page } = opened;
    await page.getByRole('button', { name: 'Would a signal race explain it?' }).click();
    const estimate = page.getByTestId('estimate');
    await estimate.getByLabel('Processor cores').fill('1000000');
    // A million cores, an exception and ten signals a second each, a window of a nanosecond: 864 a day, and 67 are seen.
    expect(await estimate.innerText()).toContain('some 900 a day');
    expect(await page.getByTestId('estimate-verdict').innerText()).toContain('as many crashes as there are');
    await estimate.getByLabel('Stale context lies').fill('100000');
    expect(await estimate.innerText()).toContain('does not reach');
    expect(await page.getByTestId('estimate-verdict').innerText()).toContain('none of these crashes');
    // What was put in is in the link.
    await opened.open(new URL(page.url()).hash);
    await page.getByRole('button', { name: 'Would a signal race explain it?' }).click();
    await soon(() => estimate.getByLabel('Processor cores').inputValue()).toBe('1000000');
    expect(await estimate.innerText()).toContain('does not reach');
  });
});
