import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PopulationReport } from '../../../src/shared/findings.js';
import { launchBrowser } from '../browser/openPage.js';
import { soon } from '../browser/soon.js';
import { violations } from '../browser/violations.js';
import { column, sampleFleet, sampleReport } from './sampleFleet.js';
import { openStandalone, type StandalonePage } from './standalone.js';

/** The first finding compared by exposure: its share of the crashes is higher elsewhere, its rate four times as high inside. */
function byExposure(report: PopulationReport): PopulationReport {
  const [first, ...rest] = report.findings;
  if (first === undefined) throw new Error('no finding');
  const rated = {
    ...first,
    text: '800 of 2,000 crashes are in one region: 0.04 per host_hours there, 0.01 elsewhere.',
    inside: { cases: 800, of: 1100 },
    outside: { cases: 1200, of: 1500 },
    rates: {
      unit: 'host_hours',
      inside: { crashes: 800, exposure: 20_000 },
      outside: { crashes: 1200, exposure: 120_000 },
      ratio: 4,
      interval: [3.5, 4.6] as const,
    },
  };
  return { ...report, findings: [rated, ...rest] };
}

describe('a finding on rates', () => {
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    const table = sampleFleet(3000);
    opened = await openStandalone(browser, table, byExposure(sampleReport(table)));
  });
  afterAll(() => browser.close());

  it('draws how often it crashes for how much ran, not the shares, and says by how much', async () => {
    await opened.open('');
    const finding = opened.page.getByTestId('finding').first();
    const rows = finding.locator('.contrast-row');
    expect(await rows.nth(0).innerText()).toMatch(/800 in 20,000\s+4 per 100$/);
    expect(await rows.nth(1).innerText()).toMatch(/1,200 in 120,000\s+1 per 100$/);
    const lengths = await finding
      .locator('.contrast-fill')
      .evaluateAll((fills) => fills.map((fill) => fill.getBoundingClientRect().width));
    expect((lengths[0] ?? 0) / (lengths[1] ?? 1)).toBeCloseTo(4, 1);
    expect(await finding.innerText()).toContain('at 4 times the rate elsewhere.');
    expect(await finding.innerText()).toContain('rate ratio 4 (3.5 to 4.6)');
    // Of a finding without exposure the shares are drawn, as ever.
    const next = opened.page.getByTestId('finding').nth(1).locator('.contrast-row').first();
    expect(await next.innerText()).toMatch(/ of .* %$/s);
  });

  it('has room for its figures in a narrow window', async () => {
    await opened.open('');
    await opened.page.setViewportSize({ width: 900, height: 800 });
    const heights = await opened.page
      .getByTestId('finding')
      .first()
      .locator('.contrast-figure')
      .evaluateAll((figures) => figures.map((figure) => figure.getClientRects().length * figure.clientHeight));
    expect(Math.max(...heights)).toBeLessThan(30);
  });
});

/** Four regions of the sample fleet, one of which ran a tenth of the hours of any other. */
const HOURS = new Map([
  ['eu-north', 1000],
  ['eu-west', 10_000],
  ['us-east', 10_000],
  ['us-west', 10_000],
]);

describe('rates by dimension', () => {
  const table = sampleFleet(3000);
  const region = column(table, 'region');
  const label = column(table, 'label');
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    opened = await openStandalone(browser, table, {
      ...sampleReport(table),
      exposure: {
        unit: 'host_hours',
        total: 31_000,
        dimensions: [{ dimension: 'region', values: [...HOURS].map(([value, exposure]) => ({ value, exposure })) }],
      },
    });
  });
  afterAll(() => browser.close());

  it('the matrix shows how often it crashes for how much ran, the place far above its due first', async () => {
    await opened.open('#matrix=region');
    const matrix = opened.page.getByTestId('matrix');
    await soon(() => matrix.locator('caption').innerText()).toBe('Crashes per 10 host_hours');
    const first = matrix.locator('tbody tr').first();
    const [name, hours, ...rates] = await first.locator('th, td').allInnerTexts();
    expect([name, hours]).toStrictEqual(['eu-north', '1,000']);
    const head = await matrix.locator('thead th').allInnerTexts();
    const at = head.findIndex((text) => text.includes('other')) - 2;
    let count = 0;
    for (let row = 0; row < table.rows; row++) if (region(row) === 'eu-north' && label(row) === 'other') count++;
    expect(Number(rates[at])).toBeCloseTo(count / 100, 1);
    expect(await first.locator('button.over').count()).toBeGreaterThan(0);
    expect(await matrix.locator('tbody tr').nth(3).locator('button.over').count()).toBe(0);
    expect(await violations(opened.page)).toEqual([]);
  });

  it('goes back to counts where it is not known how much ran of what is chosen, and says so', async () => {
    const { page } = opened;
    await opened.open('#matrix=region&is.label=other');
    const matrix = page.getByTestId('matrix');
    await soon(() => matrix.locator('caption').innerText()).toContain('host_hours');
    await opened.open('#matrix=region&is.kernel=6.6.52');
    await soon(() => matrix.innerText()).toContain('how much ran of what is chosen is not known');
    expect(await matrix.locator('caption').innerText()).not.toContain('host_hours');
    // Of a column that the exposure table has not, nothing is said of rates.
    await opened.open('#matrix=sku');
    await soon(() => matrix.locator('tbody tr').count()).toBe(3);
    expect(await matrix.innerText()).not.toContain('ran');
    expect(opened.complaints).toEqual([]);
  });
});
