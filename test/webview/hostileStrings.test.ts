import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { FakeHost, raceAnswers, type Answers } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';

const ATTACK = `<img src=x onerror="alert(1)">"'><script>alert(2)</script>\u202eevil\u0007\n&lt;b&gt;`;
const SHOWN = `<img src=x onerror="alert(1)">"'><script>alert(2)</script>\\u{202e}evil\\x07\\x0a&lt;b&gt;`;

/** Puts the attack into every string of an answer that is prose or a name; numbers, addresses and closed words stay. */
function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string')
    return CLOSED.has(key) || value.startsWith('0x') || /^[\d]+$/.test(value) ? value : ATTACK;
  if (Array.isArray(value)) return value.map((item) => poison(item, key));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poison(item, name)]));
  }
  return value;
}

const CLOSED = new Set([
  'kind',
  'region',
  'trust',
  'status',
  'binaryStatus',
  'symbols',
  'label',
  'bytes',
  'id',
  'file',
  'relation',
  'part',
]);

describe('strings of a core are data', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('shows markup, control characters and direction overrides as text', async () => {
    const clean = raceAnswers();
    const answers = Object.fromEntries(
      Object.entries(clean).map(([name, answer]) => [
        name,
        (params: never) => poison((answer as (params: never) => unknown)(params)),
      ]),
    ) as unknown as Answers;
    const host = new FakeHost(answers);
    const { page, complaints, close } = await openPage(browser, host);
    await page.locator('[data-slot="0"]').waitFor();
    for (const pane of ['Vectors', 'Modules', 'Mappings'])
      await page.getByRole('button', { name: pane, exact: true }).click();
    await page.locator('.module-row').first().waitFor();
    expect(await page.getByTestId('verdict').getByRole('heading').innerText()).toBe(SHOWN);
    for (const testId of ['evidence', 'threads', 'frames', 'registers', 'signal-frame', 'modules', 'mappings']) {
      expect(await page.getByTestId(testId).first().innerText(), testId).toContain('\\u{202e}evil\\x07\\x0a&lt;b&gt;');
    }
    const threads = page.getByRole('listbox', { name: 'Threads' });
    await threads.focus();
    await threads.press('ArrowDown');
    await threads.press('c');
    await page.locator('.compare-slot').first().waitFor();
    expect(await page.locator('redzone-compare').innerText()).toContain('\\u{202e}evil\\x07\\x0a&lt;b&gt;');
    // What a colleague wrote, and who says to have written it, is data like the rest.
    const time = '2026-01-02T03:04:05.678Z';
    const target = { slot: `0x${race.RSP.toString(16)}` };
    await host.send({
      type: 'annotations',
      annotations: [
        {
          id: '1',
          mark: 'noted',
          text: ATTACK,
          author: ATTACK,
          about: ATTACK,
          created: time,
          changed: time,
          revision: 1,
          target,
        },
      ],
      problems: [ATTACK],
      ofOthers: 0,
    });
    await page.locator('[data-slot="0"] .note').waitFor();
    expect(await page.getByTestId('notes').innerText()).toContain('<img src=x');
    expect(await page.getByTestId('readings').innerText()).toContain('\\u{202e}evil');
    expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.evaluate(() => /[\u202a-\u202e\u0007]/.test(document.body.innerText))).toBe(false);
    expect(complaints).toEqual([]);
    await close();
  });

  it('shows the name of a file that is no core as text', async () => {
    const message = `${ATTACK} is a text file.`;
    const { page, complaints, close } = await openPage(
      browser,
      new FakeHost(raceAnswers(), { type: 'notACore', source: `/tmp/${ATTACK}`, message }),
    );
    await page.getByTestId('not-a-core').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });
});
