import {
  copyFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  rmSync,
  writeFileSync,
  writeSync,
  ftruncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CoreSession } from '../../../src/session/coreSession.js';
import { createInThreadSession } from '../../../src/session/inThreadSession.js';
import type { SearchTarget } from '../../../src/shared/queries.js';
import { prstatus } from '../../writers/coreNotes.js';
import { writeCore } from '../../writers/elfCore.js';

const BASE = 0x7f00_0000_0000n;
const GIB = 1n << 30n;

let folder: string;
let session: CoreSession;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redzone-search-'));
  session = createInThreadSession();
});
afterEach(async () => {
  await session.dispose();
  rmSync(folder, { recursive: true });
});

/** A core of 4 GiB of zeros, sparse on disk, with `text` in its last bytes. */
function largeCore(text: string): string {
  const path = join(folder, 'large.core');
  const size = 4n * GIB;
  const head = writeCore({
    notes: [prstatus(1, { rip: BASE, rsp: BASE })],
    loads: [{ vaddr: BASE, memsz: size, filesz: size }],
  });
  const file = openSync(path, 'w');
  try {
    writeSync(file, head.bytes);
    const end = (head.loads[0] ?? 0) + Number(size);
    ftruncateSync(file, end);
    writeSync(file, text, end - text.length);
  } finally {
    closeSync(file);
  }
  return path;
}

const ask = (what: SearchTarget) => ({ what, in: 'core', from: 0, count: 10 }) as const;

describe('a search of 4 GiB', () => {
  it('ends within a tenth of a second once it is cancelled, and tells how far it is', async () => {
    const core = await session.open(largeCore('needle'));
    const controller = new AbortController();
    const told: number[] = [];
    const searching = core.ask('search', ask({ kind: 'text', text: 'needle' }), controller.signal, (done) =>
      told.push(done),
    );
    let cancelled = 0;
    const cancelling = new Promise<void>((resolve) => {
      setTimeout(() => {
        cancelled = performance.now();
        controller.abort(new Error('enough'));
        resolve();
      }, 300);
    });
    await expect(searching).rejects.toThrow('enough');
    await cancelling;
    expect(performance.now() - cancelled).toBeLessThan(100);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeLessThan(1);
    // The core is as good as before.
    expect((await core.ask('summary', {})).threadCount).toBe(1);
  }, 20_000);
});

describe('a core that was replaced', () => {
  it('is read anew for everybody who has it open, and kept when the new file is none', async () => {
    const path = join(folder, 'a.core');
    writeFileSync(path, writeCore({ notes: [prstatus(1), prstatus(2)] }).bytes);
    const [one, other] = [await session.open(path), await session.open(path)];
    let told = 0;
    const unsubscribe = other.onReloaded(() => told++);
    const count = async (): Promise<number> => (await other.ask('summary', {})).threadCount;
    expect(await count()).toBe(2);

    const next = join(folder, 'next');
    writeFileSync(next, writeCore({ notes: [prstatus(1), prstatus(2), prstatus(3)] }).bytes);
    rmSync(path);
    copyFileSync(next, path);
    expect(await count()).toBe(2);
    await one.reload();
    expect(told).toBe(1);
    expect(await count()).toBe(3);

    rmSync(path);
    writeFileSync(path, 'no core');
    await expect(one.reload()).rejects.toThrow('not a core');
    expect([told, await count()]).toEqual([1, 3]);
    unsubscribe();
  });
});
