// A real workbench driven from outside: a test gets Playwright's page and clicks, types and looks like a person would.

import path from 'node:path';
import { installExtension, startEditorServer } from '../../../scripts/editorHost/server.mjs';
import { writeUserSettings } from '../../../scripts/editorHost/settings.mjs';
import { openPage } from './browser.mjs';
import { createProfile } from './profile.mjs';
import { extensionsLoaded, workbenchAddress } from './workbenchAddress.mjs';

export const THEMES = /** @type {const} */ ({
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
});

/** What each is called in the list of themes, and what the workbench is marked with. */
const LOOKS = {
  dark: { label: 'Dark Modern', base: 'vs-dark' },
  light: { label: 'Light Modern', base: 'vs' },
  highContrast: { label: 'Dark High Contrast', base: 'hc-black' },
  highContrastLight: { label: 'Light High Contrast', base: 'hc-light' },
};

/**
 * @param {keyof typeof THEMES} theme
 * @returns {'light' | 'dark'}
 */
const schemeOf = (theme) => (theme === 'light' || theme === 'highContrastLight' ? 'light' : 'dark');

// Longer than anything takes on a busy machine, and short enough that a broken page does not cost minutes.
const PATIENCE = 45_000;
const START_PATIENCE = 60_000;

/**
 * @typedef {object} WorkbenchOptions
 * @property {string} folder the folder that is opened
 * @property {string} [extensionDevelopmentPath] runs the extension from its checkout
 * @property {string} [vsix] installs the packaged extension instead
 * @property {Record<string, unknown>} [userSettings]
 * @property {keyof typeof THEMES} [theme]
 * @property {number} [width]
 * @property {number} [height]
 * @property {boolean} [workspaceTrust] asks whether workspaces are trusted, as VS Code does; every one is trusted otherwise
 *
 * @typedef {object} Workbench
 * @property {import('playwright-core').Page} page
 * @property {import('playwright-core').FrameLocator} webview the contents of the one custom editor that is open
 * @property {string[]} console errors and warnings the page has logged
 * @property {Set<string>} blocked hosts other than this machine that the page has asked for
 * @property {() => string} serverLog
 * @property {(name: string) => Promise<void>} openFile by quick open, which takes part of a path
 * @property {(title: string) => Promise<void>} runCommand by its title in the command palette
 * @property {(entry: string) => Promise<void>} chooseInMenu by its words in the context menu that is open
 * @property {(theme: keyof typeof THEMES) => Promise<void>} setTheme
 * @property {(name: string) => Promise<string>} screenshot returns the file
 * @property {() => Promise<void>} close
 */

/**
 * @param {WorkbenchOptions} options
 * @returns {Promise<Workbench>}
 */
export async function openWorkbench(options) {
  try {
    return await openOnce(options);
  } catch (error) {
    // code-server gives the process that it starts ten seconds, which on a busy machine are not always enough.
    if (!String(error).includes('error timed out')) throw error;
    return openOnce(options);
  }
}

/**
 * @param {WorkbenchOptions} options
 * @returns {Promise<Workbench>}
 */
async function openOnce(options) {
  const theme = options.theme ?? 'dark';
  const profile = createProfile();
  /** @type {(() => unknown)[]} what has to be undone, last first */
  const undo = [profile.remove];
  const close = async () => {
    for (const action of undo.splice(0).reverse()) await action();
  };
  try {
    writeUserSettings(profile.userDataDir, {
      'workbench.colorTheme': THEMES[theme],
      'window.autoDetectColorScheme': false,
      ...(options.workspaceTrust === true
        ? { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' }
        : {}),
      ...options.userSettings,
    });
    const serverOptions = { profile: profile.folder, forTests: true, disposable: true, env: profile.env };
    if (options.vsix !== undefined) await installExtension({ ...serverOptions, vsix: options.vsix });
    const server = await startEditorServer({ ...serverOptions, workspaceTrust: options.workspaceTrust === true });
    undo.push(server.stop);
    const browser = await openPage({
      colorScheme: schemeOf(theme),
      env: profile.env,
      ...(options.width === undefined ? {} : { width: options.width }),
      ...(options.height === undefined ? {} : { height: options.height }),
    });
    undo.push(browser.close);
    const { page } = browser;
    page.setDefaultTimeout(PATIENCE);
    /** @type {string[]} */
    const console = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') console.push(message.text());
    });
    await page.goto(
      workbenchAddress({
        address: server.address,
        folder: options.folder,
        extensionDevelopmentPaths:
          options.extensionDevelopmentPath === undefined ? [] : [options.extensionDevelopmentPath],
      }),
      { timeout: START_PATIENCE },
    );
    await page.waitForSelector('.monaco-workbench', { timeout: START_PATIENCE });
    await extensionsLoaded(page);
    return {
      page,
      webview: page.frameLocator('iframe.webview').frameLocator('iframe#active-frame'),
      console,
      blocked: browser.blocked,
      serverLog: server.log,
      openFile: (name) => pick(page, 'Control+P', name),
      runCommand: (title) => pick(page, 'F1', `>${title}`),
      setTheme: async (name) => {
        await page.emulateMedia({ colorScheme: schemeOf(name) });
        const rows = page.locator('.quick-input-list .monaco-list-row');
        const input = page.locator('.quick-input-widget .quick-input-box input');
        await asking(page, 'F1', input);
        await input.fill('>Preferences: Color Theme');
        await rows.filter({ hasText: 'Preferences: Color Theme' }).first().click();
        const themes = page.locator('.quick-input-widget .quick-input-box input[placeholder*="Color Theme"]');
        await themes.fill(LOOKS[name].label);
        await rows.filter({ hasText: LOOKS[name].label }).first().click();
        await page.locator(`.monaco-workbench.${LOOKS[name].base}`).waitFor();
      },
      chooseInMenu: (entry) => choose(page, entry),
      screenshot: async (name) => {
        const file = path.resolve('.cache', 'screenshots', 'workbench', `${name}.png`);
        await page.screenshot({ path: file });
        return file;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Opens quick input, types, and takes the first row that has the text. An editor that is opened takes the keyboard a moment later, once
 * its page is loaded, and quick input closes when it loses the keyboard: who is as fast as a test begins anew then.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} key
 * @param {string} text
 */
async function pick(page, key, text) {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  const wanted = text.replace(/^>/, '').split('/').at(-1) ?? text;
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: wanted }).first();
  for (let left = 5; left > 0; left--) {
    await asking(page, key, input);
    if (!(await whileOpen(input, (timeout) => input.fill(text, { timeout })))) continue;
    if (!(await whileOpen(input, (timeout) => row.click({ timeout })))) continue;
    await input.waitFor({ state: 'hidden' });
    return;
  }
  throw new Error(`Something closes quick input before “${wanted}” can be chosen in it.`);
}

/**
 * Presses a key until quick input is there: it may come while an editor takes the keyboard.
 *
 * @param {import('playwright-core').Page} page
 * @param {string} key
 * @param {import('playwright-core').Locator} input
 */
async function asking(page, key, input) {
  for (let left = 8; ; left--) {
    await page.keyboard.press(key);
    try {
      await input.waitFor({ timeout: ATTEMPT });
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/**
 * Tries something as long as quick input is open.
 *
 * @param {import('playwright-core').Locator} input
 * @param {(timeout: number) => Promise<void>} act
 * @returns {Promise<boolean>} false when it closed before that was done
 */
async function whileOpen(input, act) {
  for (let left = 8; ; left--) {
    try {
      await act(ATTEMPT);
      return true;
    } catch (error) {
      if (!(await input.isVisible())) return false;
      if (left === 0) throw error;
    }
  }
}

/** Milliseconds that a single attempt is given, of several. */
const ATTEMPT = 5_000;

/**
 * Clicks an entry of the open menu until the menu is gone: a menu takes no click in the first tenth of a second after it opened
 * (menu.ts, `runOnceToEnableMouseUp`).
 *
 * @param {import('playwright-core').Page} page
 * @param {string} entry
 */
async function choose(page, entry) {
  const item = page.locator('.monaco-menu').getByText(entry, { exact: true });
  for (let left = 3; ; left--) {
    await item.click();
    try {
      await item.waitFor({ state: 'hidden', timeout: 5_000 });
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}
