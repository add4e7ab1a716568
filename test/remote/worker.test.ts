import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CoreSession, OpenedCore } from '../../src/session/coreSession.js';
import { createInThreadSession } from '../../src/session/inThreadSession.js';
import { createWorkerSession } from '../../src/session/worker/workerSession.js';
import { ensureBuilt, ROOT } from '../cli/builtCommand.js';
import { FaultyServer } from './faultyServer.js';
import { sample } from './triaged.js';

const SYSROOT = join(ROOT, '.cache/fixtures/sysroot');

/** The session of VS Code on a core that lies on a server: what a page and a debugger ask of it is what they are told of a local one. */
describe('the worker, on a core on a server', () => {
  let server: FaultyServer;
  let session: CoreSession;

  beforeAll(async () => {
    ensureBuilt();
    server = await FaultyServer.start();
    session = createWorkerSession(join(ROOT, 'dist/engineWorker.js'));
  }, 120_000);
  afterAll(async () => {
    await session.dispose();
    await server.stop();
  });
  beforeEach(() => {
    server.files.clear();
    server.seen.length = 0;
  });

  const serve = (name: string): string => {
    server.files.set(`/${name}.core`, { bytes: sample(name).bytes, etag: `"${name}"` });
    return `${server.origin}/${name}.core`;
  };

  const told = async (core: OpenedCore) => {
    const { crashedTid: tid = 0 } = await core.ask('summary', {});
    const { label, kind } = await core.ask('verdict', {});
    const { items } = await core.ask('stack', { tid, from: 0, count: 50 });
    return { label, kind, frames: items.map(({ function: name, file, line }) => [name, file, line]) };
  };

  it('takes binaries like those of a local core', async () => {
    const local = createInThreadSession();
    const here = await local.open(sample('null-deep').path, { sysroot: SYSROOT });
    const there = await session.open(serve('null-deep'), { sysroot: SYSROOT });
    const expected = await told(here);
    expect(expected.frames[0]?.[1]).toMatch(/\.c/);
    expect(await told(there)).toEqual(expected);
    await there.close();
    await local.dispose();
  });

  it('is read once for a page and a debugger', async () => {
    const address = serve('abort');
    const page = await session.open(address, { sysroot: SYSROOT });
    await told(page);
    const asked = server.seen.length;
    expect(asked).toBeGreaterThan(0);
    const debug = await session.open(address, { sysroot: SYSROOT });
    await told(debug);
    expect(server.seen.length).toBe(asked);
    await page.close();
    await told(debug);
    await debug.close();
  });

  it('is read anew for both when one of them wants it', async () => {
    const address = serve('abort');
    const [page, debug] = [await session.open(address), await session.open(address)];
    let heard = 0;
    page.onReloaded(() => heard++);
    server.files.set('/abort.core', { bytes: sample('null-deep').bytes, etag: '"other"' });
    await debug.reload();
    expect(heard).toBe(1);
    expect((await told(page)).kind).toBe('null-dereference');
    await page.close();
    await debug.close();
  });

  it('says in a sentence why it cannot be opened, and can be opened later', async () => {
    const address = `${server.origin}/abort.core`;
    await expect(session.open(address)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.any(String) as string,
    });
    serve('abort');
    const core = await session.open(address);
    expect((await told(core)).kind).toBe('abort');
    await core.close();
  });
});
