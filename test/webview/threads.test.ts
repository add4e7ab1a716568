import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ThreadRow } from '../../src/shared/queries.js';
import { selectThreads } from '../../webview/core/threads/threadSelection.js';
import { launchBrowser, openPage } from './browser/openPage.js';
import { soon } from './browser/soon.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';

const THREADS: readonly ThreadRow[] = Array.from({ length: 5000 }, (_, i) => ({
  tid: 7055 + i,
  name: `worker-${i}`,
  crashed: i === 0,
  top: i % 2 === 0 ? 'epoll_wait' : 'futex_wait',
  stack: `s${i % 3}`,
}));

describe('threads', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('of 5,000 only those in view are asked for and drawn; they are filtered and folded', async () => {
    const host = new FakeHost(
      raceAnswers({
        summary: () => ({ ...race.summary, threadCount: THREADS.length }),
        threads: ({ from, count }) => ({ total: THREADS.length, from, items: THREADS.slice(from, from + count) }),
      }),
    );
    const { page, complaints, close } = await openPage(browser, host);
    const list = page.getByRole('listbox', { name: 'Threads' });
    await list.getByText('worker-1', { exact: true }).waitFor();
    expect(host.asked.filter(({ name }) => name === 'threads')).toHaveLength(1);
    await list.focus();
    await list.press('End');
    await list.getByText('worker-4999').waitFor();
    expect(await page.locator('.thread-row').count()).toBeLessThan(80);
    const filter = page.getByRole('textbox', { name: 'Filter threads' });
    await filter.fill('worker-4321');
    await soon(() => page.locator('.thread-row').count()).toBe(1);
    await list.getByText('worker-4321').click();
    await soon(() => host.asked.findLast(({ name }) => name === 'stack')?.params).toMatchObject({ tid: 7055 + 4321 });
    await filter.fill('');
    await page.getByRole('button', { name: 'Fold threads with the same stack' }).click();
    // The crashed one, and one of each stack.
    await soon(() => page.locator('.thread-row').count()).toBe(4);
    expect(await list.innerText()).toContain('×1667');
    expect(complaints).toEqual([]);
    await close();
  });

  it('says of a stack too deep to be listed how much of it is not there', async () => {
    const host = new FakeHost(raceAnswers({ stack: () => ({ ...race.stack, total: 104_000 }) }));
    const { page, close } = await openPage(browser, host);
    await page
      .getByTestId('frames')
      .getByText(`${104_000 - race.frames.length} further frames are not listed`)
      .waitFor();
    await close();
  });
});

describe('a selection of threads', () => {
  it('goes by id, name and function, and never folds the crashed thread away', () => {
    expect(selectThreads(THREADS, 'EPOLL', false)).toHaveLength(2500);
    expect(selectThreads(THREADS, '7055', false).map(({ thread }) => thread.tid)).toEqual([7055]);
    const folded = selectThreads(THREADS, '', true);
    expect(folded.map(({ thread, count }) => [thread.tid, count])).toEqual([
      [7055, 1],
      [7056, 1667],
      [7057, 1666],
      [7058, 1666],
    ]);
  });
});
