import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnTable } from '../../../src/shared/columnTable.js';
import { launchBrowser } from '../browser/openPage.js';
import { sampleFleet, sampleReport } from './sampleFleet.js';
import { openStandalone, type StandalonePage } from './standalone.js';

const DAY = 86_400_000;

/** Crashes from 2 March until just before midnight of 12 April: the last date of the axis, the 13th, is at its very end. */
function untilMidnight(): ColumnTable {
  const table = sampleFleet(500);
  const from = Date.UTC(2026, 2, 2);
  const columns = table.columns.map((column) =>
    column.name === 'time' && column.type === 'number'
      ? { ...column, values: column.values.map((_, row) => from + (41.99 * DAY * row) / (table.rows - 1)) }
      : column,
  );
  return { ...table, columns };
}

describe('the timeline', () => {
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    const table = untilMidnight();
    opened = await openStandalone(browser, table, sampleReport(table));
  });
  afterAll(() => browser.close());

  it('cuts no date off at its end, however wide the window is', async () => {
    const { page } = opened;
    for (const width of [700, 1000, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      await opened.open('');
      const timeline = page
        .locator('svg')
        .filter({ has: page.locator('.grid-line') })
        .first();
      await timeline.locator('.tick').first().waitFor();
      const beyond = await timeline.locator('.tick').evaluateAll((ticks) =>
        ticks
          .map((tick) => ({
            text: tick.textContent,
            more: tick.getBoundingClientRect().right - (tick.closest('svg')?.getBoundingClientRect().right ?? 0),
          }))
          .filter(({ more }) => more > 0.5),
      );
      expect(beyond, `at ${width} pixels`).toEqual([]);
    }
  });
});
