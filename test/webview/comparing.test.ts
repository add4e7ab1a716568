import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ByteSelection } from '../../webview/core/memory/byteSelection.js';
import { launchBrowser, openPage } from './browser/openPage.js';
import { soon } from './browser/soon.js';
import { violations } from './browser/violations.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';
import { comparison } from './dataset/raceComparison.js';
import * as race from './dataset/raceCore.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

describe('readings of the stack', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open() {
    const host = new FakeHost(
      raceAnswers({
        compare: (params) => {
          if (params.right.hypothesis === 'rsx+=8') throw new Error('%rsx is no register of the crashed thread');
          return comparison(params);
        },
      }),
    );
    const opened = await openPage(browser, host);
    await opened.page.locator('[data-slot="0"]').waitFor();
    const asked = (name: string) => host.asked.filter((each) => each.name === name).map(({ params }) => params);
    return { ...opened, host, asked };
  }

  it('are listed with what they change and their score; one is shown beside the verdict’s', async () => {
    const { page, asked, complaints, close } = await open();
    const list = page.getByRole('listbox', { name: 'Readings of the stack' });
    expect(await list.getByRole('option').allInnerTexts()).toEqual([
      expect.stringMatching(/●\s*asReturned\s*the last transfer was a ret\s*0\.94/) as string,
      expect.stringMatching(/asCalled\s*a call to 0\s*0\.11/) as string,
    ]);
    expect(asked('compare')).toEqual([]);
    await list.getByText('asCalled').click();
    const grid = page.getByRole('grid', { name: 'Two stacks side by side' });
    await grid.getByText('updateDocument(Document&, Update const&)').waitFor();
    expect(asked('compare').at(-1)).toMatchObject({
      left: { tid: 7055 },
      right: { tid: 7055, hypothesis: 'asCalled' },
    });
    // Frames, registers and slots of the page are those of the reading.
    for (const name of ['stack', 'registers', 'slots'])
      await soon(() => asked(name).at(-1)).toMatchObject({ tid: 7055, hypothesis: 'asCalled' });
    const rsp = grid.locator('.compare-register', { hasText: 'rsp' });
    expect(await rsp.getAttribute('class')).toContain('relation-different');
    expect(await rsp.innerText()).toContain('≠');
    expect(await page.locator('redzone-compare [role=status]').innerText()).toBe('13 differences');
    await page.getByRole('button', { name: 'Only what differs' }).click();
    await soon(() => asked('compare').at(-1)).toMatchObject({ only: 'differences' });
    expect(await violations(page)).toEqual([]);
    // Back to the verdict's own.
    await list.getByText('asReturned').click();
    await soon(() => asked('stack').at(-1)).not.toHaveProperty('hypothesis');
    expect(complaints).toEqual([]);
    await close();
  });

  it('are assumed by the reader as one says it, and refused in words', async () => {
    const { page, asked, complaints, close } = await open();
    const field = page.getByRole('textbox', { name: 'What if: registers to assume' });
    await field.fill('%rsp + 8');
    await field.press('Enter');
    await page.getByRole('option', { name: /rsp\+=8.*assumed.*0\.31/ }).waitFor();
    await soon(() => asked('stack').at(-1)).toMatchObject({ hypothesis: 'rsp+=8' });
    expect(await page.getByRole('columnheader', { name: /thread 7055 if rsp\+=8/ }).innerText()).toContain('0.31');
    await field.fill('rsx+8');
    await field.press('Enter');
    await page.getByText('%rsx is no register of the crashed thread').waitFor();
    // What is shown stays.
    expect(asked('stack').at(-1)).toMatchObject({ hypothesis: 'rsp+=8' });
    expect(complaints).toEqual([]);
    await close();
  });

  it('threads are put side by side by key, and by the id that is typed', async () => {
    const { page, asked, close } = await open();
    const threads = page.getByRole('listbox', { name: 'Threads' });
    await threads.focus();
    await threads.press('ArrowDown');
    await threads.press('c');
    await soon(() => asked('compare').at(-1)).toMatchObject({ left: { tid: 7055 }, right: { tid: 7048 } });
    await page.getByRole('columnheader', { name: 'thread 7048' }).waitFor();
    const field = page.getByRole('textbox', { name: 'Thread to compare with' });
    await field.fill('7049');
    await field.press('Enter');
    await soon(() => asked('compare').at(-1)).toMatchObject({ right: { tid: 7049 } });
    await close();
  });
});

describe('two cores', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  const OTHER = 'file:///cores/other.core';

  async function open() {
    const host = new FakeHost();
    const opened = await openPage(browser, host);
    await opened.page.locator('[data-slot="0"]').waitFor();
    const asked = () => host.asked.filter(({ name }) => name === 'compareCores').map(({ params }) => params);
    const grid = opened.page.getByRole('grid', { name: 'Two stacks side by side' });
    return { ...opened, host, asked, grid };
  }

  it('stand side by side when the host says so: what is known of them first, then their stacks', async () => {
    const { page, host, asked, grid, complaints, close } = await open();
    await host.send({ type: 'reveal', place: { beside: OTHER } });
    await grid.getByText('6.6.1').waitFor();
    expect(asked()[0]).toMatchObject({ core: OTHER, left: { tid: 7055 } });
    expect(asked()[0]).not.toHaveProperty('tid');
    expect(await grid.getByRole('columnheader').allInnerTexts()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^race\.core, thread 7055/) as string,
        expect.stringMatching(/^other\.core, thread 4711/) as string,
      ]),
    );
    const kernel = grid.locator('.compare-fact', { hasText: 'kernel' });
    expect(await kernel.getAttribute('class')).toContain('relation-different');
    expect(await kernel.innerText()).toMatch(/kernel\s*6\.1\.90\s*≠[\s\S]*6\.6\.1/);
    await grid.getByText('updateDocument(Document&, Update const&)').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Only what differs' }).click();
    await soon(() => asked().at(-1)).toMatchObject({ core: OTHER, only: 'differences' });
    expect(complaints).toEqual([]);
    await close();
  });

  it('are compared by another thread of the other, which is typed, and as text', async () => {
    const { page, host, asked, grid, close } = await open();
    const asText = page.getByRole('button', { name: 'As Text' });
    await page.getByRole('tab', { name: 'Compare' }).click();
    // One core has no text beside it.
    expect(await asText.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Other Core…' }).click();
    await soon(() => host.actions).toEqual([{ kind: 'compareCore' }]);
    await host.send({ type: 'reveal', place: { beside: OTHER } });
    await grid.getByText('6.6.1').waitFor();
    const field = page.getByRole('textbox', { name: 'Thread to compare with' });
    await field.fill('4712');
    await field.press('Enter');
    await soon(() => asked().at(-1)).toMatchObject({ core: OTHER, tid: 4712, left: { tid: 7055 } });
    await asText.click();
    await soon(() => host.actions.at(-1)).toEqual({ kind: 'compareText', core: OTHER });
    // A thread of this core takes the other's place.
    await page.getByRole('listbox', { name: 'Threads' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('c');
    await soon(() => host.asked.at(-1)).toMatchObject({ name: 'compare', params: { right: { tid: 7048 } } });
    await soon(() => asText.isVisible()).toBe(false);
    await close();
  });

  it('do not lend the addresses of the other to this one', async () => {
    const { page, host, grid, close } = await open();
    await host.send({ type: 'reveal', place: { beside: OTHER } });
    const row = grid.locator('.compare-register', { hasText: 'only there' });
    await row.click();
    await page.keyboard.press('m');
    await page.keyboard.press('Control+c');
    await soon(() => host.actions.at(-1)).toMatchObject({
      kind: 'copy',
      text: expect.stringContaining('only there') as string,
    });
    expect(host.asked.filter(({ name }) => name === 'memory')).toEqual([]);
    await close();
  });

  it('are beside each other again when the page comes back', async () => {
    const { page, host, asked, grid, close } = await open();
    await host.send({ type: 'reveal', place: { beside: OTHER } });
    await grid.getByText('6.6.1').waitFor();
    await soon(() => page.evaluate(() => sessionStorage.getItem('state'))).toContain(OTHER);
    const before = asked().length;
    await page.reload();
    await grid.getByText('6.6.1').waitFor();
    expect(asked().at(before)).toMatchObject({ core: OTHER, left: { tid: 7055 } });
    await close();
  });
});

describe('a signal frame', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('says of each field whether the crash has the same, and takes keys', async () => {
    const host = new FakeHost();
    const { page, complaints, close } = await openPage(browser, host);
    const fields = page.getByRole('grid', { name: /Fields of the signal frame/ });
    const row = (name: string) => fields.locator(`[data-field="${name}"]`);
    await row('rip').waitFor();
    expect(await row('rip').innerText()).toMatch(/≠[\s\S]*crash 0x0/);
    expect(await row('rbx').innerText()).toContain('=');
    expect(await row('err').innerText()).toContain('page not present');
    await page.getByText(/\d+ of \d+ registers differ from the crash’s/).waitFor();
    await fields.focus();
    await fields.press('ArrowDown');
    await soon(() => row('rsp').getAttribute('aria-selected')).toBe('true');
    await fields.press('Control+c');
    await soon(() => host.actions.at(-1)).toMatchObject({
      kind: 'copy',
      text: expect.stringMatching(/^rsp {2}0x7f2a4c1fef00/) as string,
    });
    expect(complaints).toEqual([]);
    await close();
  });
});

describe('bytes of memory', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('are chosen by key and by mouse, and noted', async () => {
    const host = new FakeHost(
      raceAnswers({
        memory: ({ address, length }) => ({ address, runs: [{ address, bytes: 'c3'.repeat(length) }] }),
      }),
    );
    const { page, complaints, close } = await openPage(browser, host);
    await page.locator('[data-slot="0"]').click();
    await page.keyboard.press('m');
    const center = page.locator('.memory-row.center');
    await center.getByText('c3 c3').first().waitFor();
    const list = page.getByRole('listbox', { name: 'Memory' });
    await list.focus();
    // From 0x55806ca98f30: three bytes on, then four more.
    for (let i = 0; i < 3; i++) await list.press('ArrowRight');
    for (let i = 0; i < 4; i++) await list.press('Shift+ArrowRight');
    await page.getByText('5 bytes at 0x55806ca98f33').waitFor();
    expect(await center.locator('.memory-hex .chosen').innerText()).toBe('c3 c3 c3 c3 c3');
    await list.press('a');
    await page.getByTestId('note-editor').waitFor();
    await page.keyboard.type('five returns');
    await page.keyboard.press('Enter');
    await soon(() => host.annotations[0]?.target).toEqual({ range: '0x55806ca98f33', length: 5 });
    await list.press('Escape');
    await center.getByText('five returns').waitFor();
    expect(await center.locator('.memory-hex .noted').innerText()).toBe('c3 c3 c3 c3 c3');
    // Across rows, by dragging over the text.
    const text = center.locator('.memory-text');
    const box = (await text.boundingBox()) ?? expect.fail('the row is not drawn');
    const column = box.width / 16;
    await page.mouse.move(box.x + 2.5 * column, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + 4.5 * column, box.y + 30, { steps: 4 });
    await page.mouse.up();
    await page.getByText('19 bytes at 0x55806ca98f32').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('are whole elements where words are shown', () => {
    const selection = new ByteSelection(0x1005n);
    selection.moveTo(0x1013n, true);
    expect(selection.snapped(8)).toEqual({ start: 0x1000n, length: 24 });
    selection.moveTo(0xfffn, true);
    expect([selection.start, selection.length]).toEqual([0xfffn, 7]);
    expect(selection.snapped(1)).toEqual({ start: 0xfffn, length: 7 });
    selection.moveTo(-4n, false);
    expect([selection.start, selection.length]).toEqual([0n, 1]);
  });

  it('of a note on part of a slot show on the slot', async () => {
    const host = new FakeHost();
    const { page, close } = await openPage(browser, host);
    await page.locator('[data-slot="0"]').waitFor();
    const time = '2026-01-02T03:04:05.678Z';
    await host.send({
      type: 'annotations',
      annotations: [
        {
          id: '1',
          mark: 'noted',
          text: 'high half',
          author: 'bob',
          created: time,
          changed: time,
          revision: 1,
          target: { range: hex(race.RSP + 12n), length: 4 },
        },
      ],
      problems: [],
      ofOthers: 0,
    });
    await page.locator('[data-slot="1"]').getByText('high half').waitFor();
    expect(await page.locator('[data-slot="2"]').innerText()).not.toContain('high half');
    await close();
  });
});
