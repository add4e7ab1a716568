import type { DebugProtocol } from '@vscode/debugprotocol';
import { beforeEach, expect, test } from 'vitest';
import { InlineClient } from './inlineClient.js';
import { RACE_TID } from './raceCore.js';

/** A page leads the debugger to a frame that a reader has chosen on it. */
let client: InlineClient;
beforeEach(async () => {
  client = new InlineClient();
  await client.request('initialize', { adapterID: 'redzone', clientID: 'vscode', supportsMemoryEvent: true });
  await client.request('launch', { core: 'race.core' });
  await client.request('configurationDone');
});

const stack = async (threadId: number): Promise<readonly DebugProtocol.StackFrame[]> =>
  ((await client.request('stackTrace', { threadId })) as DebugProtocol.StackTraceResponse).body.stackFrames;

test('the cursor goes there, and the client is told as of a step', async () => {
  const before = (await stack(RACE_TID)).map(({ name }) => name);
  await client.request('redzone.goToFrame', { tid: RACE_TID, frame: 2 });
  const after = await stack(RACE_TID);
  expect(after.map(({ name }) => name)).toEqual(before);
  expect(after.map(({ presentationHint }) => presentationHint ?? 'normal').slice(0, 4)).toEqual([
    'subtle',
    'subtle',
    'normal',
    'normal',
  ]);
  // The answer is between the events: VS Code drops the second where they come in one go.
  const isOf = (each: DebugProtocol.ProtocolMessage, command: string): boolean =>
    each.type === 'response' && (each as DebugProtocol.Response).command === command;
  const answered = client.messages.findIndex((each) => isOf(each, 'redzone.goToFrame'));
  const told = client.messages.slice(answered - 1, answered + 2);
  expect(told).toMatchObject([{ event: 'continued' }, { type: 'response' }, { event: 'stopped' }]);
  expect((told[2] as DebugProtocol.Event | undefined)?.body).toMatchObject({
    threadId: RACE_TID,
    reason: 'frame',
    description: `frame 3 of ${before.length}`,
  });
});

test('the next step goes on from there', async () => {
  await client.request('redzone.goToFrame', { tid: RACE_TID, frame: 2 });
  await client.request('stepOut', { threadId: RACE_TID });
  const position = async (): Promise<unknown> => {
    const frame = (await stack(RACE_TID)).find(({ presentationHint }) => presentationHint === undefined);
    return (await client.request('redzone.framePosition', { frameId: frame?.id })).body;
  };
  expect(await position()).toEqual({ tid: RACE_TID, frame: 3 });
});

test('another reading has a thread of its own', async () => {
  await client.request('redzone.goToFrame', { tid: RACE_TID, frame: 1, hypothesis: 'asReturned' });
  const { threadId } = client.events('stopped').at(-1)?.body as { threadId: number };
  expect(threadId).not.toBe(RACE_TID);
});

test('what the debugger would show is told beforehand', async () => {
  const shown: unknown = (await client.request('redzone.frameSource', { tid: RACE_TID, frame: 1 })).body;
  const [, frame] = await stack(RACE_TID);
  expect(shown).toMatchObject({
    line: frame?.line,
    ...(frame?.source?.path === undefined ? {} : { path: frame.source.path }),
  });
});

test.each([
  { tid: RACE_TID, frame: 9999 },
  { tid: 1, frame: 0 },
  { tid: RACE_TID, frame: 0, hypothesis: 'none' },
])('a frame that is not there is refused, and the cursor stays: %j', async (place) => {
  expect(await client.request('redzone.goToFrame', place)).toMatchObject({ success: false });
  expect(client.events('continued')).toEqual([]);
  expect((await stack(RACE_TID))[0]?.presentationHint).toBeUndefined();
});
