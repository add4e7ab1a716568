import { DebugClient } from '@vscode/debugadapter-testsupport';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { serveOnSocket, type AdapterServer } from '../../src/adapter/socket.js';
import { launchAndStop } from './adapterProcess.js';
import { FakeSession } from './fakeSession.js';
import { RACE_TID } from './raceCore.js';

let session: FakeSession;
let server: AdapterServer;
beforeEach(async () => {
  session = new FakeSession();
  server = await serveOnSocket(session, 0);
});
afterEach(() => server.close());

async function connect(): Promise<DebugClient> {
  const client = new DebugClient('', '', 'redzone');
  await client.start(server.port);
  return client;
}

test('two clients debug two cores at once', async () => {
  const [one, other] = [await connect(), await connect()];
  await Promise.all([launchAndStop(one, { core: 'race.core' }), launchAndStop(other, { core: 'deep.core' })]);
  const total = async (client: DebugClient) =>
    (await client.stackTraceRequest({ threadId: RACE_TID, levels: 1 })).body.totalFrames;
  expect([await total(one), await total(other)]).toEqual([7, 100_000]);
  expect(session.openCount).toBe(2);
  await one.disconnectRequest();
  expect(await total(other)).toBe(100_000);
  await other.disconnectRequest();
  await expect.poll(() => session.openCount).toBe(0);
});

test('a client that hangs up leaves nothing open', async () => {
  const client = await connect();
  await launchAndStop(client, { core: 'race.core' });
  // Without a disconnect request: the connection just ends.
  (client as unknown as { stopAdapter: () => void }).stopAdapter();
  await expect.poll(() => session.openCount).toBe(0);
});

test('a port that is taken is an error', async () => {
  await expect(serveOnSocket(session, server.port)).rejects.toThrow(/EADDRINUSE/);
});
