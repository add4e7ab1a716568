import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CoreComparison } from '../../../../src/session/compare/coreComparison.js';
import { tellApart } from '../../../../src/session/compare/tellApart.js';
import type { CoreSession, OpenedCore } from '../../../../src/session/coreSession.js';
import { createInThreadSession } from '../../../../src/session/inThreadSession.js';
import { prstatus } from '../../../writers/coreNotes.js';
import { writeCore } from '../../../writers/elfCore.js';

const CODE = 0x40_0000n;

/** A crash of one frame whose stack lies at `stack` and begins with a pointer into itself and with `word`. */
function core(stack: bigint, word: bigint, tids: readonly number[] = [4711]): Uint8Array {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, stack + 64n, true);
  view.setBigUint64(8, word, true);
  return writeCore({
    notes: tids.map((tid) => prstatus(tid, { rip: CODE + 0x10n, rsp: stack, rbx: word })),
    loads: [
      { vaddr: CODE, bytes: new Uint8Array(4096).fill(0x90), flags: 'rx' },
      { vaddr: stack, bytes },
    ],
  }).bytes;
}

let folder: string;
let session: CoreSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redzone-compare-'));
  session = createInThreadSession();
});
afterEach(async () => {
  await session.dispose();
  rmSync(folder, { recursive: true });
});

function opened(name: string, bytes: Uint8Array): Promise<OpenedCore> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return session.open(path);
}

describe('two cores side by side', () => {
  const ALL = { from: 0, count: 1000 };
  const leftStack = { tid: 4711 };

  it('are compared as wholes, then by register; addresses of two processes that lead to the same are alike', async () => {
    const left = await opened('one.core', core(0x7ffd_0000_0000n, 7n));
    const right = await opened('two.core', core(0x7ffe_0000_0000n, 9n));
    const page = await new CoreComparison().page({ left, right, leftStack }, ALL);
    expect(page.items.filter(({ part }) => part === 'fact').map(({ name, relation }) => [name, relation])).toEqual([
      ['verdict', 'equal'],
      ['signature', 'equal'],
      ['signal', 'equal'],
      ['threads', 'equal'],
    ]);
    const relation = (name: string) => page.items.find((row) => row.part === 'register' && row.name === name)?.relation;
    expect([relation('rip'), relation('rsp'), relation('rbx')]).toEqual(['equal', 'alike', 'different']);
    expect([page.left.core, page.right.core]).toEqual(['one.core', 'two.core']);
  });

  it('keep one comparison for its further pages, and read both anew with the first', async () => {
    const left = await opened('one.core', core(0x7ffd_0000_0000n, 7n));
    const right = await opened('two.core', core(0x7ffd_0000_0000n, 7n));
    const asked: string[] = [];
    const watched: OpenedCore = {
      ...right,
      ask: (name, params, signal) => {
        asked.push(name);
        return right.ask(name, params, signal);
      },
    };
    const comparison = new CoreComparison();
    const pair = { left, right: watched, leftStack };
    const first = await comparison.page(pair, { from: 0, count: 2 });
    const before = asked.length;
    const second = await comparison.page(pair, { from: 2, count: 2 });
    expect(asked).toHaveLength(before);
    expect([first.items.length, second.items.length, second.from]).toEqual([2, 2, 2]);
    expect(first.differing).toBe(0);
    await comparison.page(pair, { from: 0, count: 2 });
    expect(asked.length).toBe(2 * before);
  });

  it('take the thread of the other that is named, and say when there is none', async () => {
    const left = await opened('one.core', core(0x7ffd_0000_0000n, 7n));
    const right = await opened('two.core', core(0x7ffd_0000_0000n, 7n, [5, 6]));
    const comparison = new CoreComparison();
    const page = await comparison.page({ left, right, leftStack, rightTid: 6 }, ALL);
    expect(page.right.tid).toBe(6);
    await expect(comparison.page({ left, right, leftStack, rightTid: 99 }, ALL)).rejects.toThrow(/99/);
    // A failure is not kept.
    expect((await comparison.page({ left, right, leftStack }, ALL)).right.tid).toBe(5);
  });
});

describe('the names of two cores', () => {
  it.each([
    ['/a/x/core', '/a/y/core', ['x/core', 'y/core']],
    ['/a/one.core', '/b/two.core', ['one.core', 'two.core']],
    ['/a/core', '/core', ['a/core', '/core']],
    ['/a/core', '/a/core', ['/a/core', '/a/core']],
  ])('of %s and %s are the shortest ends that differ', (left, right, names) => {
    expect(tellApart(left, right)).toEqual(names);
  });
});
