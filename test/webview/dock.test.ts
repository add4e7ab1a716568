import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstructionRow, MemoryAnswer, SearchAnswer, SearchHit } from '../../src/shared/queries.js';
import { asciiOf, rowsOfAnswer, spellRow, wordAt } from '../../webview/core/memory/memoryRows.js';
import { searchTarget } from '../../webview/core/search/searchRequest.js';
import { launchBrowser, openPage } from './browser/openPage.js';
import { soon } from './browser/soon.js';
import { FakeHost, raceAnswers } from './dataset/fakeHost.js';
import * as race from './dataset/raceCore.js';

const hex = (value: bigint): string => `0x${value.toString(16)}`;

/** Memory in which every byte is the low byte of its address, but for one page that is not there. */
function memory({ address, length }: { address: string; length: number }): MemoryAnswer {
  const start = BigInt(address);
  if (start >> 12n === 0x7f2a3c001n) return { address, runs: [{ address, length, absent: 'not in the core' }] };
  const bytes = Array.from({ length }, (_, i) =>
    Number((start + BigInt(i)) & 0xffn)
      .toString(16)
      .padStart(2, '0'),
  ).join('');
  return { address, runs: [{ address, bytes }] };
}

const INSTRUCTIONS: readonly InstructionRow[] = [
  {
    address: '0x55806ca3121c',
    length: 3,
    bytes: '4889e5',
    text: 'mov %rsp,%rbp',
    kind: 'instruction',
    symbol: 'updateDocument',
    offset: '0x1cc',
  },
  {
    address: '0x55806ca3121f',
    length: 4,
    bytes: '488b4718',
    text: 'mov 0x18(%rdi),%rax',
    kind: 'instruction',
    symbol: 'updateDocument',
    offset: '0x1cf',
    file: '/srv/ingest/src/document.cc',
    line: 214,
    current: true,
    effective: [{ address: '0x7f2a3c0012d8', access: 'read', size: 8, text: 'heap' }],
  },
];

const HITS: readonly SearchHit[] = Array.from({ length: 600 }, (_, i) => ({
  address: hex(i < 2 ? race.RSP + BigInt(i * 8) : 0x7f2a3c000000n + BigInt(i * 8)),
  mapping: i < 2 ? '0x7f2a4c1ff000' : '0x7f2a3c000000',
  value: '0x2a',
  ...(i < 2 ? { thread: 7055, slot: i } : {}),
}));

function search(from: number, count: number): SearchAnswer {
  const [heap, stack] = [race.mappings[4], race.mappings[5]];
  if (!heap || !stack) throw new Error('the data set has changed');
  return {
    total: 5000,
    kept: HITS.length,
    from,
    items: HITS.slice(from, from + count),
    groups: [
      { mapping: stack, first: 0, count: 2 },
      { mapping: heap, first: 2, count: 4998 },
    ],
    searched: '0x100000',
    notThere: '0x1000',
  };
}

describe('below the stack', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open() {
    const host = new FakeHost(
      raceAnswers({
        memory,
        disassemble: () => ({ items: INSTRUCTIONS, at: 1 }),
        search: ({ from, count }) => search(from, count),
        whatIs: ({ address }) => {
          if (address !== '$rsp+16') throw new Error('unknown symbol');
          return { value: hex(race.RSP + 16n), text: 'stack', kind: 'stack' };
        },
      }),
    );
    const opened = await openPage(browser, host);
    await opened.page.locator('[data-slot="0"]').waitFor();
    return { ...opened, host, slot: (index: number) => opened.page.locator(`[data-slot="${index}"]`) };
  }

  it('memory shows what a pointer leads to, its words, its holes, and takes notes', async () => {
    const { host, page, slot, complaints, close } = await open();
    expect(host.asked.map(({ name }) => name)).not.toContain('memory');
    await slot(0).click();
    // A pointer into the data of the program: not on this stack, so Enter shows it as memory.
    await page.keyboard.press('Enter');
    const center = page.locator('.memory-row.center');
    await center.getByText('30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f').waitFor();
    expect(await center.locator('.memory-text').innerText()).toBe('0123456789:;<=>?');
    await page.getByRole('listbox', { name: 'Memory' }).focus();
    await page.keyboard.press('a');
    await page.keyboard.type('looks like text');
    await page.keyboard.press('Enter');
    await center.getByText('looks like text').waitFor();
    expect(host.annotations[0]?.target).toEqual({ range: '0x55806ca98f30', length: 16 });
    await slot(1).click();
    await page.keyboard.press('m');
    await page.locator('.memory-row.center.absent').getByText('not in the core').waitFor();
    const field = page.getByRole('textbox', { name: 'Address or expression' });
    await field.fill('$rsp+16');
    await field.press('Enter');
    await page.locator('.memory-row.center', { hasText: (race.RSP + 16n).toString(16) }).waitFor();
    await field.fill('nonsense');
    await field.press('Enter');
    await page.getByText('unknown symbol').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  it('disassembly follows the frame and says what its instruction accesses', async () => {
    const { host, page, close } = await open();
    await page.getByTestId('frames').getByText('updateDocument').click();
    await page.getByRole('tab', { name: 'Disassembly' }).click();
    const current = page.locator('.code-row.current');
    await current.getByText('mov 0x18(%rdi),%rax').waitFor();
    expect(await current.innerText()).toContain('reads 8 at 0x7f2a3c0012d8: heap');
    expect(host.asked.findLast(({ name }) => name === 'disassemble')?.params).toMatchObject({ tid: 7055, frame: 1 });
    await page.getByTestId('frames').getByText('worker_main').click();
    await soon(() => host.asked.findLast(({ name }) => name === 'disassemble')?.params).toMatchObject({ frame: 3 });
    await close();
  });

  it('search lists what it finds by mapping, in pages, and leads there', async () => {
    const { host, page, slot, complaints, close } = await open();
    await page.getByRole('tab', { name: 'Search' }).click();
    const field = page.getByRole('textbox', { name: 'What to search for' });
    await field.fill('document');
    await field.press('Enter');
    await page.getByText('5000 found, the first 600 are listed').waitFor();
    expect(host.asked.findLast(({ name }) => name === 'search')?.params).toMatchObject({
      what: { kind: 'text', text: 'document' },
    });
    const results = page.getByRole('listbox', { name: 'Search results' });
    expect(await results.innerText()).toContain('thread stack  rw-p  2 hits');
    await results.getByText('%rsp+8').click();
    await page.locator('.stack-row.active[data-slot="1"]').waitFor();
    await results.focus();
    await page.keyboard.press('End');
    await results.getByText((0x7f2a3c000000n + 599n * 8n).toString(16)).waitFor();
    await slot(1).click();
    await page.keyboard.press('p');
    await soon(() => host.asked.findLast(({ name }) => name === 'search')?.params).toMatchObject({
      what: { kind: 'pointersInto', start: hex(race.RSP + 8n), end: hex(race.RSP + 16n) },
    });
    expect(complaints).toEqual([]);
    await close();
  });

  it('search tells how far it is, and is ended', async () => {
    const { host, page, close } = await open();
    let asked = 0;
    host.receive = async (message) => {
      if (message.type === 'ask' && message.name === 'search') asked = message.id;
      else if (message.type === 'cancel') host.actions.push({ kind: 'undo' });
      await Promise.resolve();
    };
    await page.getByRole('tab', { name: 'Search' }).click();
    const field = page.getByRole('textbox', { name: 'What to search for' });
    await field.fill('document');
    await field.press('Enter');
    await soon(() => asked).toBeGreaterThan(0);
    await host.send({ type: 'progress', id: asked, done: 0.42 });
    await soon(() => page.getByRole('progressbar', { name: 'Searching' }).getAttribute('aria-valuenow')).toBe('42');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled.').waitFor();
    await soon(() => host.actions).toHaveLength(1);
    await close();
  });
});

describe('rows of memory', () => {
  const [row] = rowsOfAnswer({
    address: '0x1000',
    runs: [
      { address: '0x1000', bytes: '48690041424344ff' },
      { address: '0x1008', length: 8, absent: 'not mapped' },
    ],
  });
  if (!row) throw new Error('no row');

  it('are spelled lowest address first, numbers highest digit first', () => {
    expect(spellRow(row, 1)).toBe('48 69 00 41 42 43 44 ff  ·· ·· ·· ·· ·· ·· ·· ··');
    expect(spellRow(row, 8)).toBe('ff44434241006948 ················');
    expect(asciiOf(row)).toBe('Hi.ABCD.        ');
    expect([wordAt(row, 0), wordAt(row, 1)]).toEqual(['0xff44434241006948', undefined]);
  });
});

describe('what is typed into the search', () => {
  it('is understood, or it is said what should have been typed', () => {
    expect(searchTarget('bytes', 'DE ad be\\xef')).toEqual({ kind: 'bytes', bytes: 'deadbeef' });
    expect(searchTarget('word', '42')).toEqual({ kind: 'word', value: '0x2a' });
    expect(searchTarget('pointersInto', '0x1000 - 0x2000')).toEqual({
      kind: 'pointersInto',
      start: '0x1000',
      end: '0x2000',
    });
    expect(searchTarget('pointersInto', '0x1000')).toEqual({ kind: 'pointersInto', start: '0x1000', end: '0x1008' });
    for (const [kind, text] of [
      ['bytes', 'abc'],
      ['word', 'x'],
      ['word', '0x10000000000000000'],
      ['pointersInto', '0x2000-0x1000'],
      ['text', ''],
    ] as const)
      expect(searchTarget(kind, text)).toMatch(/^Type /);
  });
});
