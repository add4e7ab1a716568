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

async function callStack(threadId = RACE_TID, window: { startFrame?: number; levels?: number } = {}) {
  return (await client.stackTraceRequest({ threadId, ...window })).body;
}

/** One line per frame: `~` stepped past, `-` label, `>` the rest. */
function sketch(frames: readonly DebugProtocol.StackFrame[]): string[] {
  return frames.map(({ name, presentationHint }) => {
    const mark = presentationHint === 'subtle' ? '~' : presentationHint === 'label' ? '-' : '>';
    return `${mark} ${name}`;
  });
}

describe('the first stop', () => {
  test('is the exception of the crashed thread, with the verdict', async () => {
    const { body } = await launchAndStop(client, { core: 'race.core' });
    expect(body).toMatchObject({ reason: 'exception', threadId: RACE_TID, allThreadsStopped: true });
    expect(body.description).toMatch(/Return to NULL/);
  });

  test('is a frame where another thread was asked for', async () => {
    const { body } = await launchAndStop(client, { core: 'many.core', thread: 'worker-20' });
    expect(body).toMatchObject({ reason: 'frame', description: 'frame 1 of 7', threadId: 40_020 });
  });
});

describe('a client that knows no subtle frames', () => {
  test.each([{ clientID: 'nvim-dap' }, { supportsMemoryEvent: false }])(
    '%j sees the cursor first',
    async (conventions) => {
      await launchAndStop(client, { core: 'race.core' }, conventions);
      const before = await callStack();
      for (let steps = 1; steps <= 3; steps++) {
        await stepAndStop(client, 'stepOut', RACE_TID);
        const { stackFrames, totalFrames } = await callStack();
        expect(stackFrames).toEqual(before.stackFrames.slice(steps));
        expect(totalFrames).toBe(7 - steps);
      }
    },
  );
});

describe('stepping', () => {
  test('out and over go to the caller, in and back to the callee', async () => {
    await launchAndStop(client, { core: 'race.core' });
    const descriptions = [];
    for (const command of ['stepOut', 'next', 'next', 'stepIn', 'stepBack', 'stepBack', 'stepBack']) {
      const { body } = await stepAndStop(client, command, RACE_TID);
      expect(body.reason).toBe('frame');
      descriptions.push(body.description);
    }
    expect(descriptions).toEqual([
      'frame 2 of 7',
      'frame 3 of 7',
      'frame 4 of 7',
      'frame 3 of 7',
      'frame 2 of 7',
      'frame 1 of 7',
      'innermost frame',
    ]);
  });

  test('continue goes to the outermost frame and says so when it is there already', async () => {
    await launchAndStop(client, { core: 'race.core' });
    expect((await stepAndStop(client, 'continue', RACE_TID)).body.description).toBe('frame 7 of 7');
    expect((await stepAndStop(client, 'continue', RACE_TID)).body.description).toBe('outermost frame');
    expect((await stepAndStop(client, 'stepOut', RACE_TID)).body.description).toBe('outermost frame');
    expect((await stepAndStop(client, 'reverseContinue', RACE_TID)).body.description).toBe('frame 1 of 7');
    expect((await stepAndStop(client, 'reverseContinue', RACE_TID)).body.description).toBe('innermost frame');
  });

  test('moves one thread and leaves the others where they are', async () => {
    await launchAndStop(client, { core: 'many.core' });
    const { body } = await stepAndStop(client, 'next', 40_001);
    expect(body).toMatchObject({ threadId: 40_001, allThreadsStopped: false });
    expect((await callStack(40_001)).stackFrames[0]?.presentationHint).toBe('subtle');
    expect((await callStack(40_002)).stackFrames[0]?.presentationHint).toBeUndefined();
  });
});

describe('the call stack', () => {
  test('names what is not certain, and every frame has a source', async () => {
    await launchAndStop(client, { core: 'race.core' });
    const { stackFrames, totalFrames } = await callStack();
    expect(sketch(stackFrames)).toEqual([
      '> 0x0',
      '> import_record [named by the call in its caller]',
      '> next_record [inlined]',
      '> import_all',
      '> main',
      '> __libc_start_call_main',
      '> libc.so.6+0x27305 [found by scanning the stack]',
    ]);
    expect(totalFrames).toBe(7);
    for (const frame of stackFrames) expect(frame.source?.name).toBeTruthy();
  });

  test('dims what was stepped past', async () => {
    await launchAndStop(client, { core: 'race.core' });
    await stepAndStop(client, 'next', RACE_TID);
    await stepAndStop(client, 'next', RACE_TID);
    const { stackFrames } = await callStack();
    expect(sketch(stackFrames).slice(0, 4)).toEqual([
      '~ 0x0',
      '~ import_record [named by the call in its caller]',
      '> next_record [inlined]',
      '> import_all',
    ]);
    expect(stackFrames[0]?.source?.origin).toBe('already stepped past');
    expect(stackFrames[2]?.source?.origin).toBeUndefined();
  });

  test('of a hundred thousand frames shows eight that were stepped past and a label for the others', async () => {
    await launchAndStop(client, { core: 'deep.core' });
    const { body } = await stepAndStop(client, 'continue', RACE_TID);
    expect(body.description).toBe('frame 100000 of 100000');
    const { stackFrames, totalFrames } = await callStack();
    expect(sketch(stackFrames)).toEqual([
      '- 99991 more frames already stepped past',
      ...Array.from({ length: 8 }, () => '~ descend [by frame pointer]'),
      '> main [by frame pointer]',
    ]);
    expect(stackFrames[0]?.source).toBeUndefined();
    expect(totalFrames).toBe(10);
  });

  test('is given by pages', async () => {
    await launchAndStop(client, { core: 'deep.core' });
    for (let count = 0; count < 10; count++) await stepAndStop(client, 'stepOut', RACE_TID);
    const whole = await callStack(RACE_TID, { levels: 40 });
    const parts = [];
    for (let startFrame = 0; startFrame < 40; startFrame += 7) {
      parts.push(...(await callStack(RACE_TID, { startFrame, levels: Math.min(7, 40 - startFrame) })).stackFrames);
    }
    expect(parts).toEqual(whole.stackFrames);
    expect(sketch(parts).slice(0, 2)).toEqual(['- 2 more frames already stepped past', '~ descend [by frame pointer]']);
    expect(whole.totalFrames).toBe(100_000 - 2 + 1);
    expect((await callStack(RACE_TID, { startFrame: 5_000_000, levels: 20 })).stackFrames).toEqual([]);
  });

  test('tells where its frames stand in the core', async () => {
    await launchAndStop(client, { core: 'deep.core' });
    await stepAndStop(client, 'continue', RACE_TID);
    const { stackFrames } = await callStack();
    const position = async (row: number) =>
      (await client.customRequest('redzone.framePosition', { frameId: stackFrames[row]?.id })).body as unknown;
    expect(await position(1)).toEqual({ tid: RACE_TID, frame: 99_991 });
    expect(await position(9)).toEqual({ tid: RACE_TID, frame: 99_999 });
  });

  test('goes through signal frames', async () => {
    await launchAndStop(client, { core: 'handler.core' });
    expect(sketch((await callStack()).stackFrames)).toEqual(['> on_fatal', '> parse [interrupted by a signal]']);
  });

  test('of another reading and of what the stack remembers are threads of their own', async () => {
    await launchAndStop(client, { core: 'race.core' });
    const { threads } = (await client.threadsRequest()).body;
    expect(threads.map(({ name }) => name)).toEqual([
      `${RACE_TID} race in import_record (crashed)`,
      `${RACE_TID} if asReturned: the last transfer was a ret`,
      `${RACE_TID} what the stack remembers`,
    ]);
    const [, other, remembered] = threads;
    expect(sketch((await callStack(other?.id)).stackFrames)[0]).toBe(
      '> import_record [named by the call in its caller]',
    );
    const frameId = (await callStack(other?.id)).stackFrames[1]?.id;
    const position = await client.customRequest('redzone.framePosition', { frameId });
    expect(position.body).toEqual({ tid: RACE_TID, frame: 1, hypothesis: 'asReturned' });
    expect(sketch((await callStack(remembered?.id)).stackFrames)).toEqual([
      '> _Ux86_64_setcontext+0x52 [interrupted by a signal]',
    ]);
  });

  test('counts lines as the client does', async () => {
    await client.initializeRequest({
      adapterID: 'redzone',
      linesStartAt1: false,
      columnsStartAt1: false,
      pathFormat: 'path',
    });
    await client.launchRequest({ core: 'race.core' } as DebugProtocol.LaunchRequestArguments);
    const [frame] = (await callStack()).stackFrames;
    expect(frame).toMatchObject({ line: 0, column: 0 });
  });
});
