import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CategoryColumn, ColumnTable } from '../../../src/shared/columnTable.js';
import type { PopulationReport } from '../../../src/shared/findings.js';
import { launchBrowser } from '../browser/openPage.js';
import { sampleFleet, sampleReport } from './sampleFleet.js';
import { openStandalone } from './standalone.js';

/** Ends every context it could stand in, turns the line round, and would say so if it ran. */
const ATTACK = `\u202eevil\u0007"'></script><img src=x onerror="document.title='pwned'">&lt;\`\${1}`;

describe('strings that a data set brings', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('are shown, and never read as anything else, whichever column they stand in', async () => {
    const plain = sampleFleet(400);
    const columns = plain.columns.map((column) => (column.type === 'number' ? column : poisoned(column)));
    const named: CategoryColumn = {
      type: 'category',
      name: ATTACK,
      values: [ATTACK, 'a'],
      codes: Int32Array.from({ length: plain.rows }, (_, row) => row % 2),
    };
    const table: ColumnTable = { rows: plain.rows, columns: [...columns, named] };
    const base = sampleReport(plain);
    const report = JSON.parse(
      JSON.stringify(
        { ...base, method: { ...base.method, dimensions: [...base.method.dimensions, ATTACK] } },
        (key, value) =>
          typeof value === 'string' && ['text', 'query', 'value', 'why'].includes(key)
            ? `${value} ${ATTACK}`
            : (value as unknown),
      ),
    ) as PopulationReport;
    const { page, complaints, close } = await openStandalone(browser, table, report, { dataset: ATTACK });
    await page.getByText('Columns…').click();
    for (const name of ['How this was worked out', 'Would a signal race explain it?'])
      await page.getByRole('button', { name }).click();
    await page.locator('.facet-value').filter({ hasText: 'evil' }).first().click();
    for (const testId of ['headline', 'findings', 'selection', 'facets', 'cores', 'matrix'])
      expect(await page.getByTestId(testId).innerText(), testId).toContain('evil\\x07');
    expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
    expect(await page.title()).not.toContain('pwned');
    expect(await page.evaluate(() => /[\u202a-\u202e\u0007]/.test(document.body.innerText))).toBe(false);
    expect(complaints).toEqual([]);
    await close();
  });

  it('cannot end the page they stand in', async () => {
    const table = sampleFleet(50);
    const report = sampleReport(table);
    const { page, close } = await openStandalone(browser, table, report, {
      dataset: '</script><script>document.title="x"</script>',
    });
    expect(await page.locator('script').count()).toBe(1);
    await close();
  });
});

function poisoned(column: CategoryColumn): CategoryColumn {
  return { ...column, values: column.values.map((value, index) => (index === 0 ? ATTACK : value)) };
}
