import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';
import { soon } from './browser/soon.js';

const FOLDER = resolve(import.meta.dirname, '../../.cache/screenshots/webview');
const source = '/var/lib/cores/notes.core';

describe('what is broken or missing', () => {
  let browser: Browser;
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true });
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('says that a file is no core, and offers text', async () => {
    const host = new FakeHost(raceAnswers(), { type: 'notACore', source, message: `${source} is a text file.` });
    const { page, complaints, close } = await openPage(browser, host);
    await page.getByTestId('not-a-core').waitFor();
    expect(await page.getByTestId('not-a-core').innerText()).toContain('notes.core is not a core dump');
    expect(complaints).toEqual([]);
    await page.screenshot({ path: `${FOLDER}/not-a-core.png` });
    await page.getByTestId('open-as-text').click();
    await soon(() => host.actions).toEqual([{ kind: 'openAsText' }]);
    await close();
  });

  it('says that a file cannot be read, and tries again', async () => {
    const host = new FakeHost(raceAnswers(), { type: 'unreadable', source, message: `${source}: permission denied.` });
    const { page, close } = await openPage(browser, host);
    await page.getByText('permission denied').waitFor();
    await page.getByText('Try Again').click();
    await soon(() => host.actions).toEqual([{ kind: 'reload' }]);
    await close();
  });

  it('shows what there is of a truncated core', async () => {
    const message = 'The file ends at 60 of 315 kB: memory from 0x7f2a4c1ff000 on is not in it.';
    const reason = 'The stack lies in the part of the file that was cut off.';
    const answers = raceAnswers({
      summary: () => ({
        ...race.summary,
        status: 'partial',
        size: 60_000,
        problems: [{ code: 'truncated', message, offset: 60_000 }],
      }),
      slots: () => ({ lowest: 0, highest: -1, from: 0, items: [], reason, absence: 'truncated' }),
      stack: () => ({ ...race.stack, total: 1, items: race.stack.items.slice(0, 1), stop: 'unreadable-stack' }),
      signalFrames: () => [],
    });
    const { page, complaints, close } = await openPage(browser, new FakeHost(answers));
    await page.getByText(reason).waitFor();
    expect(await page.getByTestId('stack').innerText()).toContain('Stack not in this core');
    expect(await page.getByTestId('stack').innerText()).toContain('ulimit -c');
    expect(await page.getByTestId('evidence').innerText()).toContain(message);
    await page.locator('[data-register="rip"]').waitFor();
    expect(complaints).toEqual([]);
    await page.screenshot({ path: `${FOLDER}/truncated.png` });
    await close();
  });

  it('says where it matters that an address is on another stack', async () => {
    const answers = raceAnswers({
      verdict: () => ({
        ...race.verdict,
        evidence: [{ rule: 'elsewhere', text: 'Look there.', weight: 1, refs: [{ slot: '0x7ffd00000010' }] }],
        missing: Array.from({ length: 9 }, (_, index) => `No binary for library ${index}.`),
      }),
    });
    const { page, close } = await openPage(browser, new FakeHost(answers));
    await page.locator('[data-slot="0"]').waitFor();
    await page.getByRole('button', { name: 'Look there.' }).click();
    await page.getByTestId('stack').getByText('0x7ffd00000010 is not on this stack.').waitFor();
    const missing = page.getByRole('list', { name: 'Not checked' });
    expect(await missing.getByRole('listitem').count()).toBe(4);
    await missing.getByRole('button', { name: '6 more' }).click();
    await soon(() => missing.getByRole('listitem').count()).toBe(9);
    await close();
  });

  it('opens a core of another architecture as far as it is understood', async () => {
    const message = 'This is an aarch64 core: its threads and stacks are not read yet.';
    const rest = Object.fromEntries(
      Object.entries(race.summary).filter(([key]) => key !== 'crashedTid'),
    ) as unknown as typeof race.summary;
    const answers = raceAnswers({
      summary: () => ({
        ...rest,
        status: 'partial',
        arch: 'aarch64',
        threadCount: 0,
        problems: [{ code: 'architecture', message }],
      }),
      verdict: () => ({
        ...race.verdict,
        label: 'other',
        kind: 'unknown',
        confidence: 0,
        title: 'Unknown',
        account: message,
        evidence: [],
        missing: [],
        hypotheses: [],
      }),
      threads: () => ({ total: 0, from: 0, items: [] }),
    });
    const { page, complaints, close } = await openPage(browser, new FakeHost(answers));
    await page.getByText('No thread', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await page.screenshot({ path: `${FOLDER}/other-architecture.png` });
    await close();
  });

  it('shows the summary when there is no verdict, and failures where they happen', async () => {
    const fail = (): never => {
      throw new Error('the engine could not say');
    };
    const answers = raceAnswers({ verdict: fail, slots: fail, registers: fail, stack: fail, signalFrames: fail });
    const { page, complaints, close } = await openPage(browser, new FakeHost(answers));
    await page.getByText('No verdict').first().waitFor();
    await page.getByText('The stack could not be read').waitFor();
    expect(await page.getByTestId('registers').innerText()).toContain('the engine could not say');
    expect(complaints).toEqual([]);
    await close();
  });
});
