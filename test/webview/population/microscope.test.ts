import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser/openPage.js';
import { violations } from '../browser/violations.js';
import { BAD_HOST, sampleFleet, sampleReport } from './sampleFleet.js';
import { sampleWords } from './sampleWords.js';
import { openStandalone, type StandalonePage } from './standalone.js';
import { soon } from '../browser/soon.js';

const TABLE = sampleFleet(3000);
const LABEL = 'misaligned-stack';

describe('the microscope of the page', () => {
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    opened = await openStandalone(browser, TABLE, sampleReport(TABLE), { words: sampleWords(TABLE, LABEL) });
  });
  afterAll(() => browser.close());

  it('asks for a choice first, then says what sets the chosen apart', async () => {
    await opened.open('');
    const { page } = opened;
    const scope = page.getByTestId('microscope');
    expect(await scope.innerText()).toContain('1,500 crashes keep registers and stack. Choose some crashes');
    await page.locator('button.legend-entry').filter({ hasText: LABEL }).click();
    const first = scope.getByTestId('mark').first();
    await first.waitFor();
    const label = TABLE.columns.find(({ name }) => name === 'label');
    if (label?.type !== 'category') throw new Error('no labels');
    const kept = [...label.codes].filter((_, row) => row % 2 === 0).map((code) => label.values[code] === LABEL);
    const cases = kept.filter(Boolean).length;
    const others = kept.length - cases;
    const marked = kept.filter((own, entry) => !own && (entry * 2) % 80 === 0).length;
    expect(await first.innerText()).toContain(
      `is zero in 100 % of these (${cases.toLocaleString('en')} of ${cases.toLocaleString('en')}) and in ${((marked / others) * 100).toFixed(1)} % of the others (${marked} of ${others.toLocaleString('en')})`,
    );
    expect(await scope.getByTestId('mark').count()).toBe(1);
    // What only repeats it is folded.
    await first.getByText('more position').click();
    await soon(() => first.locator('li').first().innerText()).toMatch(/^(rip|\[rsp-8\]) zero: 100 % of these/);
    expect(opened.complaints).toEqual([]);
  });

  it('has a table of every position, and hostile words are text', async () => {
    await opened.open(`#is.label=${LABEL}`);
    const { page } = opened;
    await page.getByTestId('mark').first().waitFor();
    await page.getByRole('button', { name: 'Table: Registers and slots' }).click();
    const table = page.getByRole('region', { name: 'Registers and slots as a table' });
    const positions = await table.locator('tbody th').allInnerTexts();
    expect(positions).toEqual(['rip', 'rax', '[rsp-8]', '[rsp]']);
    expect(await table.locator('img').count()).toBe(0);
    // All heap pointers differ: bits are the logarithm of how many there are.
    const heap = await table.locator('tbody tr').nth(3).locator('td').allInnerTexts();
    expect(heap[1]).toBe('heap 100 %');
    expect(heap[2]).toBe('-');
    expect(opened.complaints).toEqual([]);
  });

  it('sees nothing in a choice that has to do with nothing', async () => {
    const container = TABLE.columns.find(({ name }) => name === 'container');
    if (container?.type !== 'category') throw new Error('no containers');
    await opened.open(`#${new URLSearchParams({ 'is.container': String(container.values[0]) }).toString()}`);
    const scope = opened.page.getByTestId('microscope');
    await expect.poll(() => scope.innerText()).toContain('no register and no slot tells them apart');
    expect(await scope.getByTestId('mark').count()).toBe(0);
  });

  it('has no violations, and says where there is nothing to look at', async () => {
    await opened.open(`#is.host=${BAD_HOST}`);
    expect(await violations(opened.page)).toEqual([]);
    const bare = await openStandalone(browser, TABLE, sampleReport(TABLE));
    await bare.page.getByRole('button', { name: 'Registers and stack of the chosen' }).click();
    await soon(() => bare.page.getByTestId('microscope').innerText()).toContain('--keep-stack 512');
    await bare.close();
  });

  it('gives SQL as a command where there is nobody to ask', async () => {
    await opened.open(`#is.host=${BAD_HOST}`);
    const { page } = opened;
    await page.getByRole('button', { name: 'SQL', exact: true }).click();
    const box = page.getByTestId('sql');
    await box.getByText('What is chosen').click();
    await soon(() => box.getByRole('textbox').inputValue()).toContain(`= '${BAD_HOST}'`);
    await box.getByText('Copy as Command').click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      `redzone query 'sample' 'SELECT * FROM read_json(['\\''fleet.ndjson'\\'']) AS crashes\nWHERE CAST("host" AS VARCHAR) = '\\''${BAD_HOST}'\\'''`,
    );
    expect(opened.complaints).toEqual([]);
  });
});
