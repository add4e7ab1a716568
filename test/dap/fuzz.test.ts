import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FREE_REQUESTS, REFUSED_REQUESTS, TARGET_REQUESTS } from '../../src/adapter/requests.js';
import { createInThreadSession } from '../../src/session/inThreadSession.js';
import { unpackFixtures } from '../fixtures/unpack.mjs';
import { InlineClient } from './inlineClient.js';
import { RACE_TID } from './raceCore.js';

const COMMANDS = [
  'initialize',
  'launch',
  'configurationDone',
  'attach',
  'restart',
  'cancel',
  'terminate',
  'disconnect',
  'frobnicate',
  '',
  '__proto__',
  ...TARGET_REQUESTS.keys(),
  ...FREE_REQUESTS.keys(),
  ...REFUSED_REQUESTS.keys(),
];

const ARGUMENT_NAMES = [
  'core',
  'program',
  'thread',
  'assume',
  'sourceMap',
  'debugDirs',
  'threadId',
  'frameId',
  'variablesReference',
  'sourceReference',
  'source',
  'startFrame',
  'levels',
  'filter',
  'start',
  'count',
  'format',
  'expression',
  'text',
  'column',
  'memoryReference',
  'offset',
  'breakpoints',
  'lines',
  'startModule',
  'moduleCount',
  'requestId',
  'arguments',
  'linesStartAt1',
  'tid',
  'frame',
  'hypothesis',
  'name',
  'row',
  'target',
  'mark',
  'id',
  'instructionOffset',
  'instructionCount',
  'progressId',
  'pathFormat',
];

/** Counts and offsets that no client means, at the edges of what numbers can hold. */
const EXTREMES = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 31, -(2 ** 31), 2 ** 53, 1e308, -0, 0.5];

const value = fc.oneof(
  fc.constantFrom('race.core', 'deep.core', 'rax', '*rsp@4', '0x1000', 'named', 'indexed', 'uri', RACE_TID),
  fc.integer({ min: -3, max: 40 }),
  fc.constantFrom(...EXTREMES),
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.jsonValue({ maxDepth: 2 }),
);
const args = fc.oneof(
  { weight: 8, arbitrary: fc.dictionary(fc.constantFrom(...ARGUMENT_NAMES), value, { maxKeys: 6 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const request = fc.tuple(fc.constantFrom(...COMMANDS), args);

describe('every request is answered', () => {
  test('whatever comes in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(request, { maxLength: 25 }), async (launched, requests) => {
        const client = new InlineClient();
        if (launched) await client.launch('race.core');
        const answers = await Promise.all(requests.map(([command, body]) => client.request(command, body)));
        for (const answer of answers) {
          expect(typeof answer.success).toBe('boolean');
          if (answer.success) continue;
          expect(answer.message).toMatch(/\S/);
          // The catalogue's last resort: here it would be a slip of the adapter that was caught on its way out.
          expect((answer.body as { error: { id: number } }).error.id, answer.message).not.toBe(1500);
        }
        await client.request('disconnect');
        await client.adapter.ended;
        // A core that was still being opened is closed as soon as it is open.
        await expect.poll(() => client.session.openCount, { interval: 1 }).toBe(0);
        expect(client.unasked).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('and one by one, each before a launch and with nothing', async () => {
    for (const command of COMMANDS) {
      const client = new InlineClient();
      const answer = await client.request(command);
      if (TARGET_REQUESTS.has(command)) {
        expect(answer.message).toBe(`No core dump is open yet, so "${command}" cannot be answered.`);
      }
      client.adapter.dispose();
    }
  });

  test('a command that is no string too', async () => {
    const client = new InlineClient();
    expect((await client.request(undefined)).success).toBe(false);
    expect((await client.request({ a: 1 })).success).toBe(false);
  });

  test('a query that fails is a failure with its sentence', async () => {
    const client = new InlineClient();
    await client.launch('failing.core');
    const answer = await client.request('stackTrace', { threadId: RACE_TID });
    expect(answer.message).toBe('The stack {of} thread 1 cannot be read.');
    const { error } = answer.body as { error: { format: string; variables: Record<string, string> } };
    // Clients replace what stands in braces.
    expect(error.format.replace(/{(\w+)}/g, (_, name: string) => error.variables[name] ?? '?')).toBe(answer.message);
  });
});

/** The engine itself behind the adapter: what the recorded answers would not mind may keep it busy for ever. */
describe('a real core answers', () => {
  const session = createInThreadSession();
  const core = unpackFixtures(join(import.meta.dirname, '../../.cache/fixtures')).find(
    ({ name }) => name === 'threads-8',
  );
  const launched = async (): Promise<InlineClient> => {
    const client = new InlineClient(undefined, session, 60_000);
    await client.launch(core?.core ?? '');
    return client;
  };
  afterAll(() => session.dispose());

  const HUGE = Number.MAX_SAFE_INTEGER;
  const PLACES = { frameId: 1, variablesReference: 1, memoryReference: '0x7fffffffe000' };
  test.each<[string, object]>([
    ['variables', { count: HUGE }],
    ['variables', { start: HUGE, count: HUGE, filter: 'indexed' }],
    ['stackTrace', { levels: HUGE }],
    ['stackTrace', { startFrame: HUGE }],
    ['readMemory', { count: HUGE }],
    ['readMemory', { offset: -HUGE, count: 16 }],
    ['readMemory', { offset: HUGE, count: HUGE }],
    ['disassemble', { instructionCount: HUGE }],
    ['disassemble', { instructionOffset: -HUGE, instructionCount: 10 }],
    ['disassemble', { instructionOffset: HUGE, instructionCount: HUGE }],
    ['disassemble', { offset: -HUGE, instructionOffset: -50, instructionCount: 100 }],
    ['modules', { startModule: HUGE, moduleCount: HUGE }],
    ['evaluate', { expression: `*rsp@${HUGE}` }],
    ['evaluate', { expression: '*0xffffffffffffffff@4096' }],
    ['evaluate', { expression: '*'.repeat(20_000) }],
    ['evaluate', { expression: `${'('.repeat(20_000)}1` }],
    ['completions', { text: 'a'.repeat(100_000), column: HUGE }],
    ['source', { sourceReference: HUGE }],
    ['redzone.goToFrame', { frame: HUGE }],
    ['redzone.noteSubject', { row: HUGE }],
  ])('%s without end, case %#', async (command, more) => {
    const client = await launched();
    const { threads } = (await client.request('threads')).body as { threads: readonly { id: number }[] };
    const threadId = threads[0]?.id;
    await client.request('stackTrace', { threadId, levels: 1 });
    await client.request('scopes', { frameId: 1 });
    const answer = await client.request(command, { ...PLACES, threadId, tid: threadId, ...more });
    expect(JSON.stringify(answer).length).toBeLessThan(8 * 2 ** 20);
    expect(answer.message ?? '').not.toMatch(/RangeError|Maximum call stack|Invalid array length|undefined|\[object/);
    await client.request('disconnect');
    expect(client.unasked).toEqual([]);
  });

  test('of two launches the first, and of everything that was asked when the client left', async () => {
    const client = new InlineClient(undefined, session, 60_000);
    await client.request('initialize', { adapterID: 'redzone' });
    const launches = [client.request('launch', { core: core?.core }), client.request('launch', { core: core?.core })];
    const [first, second] = await Promise.all(launches);
    expect([first?.success, second?.success]).toEqual([true, false]);
    await client.request('configurationDone');
    const asked = [...TARGET_REQUESTS.keys()].map((command) => client.request(command, { ...PLACES, threadId: 1 }));
    const left = client.request('disconnect');
    for (const answer of await Promise.all([...asked, left])) expect(typeof answer.success).toBe('boolean');
    await client.adapter.ended;
  });
});

test('an instruction further away than is looked at is marked invalid, never another one', async () => {
  const client = new InlineClient();
  await client.launch('race.core');
  const answer = await client.request('disassemble', {
    memoryReference: '0x56361e8c660c',
    instructionOffset: -10_000,
    instructionCount: 8,
  });
  const { instructions } = answer.body as { instructions: readonly { presentationHint?: string }[] };
  expect(instructions.map(({ presentationHint }) => presentationHint)).toEqual(new Array(8).fill('invalid'));
});

describe('leaving in the middle', () => {
  test('of a query that never ends answers both', async () => {
    const client = new InlineClient();
    await client.launch('hanging.core');
    const hanging = client.request('evaluate', { expression: '*0x1000' });
    expect((await client.request('disconnect')).success).toBe(true);
    expect(await hanging).toMatchObject({ success: false, message: 'The debug session has ended.' });
    await client.adapter.ended;
    expect(client.session.openCount).toBe(0);
  });

  test('of a launch that never ends answers both', async () => {
    const client = new InlineClient();
    const launching = client.request('launch', { core: 'slow-to-open.core' });
    await client.request('disconnect');
    expect((await launching).success).toBe(false);
  });

  test('of a launch closes the core that opens too late', async () => {
    const client = new InlineClient();
    const launching = client.request('launch', { core: 'race.core' });
    const leaving = client.request('disconnect');
    await Promise.all([launching, leaving, client.adapter.ended]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(client.session.openCount).toBe(0);
  });

  test('then nothing works any more, and everything is answered', async () => {
    const client = new InlineClient();
    await client.launch('race.core');
    await client.request('disconnect');
    expect((await client.request('threads')).message).toBe('The debug session has ended.');
  });

  test('disposing of an inline adapter closes the core', async () => {
    const client = new InlineClient();
    await client.launch('race.core');
    client.adapter.dispose();
    await client.adapter.ended;
    expect(client.session.openCount).toBe(0);
  });
});

describe('cancel', () => {
  test('answers the cancelled request at once', async () => {
    const client = new InlineClient();
    await client.launch('hanging.core');
    const { seq, answer } = client.send('evaluate', { expression: 'whatis 0x1000' });
    expect((await client.request('cancel', { requestId: seq })).success).toBe(true);
    expect(await answer).toMatchObject({ success: false, message: 'cancelled' });
  });
});

describe('the order of messages', () => {
  test('a step is answered before its stop', async () => {
    const client = new InlineClient();
    await client.launch('race.core');
    const from = client.messages.length;
    await client.request('next', { threadId: RACE_TID });
    expect(client.messages.slice(from).map(({ type }) => type)).toEqual(['response', 'event']);
  });

  test('there is one first stop, whether configuration comes before or after the launch', async () => {
    const early = new InlineClient();
    await early.request('configurationDone');
    await early.request('launch', { core: 'race.core' });
    expect(early.events('stopped')).toHaveLength(1);
    const late = new InlineClient();
    await late.request('launch', { core: 'race.core' });
    expect(late.events('stopped')).toHaveLength(0);
    await late.request('configurationDone');
    expect(late.events('stopped')).toHaveLength(1);
    expect(late.events('initialized')).toHaveLength(1);
  });
});

test('an engine that died and came back is said, and the client asks again', async () => {
  const client = new InlineClient();
  await client.launch('race.core');
  client.session.reopen('its thread ended');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(client.events('output').at(-1)?.body).toMatchObject({
    output: 'The engine was restarted: its thread ended.\n',
  });
  expect(client.events('stopped')).toHaveLength(2);
});

test('launch options reach the session', async () => {
  const client = new InlineClient();
  await client.request('launch', { core: 'race.core', program: '/bin/p', sysroot: '/s', debugDirs: ['/d'] });
  expect(client.session.opened).toEqual([
    { path: 'race.core', options: { exe: '/bin/p', sysroot: '/s', debugDirs: ['/d'] } },
  ]);
});
