import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { FakeHost } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';
import { soon } from './browser/soon.js';

/** A page in a frame, as an editor has it: the editor takes the keyboard and gives it back to the page as a whole. */
describe('the keyboard', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open() {
    const host = new FakeHost();
    const { page, frame, close } = await openPage(browser, host, { framed: true });
    const list = frame.getByRole('listbox', { name: 'Call stack' });
    await list.locator('.frame-row').nth(1).waitFor();
    await frame.locator('[data-slot="0"]').waitFor();
    return {
      host,
      frame,
      list,
      close,
      /** Until what is drawn now has given way to something else. */
      renewed: async (act: () => Promise<void>) => {
        const before = await frame.locator('.stack-grid').elementHandle();
        await act();
        await frame.waitForFunction((grid) => !grid.isConnected, before);
        await frame.locator('[data-slot="0"]').waitFor();
      },
      press: (key: string) => page.keyboard.press(key),
      /** As an editor that opens a file, and comes back to the page. */
      away: () => page.locator('textarea').focus(),
      back: () =>
        page.locator('iframe').evaluate((iframe: HTMLIFrameElement) => {
          iframe.contentWindow?.focus();
        }),
      focused: () =>
        frame.evaluate(() => document.hasFocus() && document.activeElement?.closest('[role]')?.getAttribute('role')),
    };
  }

  it('is in the call stack after an editor went to the source of the chosen frame and gave it back', async () => {
    const { host, frame, list, away, back, press, close } = await open();
    await list.locator('.frame-row').first().click();
    await away();
    await host.send({ type: 'focus', tid: race.summary.crashedTid ?? 0, frame: 0 });
    await back();
    await press('ArrowDown');
    expect(await list.locator('.frame-row.active .frame-number').innerText()).toBe('1');
    expect(await frame.evaluate(() => document.activeElement?.localName)).toBe('redzone-frames');
    await close();
  });

  it('is left with the editor while the page is filled anew', async () => {
    const { host, list, away, renewed, focused, close } = await open();
    await list.locator('.frame-row').first().click();
    await away();
    await renewed(() => host.send({ type: 'reopened', reason: 'reloaded' }));
    expect(await focused()).toBe(false);
    await close();
  });

  it('is on the stack of another thread, and of a core that was read anew, where it was on the stack before', async () => {
    const { host, frame, renewed, focused, close } = await open();
    await frame.locator('[data-slot="0"]').click();
    await renewed(() => host.send({ type: 'focus', tid: race.threads[1]?.tid ?? 0, frame: 0 }));
    expect(await focused()).toBe('grid');
    await renewed(() => host.send({ type: 'reopened', reason: 'reloaded' }));
    expect(await focused()).toBe('grid');
    await close();
  });

  it('is where the reader goes himself, not where it was', async () => {
    const { frame, list, away, focused, close } = await open();
    await list.locator('.frame-row').first().click();
    await away();
    await frame.locator('[data-slot="0"]').click();
    await soon(() => focused()).toBe('grid');
    await close();
  });
});
