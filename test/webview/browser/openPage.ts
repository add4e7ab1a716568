import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type Frame, type Page } from 'playwright-core';
import { pageHtml } from '../../../src/editor/pageHtml.js';
import { builtPage } from './builtPage.js';
import { FONTS, THEMES, type ThemeName } from './themes.js';

/** Starts the browser the tests share. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** Opens a built page against `host`, as a webview would: its real document and policy, the theme on `<html>`. */
export async function openPage(browser: Browser, host: PageHost, options: OpenPageOptions = {}): Promise<OpenedPage> {
  const { script, style } = builtPage(options.page);
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1440, height: 900 },
    ...(options.reducedMotion ? { reducedMotion: 'reduce' as const } : {}),
    // What the browser's zoom does to a page: fewer pixels of its own, each drawn larger.
    ...(options.zoom === undefined ? {} : { deviceScaleFactor: options.zoom }),
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await context.route('**/*', async (route) => {
    const { pathname, origin } = new URL(route.request().url());
    const served = origin === ORIGIN ? FILES[pathname] : undefined;
    if (!served) await route.abort();
    else
      await route.fulfill({
        contentType: served.type,
        body: served.file ? await readFile(served.file({ script, style })) : (served.body ?? DOCUMENT),
      });
  });
  await page.exposeFunction('toHost', (message: unknown) => host.receive(message));
  await page.addInitScript(installHost, { theme: THEMES[options.theme ?? 'dark'], fonts: FONTS });
  const frame = (): Frame => (options.framed ? page.frame('page') : undefined) ?? page.mainFrame();
  host.send = (message: unknown) =>
    frame().evaluate((data) => {
      window.postMessage(data, '*');
    }, message);
  await page.goto(`${ORIGIN}/${options.framed ? 'workbench' : ''}`);
  return { page, frame: frame(), complaints, close: () => context.close() };
}

/** The host's end of the line, in the test. */
export interface PageHost {
  receive(message: unknown): Promise<void>;
  send(message: unknown): Promise<void>;
}

export interface OpenPageOptions {
  /** Which page: the core page by default. */
  readonly page?: 'core' | 'population';
  readonly theme?: ThemeName;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly reducedMotion?: boolean;
  readonly zoom?: number;
  /** The page lies in a frame, as in an editor, beside a text field. */
  readonly framed?: boolean;
}

export interface OpenedPage {
  readonly page: Page;
  /** The document of the page itself. */
  readonly frame: Frame;
  /** Errors and warnings of the console, uncaught errors, dialogs: empty in a healthy page. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

const ORIGIN = 'http://page.test';

const DOCUMENT = pageHtml({
  title: 'Core Dump',
  cspSource: ORIGIN,
  scriptUri: `${ORIGIN}/core.js`,
  styleUri: `${ORIGIN}/core.css`,
  nonce: 'b2t0aGVyZQ',
  styleNonce: 'c3R5bGVz',
});

const FILES: Readonly<
  Record<
    string,
    {
      readonly type: string;
      readonly body?: string;
      readonly file?: (built: { script: string; style: string }) => string;
    }
  >
> = {
  '/': { type: 'text/html' },
  '/workbench': {
    type: 'text/html',
    body: '<!doctype html><textarea></textarea><iframe name="page" src="/" width="1400" height="800"></iframe>',
  },
  '/core.js': { type: 'text/javascript', file: (built) => built.script },
  '/core.css': { type: 'text/css', file: (built) => built.style },
};

/** Runs in the page before its script: the webview's API, and the theme as soon as there is a body. */
function installHost({
  theme,
  fonts,
}: {
  theme: { bodyClass: string; colors: Record<string, string> };
  fonts: Record<string, string>;
}) {
  const scope = window as unknown as {
    toHost(message: unknown): Promise<void>;
    acquireVsCodeApi: () => unknown;
  };
  let state: unknown = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;
  scope.acquireVsCodeApi = () => ({
    postMessage: (message: unknown) => {
      void scope.toHost(message);
    },
    getState: () => state,
    setState: (next: unknown) => {
      state = next;
      sessionStorage.setItem('state', JSON.stringify(next));
    },
  });
  const applyTheme = () => {
    for (const [variable, value] of Object.entries({ ...theme.colors, ...fonts })) {
      document.documentElement.style.setProperty(`--vscode-${variable}`, value);
    }
    document.body.className = theme.bodyClass;
  };
  new MutationObserver((_changes, observer) => {
    if (!(document.body as HTMLElement | null)) return;
    observer.disconnect();
    applyTheme();
  }).observe(document, { childList: true, subtree: true });
}
