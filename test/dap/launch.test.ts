import type { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchAndStop, startFakeAdapter, stepAndStop } from './adapterProcess.js';
import { RACE_TID } from './raceCore.js';

let client: DebugClient;
beforeEach(async () => {
  client = await startFakeAdapter();
});
afterEach(() => client.stop());

const launch = (configuration: object): Promise<DebugProtocol.LaunchResponse> => client.launchRequest(configuration);

describe('a launch that cannot work answers with one sentence', () => {
  test.each([
    [{}, 'The launch configuration names no core dump: set "core" to the path of one.'],
    [{ core: 7 }, '"core" in the launch configuration has to be a path or name.'],
    [{ core: 'text.core' }, 'text.core is a text file, not a core dump.'],
    [{ core: 'threadless.core' }, 'threadless.core holds no thread to debug: the notes are cut off.'],
    [{ core: 'race.core', debugDirs: [1] }, '"debugDirs" in the launch configuration has to be a list of paths.'],
    [{ core: 'race.core', sourceMap: ['a'] }, '"sourceMap" in the launch configuration has to map paths to paths.'],
    [{ core: 'race.core', thread: {} }, '"thread" in the launch configuration has to be a thread id or a thread name.'],
    [{ core: 'race.core', thread: 5 }, 'The core dump has no thread 5.'],
    [{ core: 'race.core', thread: 'nobody' }, 'The core dump has no thread named "nobody".'],
    [
      { core: 'race.core', assume: 'x' },
      '"assume": "x" is none of the readings of this core dump: rip=intended, asReturned, or registers like "rsp+=8".',
    ],
  ])('%j', async (configuration, sentence) => {
    await client.initializeRequest();
    await expect(launch(configuration)).rejects.toThrow(sentence);
    // The session stands: the next attempt can work.
    await launch({ core: 'race.core' });
  });
});

test('launch errors are shown to the user', async () => {
  await client.initializeRequest();
  const answer = new Promise<DebugProtocol.ErrorResponse>((resolve) => {
    const pending = client as unknown as { dispatch: (body: string) => void };
    const dispatch = pending.dispatch.bind(client);
    pending.dispatch = (body) => {
      const message = JSON.parse(body) as DebugProtocol.ErrorResponse;
      if (message.command === 'launch') resolve(message);
      dispatch(body);
    };
  });
  await launch({ core: 'text.core' }).catch(() => undefined);
  expect((await answer).body.error).toMatchObject({
    format: 'text.core is a text file, not a core dump.',
    showUser: true,
  });
});

test('capabilities: what is claimed is answered, what is not is refused', async () => {
  const capabilities = (await client.initializeRequest()).body ?? {};
  await launch({ core: 'race.core' });
  const requests: Record<string, [flag: boolean | undefined, args: object]> = {
    stepBack: [capabilities.supportsStepBack, { threadId: RACE_TID }],
    reverseContinue: [capabilities.supportsStepBack, { threadId: RACE_TID }],
    restart: [capabilities.supportsRestartRequest, {}],
    exceptionInfo: [capabilities.supportsExceptionInfoRequest, { threadId: RACE_TID }],
    readMemory: [capabilities.supportsReadMemoryRequest, { memoryReference: '0x1000', count: 4 }],
    modules: [capabilities.supportsModulesRequest, {}],
    completions: [capabilities.supportsCompletionsRequest, { text: 'r', column: 2 }],
    cancel: [capabilities.supportsCancelRequest, {}],
    setVariable: [capabilities.supportsSetVariable, {}],
    setExpression: [capabilities.supportsSetExpression, {}],
    disassemble: [capabilities.supportsDisassembleRequest, { memoryReference: '0x1000', instructionCount: 1 }],
    loadedSources: [capabilities.supportsLoadedSourcesRequest, {}],
    restartFrame: [capabilities.supportsRestartFrame, {}],
    gotoTargets: [capabilities.supportsGotoTargetsRequest, {}],
    stepInTargets: [capabilities.supportsStepInTargetsRequest, {}],
    terminateThreads: [capabilities.supportsTerminateThreadsRequest, {}],
    writeMemory: [capabilities.supportsWriteMemoryRequest, {}],
  };
  for (const [command, [claimed, args]] of Object.entries(requests)) {
    const works = await client.customRequest(command, args).then(
      () => true,
      () => false,
    );
    expect([command, works]).toEqual([command, claimed === true]);
  }
  expect(capabilities.supportsDelayedStackTraceLoading).not.toBe(true);
});

describe('what makes no sense on the dead', () => {
  test('breakpoints are unverified, with the reason', async () => {
    await client.initializeRequest();
    const { breakpoints } = (
      await client.setBreakpointsRequest({ source: { path: '/a.c' }, breakpoints: [{ line: 3 }, { line: 9 }] })
    ).body;
    expect(breakpoints.map(({ line, verified }) => [line, verified])).toEqual([
      [3, false],
      [9, false],
    ]);
    expect(breakpoints[0]?.message).toMatch(/process is dead/);
  });

  test.each(['pause', 'setVariable', 'writeMemory', 'goto', 'restartFrame'])(
    '%s is refused plainly',
    async (command) => {
      await launchAndStop(client, { core: 'race.core' });
      await expect(client.customRequest(command, {})).rejects.toThrow('The process is dead');
    },
  );

  test('attach points at launch', async () => {
    await client.initializeRequest();
    await expect(client.customRequest('attach', {})).rejects.toThrow('use a configuration with "request": "launch"');
  });
});

test('problems of a damaged core are said', async () => {
  const output = client.waitForEvent('output', 10_000);
  await launchAndStop(client, { core: 'partial.core' });
  expect((await output).body).toMatchObject({
    category: 'important',
    output: 'The file ends 4096 bytes before its last segment does.\n',
  });
});

test('thousands of threads are all there', async () => {
  await launchAndStop(client, { core: 'many.core' });
  const { threads } = (await client.threadsRequest()).body;
  expect(threads).toHaveLength(3002);
  expect(new Set(threads.map(({ id }) => id)).size).toBe(3002);
});

test('an assumption replaces the stack of the crashed thread', async () => {
  await launchAndStop(client, { core: 'race.core', assume: 'asReturned' });
  const [first] = (await client.stackTraceRequest({ threadId: RACE_TID })).body.stackFrames;
  expect(first?.name).toMatch(/^import_record/);
  const { result } = (await client.evaluateRequest({ expression: 'rsp', frameId: first?.id ?? 0 })).body;
  expect(result).toBe('0x7ffe324c56a8');
});

test('restart reads the core again and stops at its crash', async () => {
  await launchAndStop(client, { core: 'race.core' });
  await stepAndStop(client, 'next', RACE_TID);
  const stop = client.waitForEvent('stopped', 10_000);
  // VS Code goes on to show the old stop where nothing says that it is over.
  const over = client.waitForEvent('continued', 10_000);
  await client.restartRequest({});
  expect((await over).body).toMatchObject({ allThreadsContinued: true });
  expect((await stop).body).toMatchObject({ reason: 'exception' });
  const [first] = (await client.stackTraceRequest({ threadId: RACE_TID })).body.stackFrames;
  expect(first).toMatchObject({ name: '0x0' });
  expect(first?.presentationHint).toBeUndefined();
});

test('terminate ends the session from the adapter', async () => {
  await launchAndStop(client, { core: 'race.core' });
  const terminated = client.waitForEvent('terminated', 10_000);
  await client.terminateRequest();
  await terminated;
});
