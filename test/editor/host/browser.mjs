// The Chromium in which the workbench runs: Debian's, headless, and with no way out of the loopback interface.

import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string} the browser's path: REDZONE_CHROMIUM, or the first known name on the path */
export function findChromium() {
  const named = process.env['REDZONE_CHROMIUM'];
  if (named) return named;
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const name of NAMES) {
      const file = path.join(folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('There is no Chromium on the path. On Debian: apt-get install chromium');
}

/**
 * @param {{ width?: number, height?: number, colorScheme?: 'light' | 'dark', env?: Record<string, string> }} [options]
 * @returns {Promise<{ page: import('playwright-core').Page, blocked: Set<string>, close: () => Promise<void> }>}
 */
export async function openPage({ width = 1400, height = 900, colorScheme = 'dark', env = {} } = {}) {
  const inherited = /** @type {Record<string, string>} */ (
    Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== undefined))
  );
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: FLAGS,
    env: { ...inherited, ...env },
    // Playwright would exit this process at once; what else is running has to be ended first.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  try {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'en-US' });
    /** @type {Set<string>} */
    const blocked = new Set();
    await context.route('**/*', (route) => {
      const { protocol, hostname } = new URL(route.request().url());
      const isLocal = hostname === '127.0.0.1' || hostname === 'localhost' || !protocol.startsWith('http');
      if (isLocal) return route.continue();
      blocked.add(hostname);
      return route.abort();
    });
    const page = await context.newPage();
    return { page, blocked, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
