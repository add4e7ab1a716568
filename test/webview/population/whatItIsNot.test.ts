import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser/openPage.js';
import { soon } from '../browser/soon.js';
import { BAD_HOST, sampleFleet, sampleReport } from './sampleFleet.js';
import { openStandalone, type StandalonePage } from './standalone.js';

describe('what can be read off at once', () => {
  let browser: Browser;
  let opened: StandalonePage;
  beforeAll(async () => {
    browser = await launchBrowser();
    const table = sampleFleet(3000);
    const report = sampleReport(table);
    const sameAs = [
      { dimension: ['region', 'kernel'], value: ['eu-west', '6.6.52'] },
      { dimension: 'sku', value: 'gen10' },
    ];
    const rivals = [
      { dimension: 'node_age_h', value: '< 6', bits: 1.6 },
      { dimension: ['sku', 'release'], value: ['gen10', '4.1'], bits: 0.1 },
    ];
    const findings = report.findings.map((finding) => (finding.rank === 1 ? { ...finding, sameAs, rivals } : finding));
    opened = await openStandalone(browser, table, { ...report, findings });
  });
  afterAll(() => browser.close());

  it('what it is not: one sentence, and for each column how strong an association would have been seen', async () => {
    await opened.open('');
    const pane = opened.page.getByTestId('what-it-is-not');
    const text = await pane.innerText();
    expect(text.match(/four times of five/g)).toHaveLength(1);
    expect(text).toContain('Nothing ties return-to-null to any of these.');
    expect(await pane.locator('li').allInnerTexts()).toEqual(['kernel 1.3', 'container 1.4']);
  });

  it('what explains a finding just as well stands under its sentence, not in a tooltip', async () => {
    await opened.open('');
    const findings = opened.page.getByTestId('finding');
    expect(await findings.first().getByTestId('alike').innerText()).toBe(
      'Just as well: region = eu-west and kernel = 6.6.52; sku = gen10. Nothing in the table tells which it is.',
    );
    expect(await findings.nth(1).getByTestId('alike').count()).toBe(0);
  });

  it('what explains a finding nearly as well stands there too, with how much less likely it is', async () => {
    await opened.open('');
    const findings = opened.page.getByTestId('finding');
    expect(await findings.first().getByTestId('rivals').innerText()).toBe(
      'Nearly as well: node_age_h < 6 (3 times less likely); sku = gen10 and release = 4.1 (as likely). The data cannot rule them out.',
    );
    expect(await findings.nth(1).getByTestId('rivals').count()).toBe(0);
  });

  it('the copied list of machines to deny says why of each, as the file of the command does', async () => {
    await opened.open('');
    const { page } = opened;
    await page.getByRole('button', { name: 'Copy as a list to deny' }).click();
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await soon(copied).toContain(BAD_HOST);
    const lines = (await copied()).trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual([BAD_HOST]);
    expect(lines[lines.indexOf(BAD_HOST) - 1]).toMatch(
      /^# host: \d+ of \d+ crashes of kinds that healthy hardware does not make, p = 1\.0e-38$/,
    );
  });

  it('where each core is, on a screen of 1440 pixels, without scrolling', async () => {
    const { page } = opened;
    await page.setViewportSize({ width: 1440, height: 900 });
    await opened.open('');
    const rows = page.getByTestId('core-rows');
    await rows.locator('.open-core').first().waitFor();
    const beyond = await rows.evaluate((element) => {
      const right = element.getBoundingClientRect().right;
      return [...element.querySelectorAll('.open-core')].filter((cell) => cell.getBoundingClientRect().right > right)
        .length;
    });
    expect(beyond).toBe(0);
  });
});
