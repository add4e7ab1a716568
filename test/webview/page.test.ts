import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';
import { soon } from './browser/soon.js';

describe('the core page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open(host = new FakeHost()) {
    const opened = await openPage(browser, host);
    await opened.page.getByTestId('verdict').waitFor();
    return { ...opened, host, slot: (index: number) => opened.page.locator(`[data-slot="${index}"]`) };
  }

  it('says hello, then asks for the verdict before anything long', async () => {
    const { host, page, slot, close, complaints } = await open();
    await slot(0).waitFor();
    expect(host.asked.slice(0, 2).map(({ name }) => name)).toEqual(['summary', 'verdict']);
    expect(await page.getByTestId('verdict').innerText()).toContain('Return to null: unwind-transfer race');
    expect(await page.getByTestId('verdict').innerText()).toContain('97 % sure');
    expect(await page.getByTestId('evidence').locator('button.evidence-item').count()).toBe(5);
    expect(complaints).toEqual([]);
    await close();
  });

  it('does not ask for what nobody has opened', async () => {
    const { host, page, slot, close } = await open();
    await slot(0).waitFor();
    expect(host.asked.map(({ name }) => name)).not.toContain('mappings');
    await page.getByRole('button', { name: 'Mappings' }).click();
    await page.getByRole('option', { name: /thread stack/ }).waitFor();
    expect(host.asked.map(({ name }) => name)).toContain('mappings');
    await close();
  });

  it('shows the stack with the red zone named and %rsp marked', async () => {
    const { page, slot, close } = await open();
    await slot(0).waitFor();
    expect(await slot(0).getAttribute('class')).toContain('at-rsp');
    expect(await slot(-1).getAttribute('data-region')).toBe('redZone');
    expect(await slot(-1).innerText()).toContain('popped as the return address');
    expect(await page.getByTestId('redzone').innerText()).toContain('red zone');
    const headings = await page.getByTestId('stack-frame').allInnerTexts();
    expect(headings.filter((text) => text.startsWith('frame 0') && text.includes('context'))).toHaveLength(1);
    expect(headings.filter((text) => text.startsWith('frame 1') && text.includes('updateDocument'))).toHaveLength(1);
    // Low addresses on top.
    const above = await slot(-1).boundingBox();
    const below = await slot(0).boundingBox();
    expect(above && below && above.y < below.y).toBe(true);
    await close();
  });

  it('lights what evidence speaks of, and goes there', async () => {
    const { page, slot, close } = await open();
    await slot(0).waitFor();
    const rip = page.locator('[data-register="rip"]').first();
    await page.getByRole('button', { name: /the word that was popped/ }).hover();
    expect(await slot(-1).getAttribute('class')).toContain('lit');
    expect(await rip.getAttribute('class')).toContain('lit');
    await page.mouse.move(0, 0);
    expect(await slot(-1).getAttribute('class')).not.toContain('lit');
    await page.getByRole('button', { name: /stale SIGUSR2 frame/ }).click();
    await slot(-378).waitFor();
    expect(await slot(-378).getAttribute('class')).toContain('active');
    await page.getByTestId('stack-signal-frame').waitFor();
    expect(await slot(-356).innerText()).toContain('rip');
    await page.getByRole('grid', { name: 'Stack, low addresses first' }).press('Alt+ArrowLeft');
    await slot(0).waitFor();
    await close();
  });

  it('shows registers, flags, vectors and the fields of the signal frame', async () => {
    const { page, close } = await open();
    const registers = page.getByTestId('registers');
    await registers.locator('[data-register="rsp"]').waitFor();
    expect(await registers.locator('[data-register="rflags"]').innerText()).toContain('PF ZF IF RF');
    await page.getByRole('button', { name: 'Vectors' }).click();
    await soon(() => page.getByRole('table', { name: 'Vector registers' }).innerText()).toContain('initial state');
    const state = page.getByRole('table', { name: 'Extended state' });
    const row = (name: string) => state.getByRole('row', { name });
    expect(await row('st0').innerText()).toContain('3.14159265358979323851');
    expect(await row('opmask').innerText()).toContain('initial state');
    expect(await row('PKRU').innerText()).toContain('not saved');
    const signal = page.getByTestId('signal-frame');
    expect(await signal.innerText()).toContain('SIGUSR2');
    expect(await signal.innerText()).toContain('_Ux86_64_setcontext+0x52');
    await close();
  });

  it('follows the chosen frame and thread', async () => {
    const { host, page, slot, close } = await open();
    await slot(0).waitFor();
    await page.getByTestId('frames').getByText('ingest_loop(Queue&)').click();
    await page.locator('[data-register="rax"].unknown').waitFor();
    // The inline entry before it shares its frame: asked for by number without inline entries.
    expect(host.asked.at(-1)).toEqual({ name: 'registers', params: { tid: 7055, frame: 2 } });
    await page.getByTestId('threads').getByText('7048').click();
    await page.getByText('None on this stack.').waitFor();
    expect(host.asked.filter(({ name }) => name === 'slots').at(-1)?.params).toMatchObject({ tid: 7048 });
    await close();
  });

  it('takes the focus of the debugger', async () => {
    const { host, page, slot, close } = await open();
    await slot(0).waitFor();
    await host.send({ type: 'focus', tid: 7055, frame: 4 });
    await page.locator('.frame-row.selected', { hasText: 'worker_main' }).waitFor();
    // The stack goes there too, and back again.
    const heading = (name: string) => page.locator('.stack-row.band-frame.selected', { hasText: name });
    await soon(() => isInView(page, heading('worker_main'))).toBe(true);
    expect(await isInView(page, slot(0))).toBe(false);
    await host.send({ type: 'focus', tid: 7055, frame: 0 });
    await soon(() => isInView(page, slot(0))).toBe(true);
    await close();
  });

  it('asks the host to debug, to copy and to show the report', async () => {
    const { host, page, slot, close } = await open();
    await slot(0).waitFor();
    await page.getByTestId('debug-button').click();
    await page.getByTestId('text-report').click();
    await slot(1).click();
    await page.getByRole('grid', { name: 'Stack, low addresses first' }).press('Control+c');
    await soon(() => host.actions.length).toBe(3);
    expect(host.actions[0]).toEqual({ kind: 'debug', frame: 0 });
    expect(host.actions[1]).toEqual({ kind: 'textReport' });
    expect(host.actions[2]).toMatchObject({ kind: 'copy', text: expect.stringContaining('0x7f2a3c0012c0') as string });
    await close();
  });

  it('works by keyboard alone', async () => {
    const { page, slot, close } = await open();
    await slot(0).waitFor();
    const grid = page.getByRole('grid', { name: 'Stack, low addresses first' });
    await grid.focus();
    await grid.press('ArrowUp');
    await grid.press('ArrowUp');
    const active = await grid.getAttribute('aria-activedescendant');
    expect(await page.locator(`#${active ?? ''}`).getAttribute('class')).toContain('heading');
    // The saved frame pointer two above %rsp: Enter follows it, Alt+Left returns.
    for (let i = 0; i < 2; i++) await grid.press('ArrowUp');
    expect(
      await page.locator(`#${(await grid.getAttribute('aria-activedescendant')) ?? ''}`).getAttribute('data-slot'),
    ).toBe('-2');
    await grid.press('Enter');
    await soon(() => page.locator('.stack-row.active').getAttribute('data-slot')).toBe('16');
    await grid.press('Alt+ArrowLeft');
    await soon(() => page.locator('.stack-row.active').getAttribute('data-slot')).toBe('-2');
    const frames = page.getByRole('listbox', { name: 'Call stack' });
    await frames.focus();
    await frames.press('ArrowDown');
    await frames.press('Enter');
    await page.locator('.frame-row.selected', { hasText: 'updateDocument' }).waitFor();
    const evidence = page.getByTestId('evidence').getByRole('button').first();
    await evidence.focus();
    await page.locator('.signal-entry.lit').waitFor();
    await close();
  });

  it('draws only the rows in view of 100,000 slots, and reaches both ends', async () => {
    const slots = race.raceSlots(race.RSP, -4000, 96_000);
    const { page, slot, close, complaints } = await open(
      new FakeHost(raceAnswers({ slots: ({ from, count }) => slots(from, count) })),
    );
    await slot(0).waitFor();
    const grid = page.getByRole('grid', { name: 'Stack, low addresses first' });
    await grid.press('End');
    await slot(96_000).waitFor();
    await soon(() => slot(96_000).locator('.value').innerText()).not.toBe('…');
    await grid.press('Home');
    await slot(-4000).waitFor();
    expect(await page.locator('.stack-row').count()).toBeLessThan(120);
    expect(complaints).toEqual([]);
    await close();
  });

  it('begins where the reader was when its tab was hidden or the window reloaded', async () => {
    const { page, slot, close } = await open();
    await slot(0).waitFor();
    await page.getByTestId('threads').getByText('7048').click();
    await page.getByTestId('frames').getByText('worker_main').click();
    await page.getByRole('button', { name: 'Modules' }).click();
    await slot(40).click();
    // A moment passes before the state is handed to the editor.
    await soon(() => page.evaluate(() => sessionStorage.getItem('state') ?? '')).toContain('"slot":40');
    await page.reload();
    await page.locator('.frame-row.selected', { hasText: 'worker_main' }).waitFor();
    await page.locator('.stack-row.active[data-slot="40"]').waitFor();
    expect(await page.locator('.thread-row.selected').innerText()).toContain('7048');
    await page.locator('.module-row').first().waitFor();
    await close();
  });

  it('begins anew with another core in the same place, and keeps how it was arranged', async () => {
    let tid = race.summary.crashedTid ?? 0;
    const host = new FakeHost(
      raceAnswers({
        summary: () => ({ ...race.summary, crashedTid: tid }),
        slots: (params) => {
          if (params.tid !== tid) throw new Error(`there is no thread ${params.tid} in this core`);
          return race.raceSlots(race.RSP)(params.from, params.count);
        },
      }),
    );
    const { page, slot, close } = await open(host);
    await slot(0).waitFor();
    await page.getByRole('button', { name: 'Modules' }).click();
    await slot(5).click();
    await soon(() => page.evaluate(() => sessionStorage.getItem('state') ?? '')).toContain('"slot":5');
    tid = 4711;
    await host.send({ type: 'reopened', reason: 'reloaded' });
    await soon(() => host.asked.findLast(({ name }) => name === 'slots')?.params).toMatchObject({ tid: 4711 });
    await page.locator('.stack-row.active[data-slot="0"]').waitFor();
    await page.locator('.module-row').first().waitFor();
    await close();
  });

  it('shows the address of a link on the stack of another thread', async () => {
    const { host, page, slot, close } = await open();
    await slot(0).waitFor();
    const address = `0x${(race.RSP + 24n).toString(16)}`;
    await host.send({ type: 'reveal', place: { tid: 7048, frame: 0, address } });
    await page.locator('.thread-row.selected', { hasText: '7048' }).waitFor();
    await page.locator('.stack-row.active[data-slot="3"]').waitFor();
    await close();
  });

  it('asks again when the engine was reopened', async () => {
    const { host, page, slot, close } = await open();
    await slot(0).waitFor();
    const before = host.asked.length;
    await host.send({ type: 'reopened', reason: 'the engine stopped' });
    await soon(() => host.asked.length).toBeGreaterThan(before + 3);
    await page.getByTestId('verdict').waitFor();
    await close();
  });
});

/** Whether an element is in sight: rows a little beyond what is seen are drawn too. */
async function isInView(page: Page, row: Locator): Promise<boolean> {
  if ((await row.count()) === 0) return false;
  const [box, list] = await Promise.all([row.boundingBox(), page.locator('.stack-grid').boundingBox()]);
  return box !== null && list !== null && box.y >= list.y && box.y + box.height <= list.y + list.height;
}
