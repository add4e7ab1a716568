import { resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { EpisodeWords } from '../../../src/session/population/lookCloser.js';
import { packTable } from '../../../src/session/population/packTable.js';
import { standalonePage } from '../../../src/session/population/standalonePage.js';
import type { ColumnTable } from '../../../src/shared/columnTable.js';
import type { PopulationReport } from '../../../src/shared/findings.js';
import { SAMPLE_SOURCE } from './sampleFleet.js';
import { builtPage } from '../browser/builtPage.js';

/** A page that stands alone, opened in a browser that lets it reach nothing. */
export interface StandalonePage {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, requests for anything else. */
  readonly complaints: readonly string[];
  readonly open: (hash: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StandaloneOptions {
  readonly dark?: boolean;
  readonly contrast?: boolean;
  readonly dataset?: string;
  readonly words?: EpisodeWords;
}

const ADDRESS = 'https://page.test/population.html';

export async function openStandalone(
  browser: Browser,
  table: ColumnTable,
  report: PopulationReport,
  options: StandaloneOptions = {},
): Promise<StandalonePage> {
  builtPage('population');
  const folder = resolve(import.meta.dirname, '../../../dist/webview');
  const html = standalonePage(
    packTable(table, {
      dataset: options.dataset ?? 'sample',
      report,
      source: SAMPLE_SOURCE,
      ...(options.words === undefined ? {} : { words: options.words }),
    }),
    folder,
  );
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: options.dark === false ? 'light' : 'dark',
    contrast: options.contrast === true ? 'more' : 'no-preference',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await context.route('**/*', async (route) => {
    const { origin, pathname, href } = new URL(route.request().url());
    if (`${origin}${pathname}` === ADDRESS) await route.fulfill({ contentType: 'text/html', body: html });
    else {
      complaints.push(`asked for ${href}`);
      await route.abort();
    }
  });
  const open = async (hash: string) => {
    await page.goto('about:blank');
    await page.goto(`${ADDRESS}${hash}`);
    await page.getByTestId('cores').getByRole('columnheader').first().waitFor();
  };
  await open('');
  return { page, complaints, open, close: () => context.close() };
}
