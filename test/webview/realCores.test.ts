import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreSession, OpenOptions } from '../../src/session/coreSession.js';
import { createInThreadSession } from '../../src/session/inThreadSession.js';
import { sampleCores, SYSROOT } from '../golden/fixtureCores.js';
import { CoreHost } from './browser/coreHost.js';
import { launchBrowser, openPage } from './browser/openPage.js';
import { THEMES, type ThemeName } from './browser/themes.js';

/** Pictures to be looked at; REDZONE_PICTURES=all takes every core in every theme, width and zoom. */
const FOLDER = resolve(import.meta.dirname, '../../.cache/screenshots/webview/real');
const ALL = process.env['REDZONE_PICTURES'] === 'all';
const ONLY = process.env['REDZONE_PICTURES_OF']?.split(',');

/** Cores that show the page at its best and at its worst. */
const CORES: readonly {
  readonly name: string;
  readonly picture?: string;
  readonly options?: OpenOptions;
  readonly beside?: string;
}[] = [
  { name: 'race-threads' },
  { name: 'shift-plus8-fp' },
  { name: 'shift-plus8-fp', picture: 'what-if' },
  { name: 'null-deep' },
  { name: 'race-clang', picture: 'two-cores', beside: 'race-default' },
  { name: 'threads-8' },
  { name: 'threads-200' },
  { name: 'truncated' },
  { name: 'truncated-notes' },
  { name: 'null-call', picture: 'without-binary', options: {} },
  { name: 'debuglink-wrong' },
  { name: 'no-memory' },
  { name: 'filter-1' },
  { name: 'go-panic' },
  { name: 'rust-panic' },
  { name: 'uncaught-own' },
  { name: 'handler-abort' },
  { name: 'avx512-patterns' },
  { name: 'deep-recursion' },
  { name: 'live-snapshot' },
];

interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly zoom?: number;
}

const SIZES: readonly Size[] = [
  { name: '1440', width: 1440, height: 900 },
  ...(ALL
    ? [
        { name: '600', width: 600, height: 900 },
        { name: '1800', width: 1800, height: 1000 },
        { name: '200%', width: 1800, height: 1000, zoom: 2 },
      ]
    : []),
];

describe('the page of real cores', () => {
  let browser: Browser;
  let session: CoreSession;
  let samples: ReturnType<typeof sampleCores>;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    samples = sampleCores();
    session = createInThreadSession();
    browser = await launchBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await session.dispose();
  });

  const wanted = CORES.filter(({ name, picture }) => ONLY === undefined || ONLY.includes(picture ?? name));
  it.each(wanted)('$name $picture', { timeout: 120_000 }, async ({ name, picture, options, beside }) => {
    const sample = samples.get(name) ?? expect.fail(`no sample core ${name}`);
    const core = await session.open(sample.core, options ?? { sysroot: SYSROOT });
    const other = beside === undefined ? undefined : samples.get(beside);
    const second = other && (await session.open(other.core, { sysroot: SYSROOT }));
    const themes = (ALL ? Object.keys(THEMES) : ['dark']) as ThemeName[];
    for (const theme of themes) {
      for (const size of SIZES) {
        const host = new CoreHost(core, [], second);
        const zoom = size.zoom ?? 1;
        const viewport = { width: size.width / zoom, height: size.height / zoom };
        const { page, complaints, close } = await openPage(browser, host, { theme, viewport, zoom });
        await settled(page);
        expect(await shifts(page), `${picture ?? name} in ${theme}, ${size.name}`).toEqual([]);
        if (picture === 'what-if') await compare(page);
        if (second) await standBeside(page, host, second.path);
        await page.screenshot({ path: join(FOLDER, `${picture ?? name}-${theme}-${size.name}.png`) });
        expect(complaints).toEqual([]);
        expect(host.failures).toEqual([]);
        await close();
      }
    }
    await second?.close();
    await core.close();
  });
});

/** What moved after it was drawn, without the reader having done anything: how far, and what. */
function shifts(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const moved: string[] = [];
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as Shift[])
            for (const { node } of entry.sources)
              if (!entry.hadRecentInput)
                moved.push(`${entry.value.toFixed(4)} ${node instanceof Element ? node.className : ''}`);
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => {
          observer.disconnect();
          resolve(moved);
        }, 50);
        interface Shift extends PerformanceEntry {
          readonly value: number;
          readonly hadRecentInput: boolean;
          readonly sources: readonly { readonly node?: Node }[];
        }
      }),
  );
}

/** A register assumed, and both stacks side by side. */
async function compare(page: Page): Promise<void> {
  const field = page.getByRole('textbox', { name: 'What if: registers to assume' });
  await field.fill('rsp-=8');
  await field.press('Enter');
  await page.locator('.compare-register').first().waitFor();
}

/** Another core, and what is known of both. */
async function standBeside(page: Page, host: CoreHost, other: string): Promise<void> {
  await host.send({ type: 'reveal', place: { beside: other } });
  await page.locator('.compare-fact').first().waitFor();
}

/** The verdict is there, and the stack or the reason why there is none. */
async function settled(page: Page): Promise<void> {
  await page.getByTestId('verdict').waitFor();
  await page.locator('redzone-stack .slot, redzone-stack .empty').first().waitFor();
  await page.locator('redzone-registers .register-row, redzone-registers .empty').first().waitFor();
  await page.waitForTimeout(100);
}
