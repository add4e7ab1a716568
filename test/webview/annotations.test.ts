import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';
import { soon } from './browser/soon.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

describe('notes', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open(host = new FakeHost()) {
    const opened = await openPage(browser, host);
    await opened.page.locator('[data-slot="0"]').waitFor();
    return { ...opened, host, slot: (index: number) => opened.page.locator(`[data-slot="${index}"]`) };
  }

  const write = async (page: Page, text: string): Promise<void> => {
    await page.getByTestId('note-editor').waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
    await page.getByTestId('note-editor').waitFor({ state: 'detached' });
  };

  it('are written on a slot by key, shown on it and in their list, and reworded', async () => {
    const { host, page, slot, complaints, close } = await open();
    await slot(-1).click();
    await page.keyboard.press('a');
    await write(page, 'why zero?');
    await soon(() => host.actions).toEqual([
      {
        kind: 'annotate',
        draft: {
          target: { slot: hex(race.RSP - 8n), tid: 7055 },
          mark: 'suspicious',
          text: 'why zero?',
          about: expect.stringContaining('0x7f2a4c1fef08') as string,
        },
      },
    ]);
    await slot(-1).getByText('why zero?').waitFor();
    await page.getByTestId('notes').getByText('why zero?').waitFor();
    // The focus is back on the stack: the next key works there.
    await page.keyboard.press('a');
    await page.getByRole('radio', { name: /Explained/ }).click();
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('the handler wrote it');
    await page.keyboard.press('Enter');
    await slot(-1).getByText('the handler wrote it').waitFor();
    expect(host.annotations).toMatchObject([{ id: 'note0', mark: 'explained', revision: 2 }]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('go on registers and frames too, and their list leads to them', async () => {
    const { host, page, close } = await open();
    await page.locator('[data-register="rbx"]').click();
    await page.keyboard.press('a');
    await write(page, 'not ours');
    await page.getByTestId('frames').getByText('updateDocument').click();
    await page.keyboard.press('a');
    await write(page, 'threw here');
    expect(host.annotations.map(({ target }) => target)).toEqual([
      { register: 'rbx', tid: 7055, frame: 0 },
      { frame: 1, tid: 7055, pc: '0x55806ca3121f', function: 'updateDocument(Document&, Update const&)' },
    ]);
    await page.locator('.frame-row.selected .note-suspicious').waitFor();
    expect(await page.locator('.frame-row.selected').getAttribute('title')).toContain('threw here');
    await page.getByTestId('frames').getByText('worker_main').click();
    await page.getByRole('listbox', { name: 'Notes' }).getByText('not ours').click();
    await page.locator('.frame-row.selected', { hasText: '(no code at 0)' }).waitFor();
    await page.locator('[data-register="rbx"] .note', { hasText: 'not ours' }).waitFor();
    await close();
  });

  it('are not written when the form is left, and no key leaks from it', async () => {
    const { host, page, slot, close } = await open();
    await slot(3).click();
    await page.keyboard.press('a');
    await page.getByTestId('note-editor').waitFor();
    await page.keyboard.type('a a m d');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.press('Escape');
    await soon(() => page.getByTestId('note-editor').count()).toBe(0);
    expect(host.actions).toEqual([]);
    expect(await page.locator('.stack-row.active').getAttribute('data-slot')).toBe('3');
    await close();
  });

  it('are taken back by the usual keys', async () => {
    const { host, page, slot, close } = await open();
    await slot(3).click();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+y');
    await soon(() => host.actions).toEqual([{ kind: 'undo' }, { kind: 'redo' }, { kind: 'redo' }]);
    await host.send({ type: 'notice', text: 'Undone: note on slot 0x10.' });
    await page.getByTestId('stack').getByText('Undone: note').waitFor();
    await close();
  });

  it('on a range show on every slot in it', async () => {
    const { host, page, slot, close } = await open();
    const time = '2026-01-02T03:04:05.678Z';
    const annotation = {
      id: '1',
      mark: 'noted',
      text: 'a jmp_buf',
      author: 'bob',
      created: time,
      changed: time,
      revision: 1,
    };
    await host.send({
      type: 'annotations',
      annotations: [{ ...annotation, mark: 'noted', target: { range: hex(race.RSP + 16n), length: 16 } }],
      problems: [],
      ofOthers: 2,
    });
    await slot(2).getByText('a jmp_buf').waitFor();
    expect(await slot(3).innerText()).toContain('a jmp_buf');
    expect(await slot(4).innerText()).not.toContain('a jmp_buf');
    expect(await page.getByTestId('notes').innerText()).toContain('2 notes belong to another core');
    await close();
  });
});

describe('rows', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('tell the menu of the editor what can be done with them, by mouse and by key', async () => {
    const { page, close } = await openPage(browser, new FakeHost());
    await page.locator('[data-slot="0"]').waitFor();
    await page.evaluate(() => {
      window.addEventListener('contextmenu', (event) => {
        // As the editor gathers it: from the target outwards.
        let found = {};
        for (const at of event.composedPath())
          if (at instanceof HTMLElement && at.dataset['vscodeContext'])
            found = { ...(JSON.parse(at.dataset['vscodeContext']) as object), ...found };
        (window as unknown as { menu: unknown }).menu = found;
      });
    });
    const menu = () => page.evaluate(() => (window as unknown as { menu: Record<string, unknown> }).menu);
    await page.locator('[data-slot="-2"]').click({ button: 'right' });
    expect(await menu()).toMatchObject({
      webviewSection: 'slot',
      redzoneFollow: true,
      redzoneTarget: true,
      redzoneCode: false,
    });
    expect(await page.locator('.stack-row.active').getAttribute('data-slot')).toBe('-2');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+F10');
    await soon(() => menu()).toMatchObject({ webviewSection: 'slot', redzoneFollow: false });
    await page.locator('[data-register="rcx"]').click({ button: 'right' });
    await soon(() => menu()).toMatchObject({ webviewSection: 'register', redzoneAddress: false, redzoneCode: true });
    await page.getByTestId('frames').getByText('ingest_loop').click({ button: 'right' });
    await soon(() => menu()).toMatchObject({ webviewSection: 'frame', redzoneSource: true });
    await close();
  });

  it('are copied as the menu asks', async () => {
    const host = new FakeHost();
    const { page, close } = await openPage(browser, host);
    await page.locator('[data-slot="1"]').click({ button: 'right' });
    for (const command of ['copyAddress', 'copyValue', 'copyRow', 'copyGdb'] as const)
      await host.send({ type: 'perform', command });
    await soon(() => host.actions).toEqual([
      { kind: 'copy', text: hex(race.RSP + 8n) },
      { kind: 'copy', text: '0x7f2a3c0012c0' },
      { kind: 'copy', text: expect.stringMatching(/^\+8 .*unexpected end of document/) as string },
      { kind: 'copy', text: `*(unsigned long *)${hex(race.RSP + 8n)}` },
    ]);
    await close();
  });
});

describe('finding', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open() {
    const slots = race.raceSlots(race.RSP, -1000, 8000);
    const host = new FakeHost(
      raceAnswers({
        slots: ({ from, count }) => {
          const page = slots(from, count);
          return {
            ...page,
            items: page.items.map((slot) =>
              slot.index === 7500 ? { ...slot, kind: 'string', text: '"Needle"' } : slot,
            ),
          };
        },
      }),
    );
    const opened = await openPage(browser, host);
    await opened.page.locator('[data-slot="0"]').click();
    await opened.page.keyboard.press('Control+f');
    return { ...opened, host, status: opened.page.getByTestId('find').getByRole('status') };
  }

  it('reaches a slot that was never drawn, and gives the focus back', async () => {
    const { page, status, complaints, close } = await open();
    await page.keyboard.type('needle');
    await page.locator('[data-slot="7500"].found').waitFor();
    await soon(() => status.textContent()).toBe('1 of 1, stack');
    await page.keyboard.press('Alt+c');
    await soon(() => status.textContent()).toBe('No results');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowDown');
    await soon(() => page.locator('.stack-row.active').getAttribute('data-slot')).toBe('7501');
    expect(await page.locator('.found').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it('steps through parts in turn, around the end, and back', async () => {
    const { page, status, close } = await open();
    await page.keyboard.type('libunwind');
    await soon(() => status.textContent()).toBe('1 of 2, modules');
    await page.keyboard.press('Enter');
    await soon(() => status.textContent()).toBe('2 of 2, mappings');
    await page.locator('.mapping-row.active', { hasText: 'libunwind' }).waitFor();
    await page.keyboard.press('F3');
    await soon(() => status.textContent()).toBe('1 of 2, modules');
    await page.keyboard.press('Shift+Enter');
    await soon(() => status.textContent()).toBe('2 of 2, mappings');
    await close();
  });

  it('takes regular expressions, and says what is wrong with one', async () => {
    const { page, status, close } = await open();
    await page.keyboard.press('Alt+r');
    await page.keyboard.type('^.8 .*popped');
    await page.locator('[data-slot="-1"].found.active').waitFor();
    await page.keyboard.type('(');
    await soon(() => status.textContent()).toMatch(/^Invalid regular expression/);
    await close();
  });
});
