import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnTable } from '../../../src/shared/columnTable.js';
import type { Finding, PopulationReport } from '../../../src/shared/findings.js';
import { launchBrowser } from '../browser/openPage.js';
import { column, sampleFleet, sampleReport } from './sampleFleet.js';
import { soon } from '../browser/soon.js';
import { violations } from '../browser/violations.js';
import { openStandalone, type StandalonePage } from './standalone.js';

const HOUR = 3_600_000;
const LABEL = 'misaligned-stack';
const isNight = (hour: number) => hour >= 22 || hour < 4;

/** Crashes of one label come from 22 to 4 o'clock, all others around the clock. */
function nightly(): ColumnTable {
  const table = sampleFleet(2000);
  const label = column(table, 'label');
  return {
    ...table,
    columns: table.columns.map((one) =>
      one.name === 'time' && one.type === 'number'
        ? {
            ...one,
            values: one.values.map(
              (_, row) =>
                Date.UTC(2026, 3, 1 + (row % 40)) +
                (label(row) === LABEL ? (22 + (row % 6)) * HOUR : (row % 24) * HOUR) +
                row,
            ),
          }
        : one,
    ),
  };
}

function reportOf(table: ColumnTable): PopulationReport {
  const report = sampleReport(table);
  const [, second] = report.findings;
  if (second === undefined) throw new Error('no finding');
  const finding: Finding = {
    ...second,
    label: LABEL,
    question: 'when',
    form: 'rhythm',
    dimension: 'time',
    value: '22:00 to 04:00 UTC every day',
    clock: { period: 'day', from: 22, to: 4 },
    text: `All ${LABEL} crashes come from 22:00 to 04:00 UTC every day.`,
  };
  return { ...report, findings: [finding] };
}

describe('a rhythm', () => {
  const table = nightly();
  const label = column(table, 'label');
  const time = table.columns.find(({ name }) => name === 'time');
  const hours = Array.from({ length: 24 }, () => ({ cases: 0, of: 0 }));
  for (let row = 0; row < table.rows; row++) {
    const at = time?.type === 'number' ? (time.values[row] ?? NaN) : NaN;
    const hour = hours[new Date(at).getUTCHours()];
    if (hour === undefined) throw new Error('no hour');
    hour.of++;
    if (label(row) === LABEL) hour.cases++;
  }
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    opened = await openStandalone(browser, table, reportOf(table));
  });
  afterAll(() => browser.close());

  it('is drawn hour by hour, with its table', async () => {
    await opened.open('');
    const rhythm = opened.page.getByTestId('rhythm');
    await rhythm.locator('rect').first().waitFor({ state: 'attached' });
    const heights = await rhythm
      .locator('rect')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))));
    expect(heights).toHaveLength(24);
    const most = Math.max(...hours.map(({ cases, of }) => cases / of));
    for (const [hour, { cases, of }] of hours.entries())
      expect((heights[hour] ?? NaN) / Math.max(...heights)).toBeCloseTo(cases / of / most, 2);
    const elsewhere = await rhythm
      .locator('rect')
      .evaluateAll((bars) => bars.flatMap((bar, hour) => (bar.classList.contains('elsewhere') ? [hour] : [])));
    expect(elsewhere).toStrictEqual([...hours.keys()].filter((hour) => !isNight(hour)));
    await rhythm.getByRole('button', { name: /^Table/ }).click();
    const cells = await rhythm.locator('tbody tr').nth(23).locator('th, td').allInnerTexts();
    expect(cells.slice(0, 3)).toStrictEqual(['23:00', String(hours[23]?.cases), String(hours[23]?.of)]);
    expect(await violations(opened.page)).toEqual([]);
  });

  it('shows the crashes of its hours, says so, and can be copied and shared', async () => {
    const { page } = opened;
    await opened.open('');
    await page.getByRole('button', { name: /^Show these/ }).click();
    const shown = hours.reduce((sum, { cases }, hour) => sum + (isNight(hour) ? cases : 0), 0);
    await soon(() => page.getByTestId('selected-count').innerText()).toMatch(new RegExp(`^${shown} of`));
    expect(await page.getByTestId('selection').innerText()).toContain('time of day is 22:00 to 04:00 UTC');
    const link = new URL(page.url()).hash;
    await page.getByRole('button', { name: 'Copy as Query' }).click();
    await soon(() => page.evaluate(() => navigator.clipboard.readText())).toContain(
      `CAST(hour(CAST("time" AS TIMESTAMP)) AS VARCHAR) IN ('22', '23', '0', '1', '2', '3')`,
    );
    // All but these instead, then from the link.
    await page.getByRole('button', { name: /^time of day is/ }).click();
    await soon(() => page.getByTestId('selected-count').innerText()).toMatch(/^0 of/);
    await opened.open(link);
    await soon(() => page.getByTestId('selected-count').innerText()).toMatch(new RegExp(`^${shown} of`));
    expect(opened.complaints).toEqual([]);
  });
});
