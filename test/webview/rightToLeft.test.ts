import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage } from './browser/openPage.js';
import { FakeHost, raceAnswers, type Answers } from './dataset/fakeHost.js';

/** Names in scripts that are written from right to left, which programs may have. */
const NAMES: readonly (readonly [plain: RegExp, written: string])[] = [
  [/updateDocument/g, 'עדכן_מסמך'],
  [/ingest/g, 'استيعاب'],
];

function translated(value: unknown): unknown {
  const text = NAMES.reduce((all, [plain, written]) => all.replace(plain, written), JSON.stringify(value));
  return JSON.parse(text) as unknown;
}

/** Runs in the page: pieces of text in which characters that are read from left to right do not stand in that order. */
function outOfOrder(): string[] {
  const wrong: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent ?? '';
    if (!/[\u0590-\u08ff]/.test(text)) continue;
    let [line, edge] = [-1, -1];
    for (const match of text.matchAll(/[0-9A-Za-z+]/g)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + 1);
      const { left, top, width } = range.getBoundingClientRect();
      if (width === 0) continue;
      if (Math.abs(top - line) < 4 && left < edge) {
        wrong.push(text);
        break;
      }
      [line, edge] = [top, left];
    }
  }
  return wrong;
}

describe('names written from right to left', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  it('leave numbers, offsets and addresses beside them from left to right, in a page of either direction', async () => {
    const answers = Object.fromEntries(
      Object.entries(raceAnswers()).map(([name, answer]) => [
        name,
        (params: never) => translated((answer as (params: never) => unknown)(params)),
      ]),
    ) as unknown as Answers;
    const { page, close } = await openPage(browser, new FakeHost(answers));
    await page.locator('[data-slot="0"]').waitFor();
    const written = await page.getByTestId('registers').getByText('עדכן_מסמך').first().innerText();
    expect(written).toMatch(/\+0x1cf/);
    expect(await page.evaluate(outOfOrder)).toEqual([]);
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    expect(await page.evaluate(outOfOrder)).toEqual([]);
    const columns = await page.locator('[data-slot="0"] > *').evaluateAll((cells) =>
      cells
        .map((cell) => cell.getBoundingClientRect())
        .filter(({ width }) => width > 0)
        .map(({ left }) => left),
    );
    expect(columns).toEqual(columns.toSorted((a, b) => a - b));
    await close();
  });
});
