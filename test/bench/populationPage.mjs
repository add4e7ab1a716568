// `node test/bench/populationPage.mjs [ROWS]`: how long a click on the population page takes, with a million rows and 25 columns unless
// told otherwise. Prints for each click the time until the frame after it, and what the page's own thread worked for it, which is what
// counts on a busy machine. Needs the built page (npm run build) and Chromium.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { findChromium } from '../editor/host/browser.mjs';

const ROOT = path.join(import.meta.dirname, '../..');
const rows = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(path.join(tmpdir(), 'redzone-bench-'));

try {
  const bundle = path.join(folder, 'make.mjs');
  await esbuild.build({
    stdin: {
      contents: `export { packTable } from './src/session/population/packTable.ts';
        export { standalonePage } from './src/session/population/standalonePage.ts';
        export * from './test/webview/population/sampleFleet.ts';`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  const make = await import(pathToFileURL(bundle).href);
  const table = make.sampleFleet(rows, 12);
  const start = performance.now();
  const pack = make.packTable(table, {
    dataset: 'bench',
    report: make.sampleReport(table),
    source: make.SAMPLE_SOURCE,
  });
  console.log(`packed ${rows} rows into ${pack.length} bytes in ${Math.round(performance.now() - start)} ms`);
  const page = path.join(folder, 'page.html');
  writeFileSync(page, make.standalonePage(pack, path.join(ROOT, 'dist/webview')));
  await measure(page);
} finally {
  rmSync(folder, { recursive: true });
}

/** @param {string} file */
async function measure(file) {
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(120_000);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1000;
  };
  const start = performance.now();
  await page.goto(pathToFileURL(file).href);
  await page.getByTestId('cores').locator('.core-row').first().waitFor();
  console.log(`shown after ${Math.round(performance.now() - start)} ms`);
  const clicks = {
    'show a finding': page.getByRole('button', { name: /^Show these/ }).first(),
    'clear all': page.getByRole('button', { name: 'Clear all' }),
    'a label': page.locator('button.legend-entry').first(),
    'a host': page.locator('[data-facet=host] .facet-value').nth(2),
    'a release': page.locator('[data-facet=release] .facet-value').nth(0),
    'sort by time': page.locator('.core-sort[title=time]'),
    'sort by kind': page.locator('.core-sort[title=kind]'),
    'clear again': page.getByRole('button', { name: 'Clear all' }),
  };
  for (const [name, target] of Object.entries(clicks)) {
    await target.waitFor();
    await page.waitForTimeout(500);
    const before = await worked();
    const seen = await target.evaluate(async (element) => {
      const from = performance.now();
      element.click();
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
      return performance.now() - from;
    });
    console.log(
      `${name.padEnd(16)} ${seen.toFixed(0).padStart(5)} ms, ${((await worked()) - before).toFixed(0)} ms of work`,
    );
  }
  await browser.close();
}
