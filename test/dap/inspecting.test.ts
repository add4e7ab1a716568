import { resolve } from 'node:path';
import type { DebugClient } from '@vscode/debugadapter-testsupport';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchAndStop, startFakeAdapter } from './adapterProcess.js';
import { RACE_TID } from './raceCore.js';

const sources = resolve(import.meta.dirname, '../fixtures/src');
let client: DebugClient;
let frames: DebugProtocol.StackFrame[];

beforeAll(async () => {
  client = await startFakeAdapter();
  await launchAndStop(client, { core: 'race.core', sourceMap: { '/build': '/nowhere', '/build/src': sources } });
  frames = (await client.stackTraceRequest({ threadId: RACE_TID })).body.stackFrames;
});
afterAll(() => client.stop());

function frameId(index: number): number {
  return frames[index]?.id ?? 0;
}

async function children(variablesReference: number, more: Partial<DebugProtocol.VariablesArguments> = {}) {
  return (await client.variablesRequest({ variablesReference, ...more })).body.variables;
}

async function scopesOf(index: number): Promise<DebugProtocol.Scope[]> {
  return (await client.scopesRequest({ frameId: frameId(index) })).body.scopes;
}

async function scope(index: number, name: string): Promise<DebugProtocol.Scope> {
  const found = (await scopesOf(index)).find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no scope ${name}`);
  return found;
}

async function evaluate(expression: string, index?: number): Promise<DebugProtocol.EvaluateResponse['body']> {
  const at = index === undefined ? {} : { frameId: frameId(index) };
  return (await client.evaluateRequest({ expression, ...at })).body;
}

const lines = (variables: readonly DebugProtocol.Variable[]): string[] =>
  variables.map(({ name, value }) => `${name} = ${value}`);

describe('scopes', () => {
  test('are there where they mean something', async () => {
    const names = async (index: number) => (await scopesOf(index)).map((item) => item.name);
    expect(await names(0)).toEqual(['Registers', 'Signal', 'Red zone', 'Frame']);
    expect(await names(1)).toEqual(['Registers', 'Signal', 'Frame']);
  });

  test('keep their numbers', async () => {
    expect(await scopesOf(0)).toEqual(await scopesOf(0));
  });
});

describe('registers', () => {
  test('come in groups', async () => {
    const groups = await children((await scope(0, 'Registers')).variablesReference);
    expect(lines(groups)).toEqual([
      'General = rip 0x0  rsp 0x7ffe324c56b0  rbp 0x19e',
      'Flags = PF ZF IF RF',
      'Segment = fs_base 0x7f9ec8a2c740  cs 0x33',
      'Vectors = saved',
      'x87 = saved',
      'opmask = initial state: never written',
      'PKRU = not saved: the core has no place for it',
    ]);
    const general = await children(groups[0]?.variablesReference ?? 0);
    expect(lines(general)).toContain('rax = 0x563625443f10  heap');
    expect(general.find(({ name }) => name === 'rax')?.memoryReference).toBe('0x563625443f10');
    expect(general.find(({ name }) => name === 'rip')?.memoryReference).toBeUndefined();
  });

  test('of the extended state unfold where there are values', async () => {
    const groups = await children((await scope(0, 'Registers')).variablesReference);
    const named = (name: string) => groups.find((each) => each.name === name)?.variablesReference ?? -1;
    expect(lines(await children(named('x87')))).toEqual([
      'fctrl = 0x37f',
      'st0 = 0x4000c90fdaa22168c235  3.14159265358979323851',
    ]);
    expect(lines(await children(named('opmask')))).toEqual(['k0 = 0x0']);
    expect(named('PKRU')).toBe(0);
  });

  test('of every kind can be asked for by name, and only where they are known', async () => {
    expect(await evaluate('$st0', 0)).toMatchObject({ result: '0x4000c90fdaa22168c235  3.14159265358979323851' });
    const vector = await evaluate('%ymm0', 0);
    expect(vector.result).toMatch(/^0xfffffffffffffffe/);
    expect(lines(await children(vector.variablesReference))).toContain('v4_int64 = {1065353216, 0, 0, -2}');
    expect((await evaluate('ymm1', 0)).result).toBe('0 (initial: never written)');
    const { targets } = (await client.completionsRequest({ text: '$st', column: 4, frameId: frameId(0) })).body;
    expect(targets.map(({ label }) => label)).toEqual(['$st0']);
    const caller = (await client.scopesRequest({ frameId: frameId(4) })).body.scopes[0];
    const groups = await children(caller?.variablesReference ?? 0);
    expect(groups.map(({ name }) => name)).not.toContain('x87');
  });

  test('of a caller are unknown unless recovered', async () => {
    const groups = await children((await scope(4, 'Registers')).variablesReference);
    const general = lines(await children(groups[0]?.variablesReference ?? 0));
    // The fourth row is the third frame: the inline entry before it does not count.
    expect(general[0]).toBe('rip = 0x56361e8c6240');
    expect(general).toContain('rax = not known at this frame');
    expect(groups[1]?.value).toBe('not known at this frame');
  });

  test('of an inline function are those of the function it is in', async () => {
    const rip = async (index: number) => (await evaluate('rip', index)).result;
    expect(await rip(2)).toBe(await rip(3));
  });

  test('show vectors by lane type, in the format asked for', async () => {
    const groups = await children((await scope(0, 'Registers')).variablesReference);
    const vectors = await children(groups[3]?.variablesReference ?? 0);
    expect(vectors[1]).toMatchObject({ value: '0 (initial: never written)', variablesReference: 0 });
    const lanes = lines(await children(vectors[0]?.variablesReference ?? 0));
    expect(lanes[0]).toBe('v8_float = {1, 0, 0, 0, 0, 0, NaN, NaN}');
    expect(lanes[5]).toBe('v4_int64 = {1065353216, 0, 0, -2}');
    const hex = lines(await children(vectors[0]?.variablesReference ?? 0, { format: { hex: true } }));
    expect(hex[5]).toBe('v4_int64 = {0x3f800000, 0x0, 0x0, 0xfffffffffffffffe}');
  });
});

describe('slots', () => {
  test('of the red zone are the sixteen below the stack pointer', async () => {
    const redZone = await scope(0, 'Red zone');
    expect(redZone.indexedVariables).toBe(16);
    const slots = await children(redZone.variablesReference);
    expect(slots).toHaveLength(16);
    expect([slots[0]?.name, slots[15]?.name]).toEqual(['0x7ffe324c5630', '0x7ffe324c56a8']);
  });

  test('of a frame reach from its stack pointer to its CFA, after what is known of the frame', async () => {
    const frame = await scope(1, 'Frame');
    expect(frame).toMatchObject({ namedVariables: 4, indexedVariables: 4 });
    expect(lines(await children(frame.variablesReference, { filter: 'indexed' }))).toEqual([
      '0x7ffe324c56b0 = 0x3e8  1000',
      '0x7ffe324c56b8 = 0x3e9  1001',
      '0x7ffe324c56c0 = 0x3ea  1002',
      '0x7ffe324c56c8 = 0x56361e8c6650  return address into import_all+0x44; after a direct call',
    ]);
  });

  test('are paged', async () => {
    const { variablesReference } = await scope(5, 'Frame');
    const all = await children(variablesReference, { filter: 'indexed' });
    const page = await children(variablesReference, { filter: 'indexed', start: 3, count: 4 });
    expect(page).toEqual(all.slice(3, 7));
    expect(await children(variablesReference, { filter: 'named' })).toHaveLength(4);
    const unfiltered = await children(variablesReference);
    expect(await children(variablesReference, { start: 2, count: 5 })).toEqual(unfiltered.slice(2, 7));
  });

  test('that are not in the core say so and are never zero', async () => {
    const slots = await children((await scope(0, 'Frame')).variablesReference, { filter: 'indexed' });
    expect(slots[5]).toMatchObject({ value: 'not in the core', type: 'absent' });
    expect(slots[5]?.memoryReference).toBeUndefined();
  });

  test('of a scanned frame come with the reason', async () => {
    const facts = lines(await children((await scope(6, 'Frame')).variablesReference, { filter: 'named' }));
    expect(facts).toContain('why = cfi: no unwind information covers 0x7f9ec8845305');
  });
});

test('the stack behind a handler on an alternate stack is read as memory', async () => {
  const other = await startFakeAdapter();
  try {
    await launchAndStop(other, { core: 'alternate.core' });
    const [, parse] = (await other.stackTraceRequest({ threadId: RACE_TID })).body.stackFrames;
    const { scopes } = (await other.scopesRequest({ frameId: parse?.id ?? 0 })).body;
    expect(scopes.map(({ name }) => name)).toEqual(['Registers', 'Signal', 'Red zone', 'Frame']);
    const words = async (at: number) => {
      const variablesReference = scopes[at]?.variablesReference ?? 0;
      const { body } = await other.variablesRequest({ variablesReference, filter: 'indexed' });
      return lines(body.variables);
    };
    expect(await words(3)).toEqual([
      '0x17f0 = 0xf7f6f5f4f3f2f1f0  something at 0xf7f6f5f4f3f2f1f0',
      '0x17f8 = 0xfffefdfcfbfaf9f8  something at 0xfffefdfcfbfaf9f8',
      '0x1800 = not dumped',
    ]);
    expect((await words(2))[0]).toMatch(/^0x1770 = /);
  } finally {
    await other.stop();
  }
});

test('the signal scope holds the signal and the stale signal frames', async () => {
  const variables = await children((await scope(0, 'Signal')).variablesReference);
  expect(lines(variables)).toEqual([
    'signal = SIGSEGV (11)',
    'code = SEGV_MAPERR (1)',
    'fault address = 0x0',
    'stale frame 0x7ffe324c48b8 = SIGUSR2, interrupted _Ux86_64_setcontext+0x52',
  ]);
  expect(lines(await children(variables[3]?.variablesReference ?? 0))).toContain('sender = process 1, user 0');
});

describe('sources', () => {
  test('are found by the longest mapped prefix', () => {
    expect(frames[3]).toMatchObject({ line: 88, source: { name: 'race.cc', path: resolve(sources, 'race.cc') } });
  });

  test('that are nowhere are pages', async () => {
    const reference = frames[5]?.source?.sourceReference ?? 0;
    expect(frames[5]?.source).toMatchObject({ name: '__libc_start_call_main+0x7a' });
    const { content, mimeType } = (await client.sourceRequest({ sourceReference: reference })).body;
    expect(mimeType).toBe('text/x-redzone-frame');
    expect(content).toMatch(/^__libc_start_call_main\+0x7a: no source is known\n/);
    expect(content).toContain('not known at this frame: rax');
  });

  test('of rip = 0 say why there is no code, with the evidence', async () => {
    const reference = frames[0]?.source?.sourceReference ?? 0;
    const { content } = (await client.customRequest('source', { source: { sourceReference: reference } })).body as {
      content: string;
    };
    expect(content).toMatch(/^no code at 0x0: nothing is mapped there\n/);
    expect(content).toContain('A stale signal frame lies at 0x7ffe324c48b8.');
  });
});

test('the exception is the verdict', async () => {
  const { exceptionId, description, details } = (await client.exceptionInfoRequest({ threadId: RACE_TID })).body;
  expect(exceptionId).toMatch(/^Return to NULL/);
  expect(description).toContain('  - rip is 0 and rsp is 0 modulo 16.');
  expect(description).toMatch(/Against it:\n {2}- \[rsp\] is no return address/);
  expect(details?.stackTrace).toContain('at import_record+0x44 (/build/src/race.cc:79)');
});

describe('evaluate', () => {
  test.each([
    ['rax', '0x563625443f10  heap'],
    ['$RSP', '0x7ffe324c56b0  stack'],
    ['%rbx', '0x4  4'],
    ['rsp - (8 + 0x8)', '0x7ffe324c56a0  something at 0x7ffe324c56a0'],
    ['0xffffffffffffffff + 1', '0x0  nothing is mapped there'],
    ['whatis 0x0', '0x0  nothing is mapped there'],
    ['*0x1000', '0x706050403020100  something at 0x706050403020100'],
    ['import_all+0x10', '0x56361e8c661c  something at 0x56361e8c661c'],
    ['whatis *(0x1000)', '0x706050403020100  something at 0x706050403020100'],
    ['find 0x1234', '2 hits'],
    ['find "nothing"', '0 hits'],
    ['*0x1000@3', '3 words at 0x1000'],
  ])('%s', async (expression, result) => {
    expect((await evaluate(expression)).result).toBe(result);
  });

  test('words unfold', async () => {
    const { variablesReference, indexedVariables } = await evaluate('*0x1000@100');
    expect(indexedVariables).toBe(100);
    const page = await children(variablesReference, { filter: 'indexed', start: 98, count: 2 });
    expect(page.map(({ name }) => name)).toEqual(['0x1310', '0x1318']);
  });

  test('uses the registers of the frame', async () => {
    expect((await evaluate('rip', 4)).result).toBe('0x56361e8c6240');
    await expect(evaluate('rax + 1', 4)).rejects.toThrow('The value of rax is not known at this frame.');
  });

  test.each([
    ['no_such', 'There is no register and no symbol "no_such".'],
    ['*0x17fc', 'There is no word to read at 0x17fc.'],
    ['', 'The expression ends too early'],
    ['rax +', 'The expression ends too early'],
    ['rax = 1', '"= 1" cannot be read'],
    ['*0x1000@0', 'Between 1 and 4096 words'],
    ['*0x1000@99999999', 'Between 1 and 4096 words'],
    ['find', 'find "TEXT"'],
    ['find nothing', 'find "TEXT"'],
    ['('.repeat(5000), 'too long'],
  ])('refuses %s', async (expression, message) => {
    await expect(evaluate(expression)).rejects.toThrow(message);
  });
});

test('what was found unfolds into mappings and hits', async () => {
  const { variablesReference } = await evaluate('find 0x1234');
  const [mapping] = await children(variablesReference);
  expect(mapping).toMatchObject({
    name: '0x7ffe324c0000-0x7ffe324d0000',
    value: 'rw- stack: 2 hits',
    indexedVariables: 2,
  });
  const hits = await children(mapping?.variablesReference ?? 0, { filter: 'indexed', start: 1, count: 1 });
  expect(lines(hits)).toEqual([`0x7ffe324c5008 = 0x1234  stack of ${RACE_TID}, rsp+8`]);
});

describe('disassembly', () => {
  const disassemble = async (
    args: Omit<DebugProtocol.DisassembleArguments, 'instructionCount'>,
    instructionCount: number,
  ) => {
    const response: DebugProtocol.Response = await client.customRequest('disassemble', { ...args, instructionCount });
    return (response.body as DebugProtocol.DisassembleResponse['body'])?.instructions ?? [];
  };

  test.each([
    [-5, 12],
    [0, 3],
    [4, 2],
    [-9, 4],
  ])('from %i, %i instructions', async (instructionOffset, count) => {
    const shown = await disassemble({ memoryReference: '0x56361e8c6650', offset: 8, instructionOffset }, count);
    const expected = Array.from(
      { length: count },
      (_, i) => `0x${(0x56361e8c6658 + instructionOffset + i).toString(16)}`,
    );
    expect(shown.map(({ address }) => address)).toEqual(expected);
    expect(shown[0]).toMatchObject({ instruction: 'nop', instructionBytes: '90' });
  });

  test('has as many as were asked for where there are none, marked invalid', async () => {
    const shown = await disassemble({ memoryReference: '0x0', instructionOffset: -3 }, 6);
    expect(shown).toHaveLength(6);
    expect(shown.every(({ presentationHint }) => presentationHint === 'invalid')).toBe(true);
  });

  test('names the source line where it changes', async () => {
    const shown = await disassemble({ memoryReference: '0x56361e8c6650' }, 20);
    expect(shown.map(({ line, location }) => (location === undefined ? undefined : line)).filter(Boolean)).toEqual([
      102, 103,
    ]);
    expect(shown[0]?.location?.path).toBe(resolve(sources, 'race.cc'));
  });
});

test('the page of a frame without source stands at its instruction', async () => {
  for (const index of [3, 4]) {
    const { source, line } = frames[index] ?? {};
    const other = await startFakeAdapter();
    try {
      await launchAndStop(other, { core: 'race.core' });
      const shown = (await other.stackTraceRequest({ threadId: RACE_TID })).body.stackFrames[index];
      expect(source?.path).toBeDefined();
      expect(line).not.toBe(shown?.line);
      const { body } = await other.sourceRequest({ sourceReference: shown?.source?.sourceReference ?? 0 });
      const text = body.content.split('\n');
      const pc = BigInt(shown?.instructionPointerReference ?? 0);
      // The call ends where the frame goes on.
      expect(text[(shown?.line ?? 0) - 1]).toMatch(new RegExp(`^=> 0x${(pc - 1n).toString(16)} <\\+\\d+> +90 +nop$`));
      expect(text.filter((each) => each.startsWith('=>'))).toHaveLength(1);
      expect(text.some((each) => /^; \/build\/src\/race\.cc:\d+$/.test(each))).toBe(true);
      expect(text.some((each) => /^<f\d+\+?\d*[0-9a-fx]*>:$/.test(each))).toBe(true);
    } finally {
      await other.stop();
    }
  }
});

test('the sources on the stacks are listed', async () => {
  const { sources: listed } = ((await client.customRequest('loadedSources')) as DebugProtocol.LoadedSourcesResponse)
    .body;
  expect(listed.map(({ path }) => path)).toEqual([resolve(sources, 'race.cc')]);
});

describe('memory', () => {
  const read = async (memoryReference: string, count: number, offset?: number) => {
    const more = offset === undefined ? {} : { offset };
    return (await client.customRequest('readMemory', { memoryReference, count, ...more })).body as NonNullable<
      DebugProtocol.ReadMemoryResponse['body']
    >;
  };

  test('is given as it is', async () => {
    const { address, data, unreadableBytes } = await read('0x1000', 4, 0x10);
    expect({ address, unreadableBytes }).toEqual({ address: '0x1010', unreadableBytes: undefined });
    expect(Buffer.from(data ?? '', 'base64').toString('hex')).toBe('10111213');
  });

  test('that is not there is counted, not zeroed', async () => {
    const end = await read('0x1000', 0x900, 0x700);
    expect(Buffer.from(end.data ?? '', 'base64')).toHaveLength(0x100);
    expect(end.unreadableBytes).toBe(0x800);
    expect(await read('0x0', 16)).toEqual({ address: '0x0', data: '', unreadableBytes: 16 });
  });

  test('ends with the address space', async () => {
    expect(await read('0xfffffffffffffff8', 64)).toEqual({
      address: '0xfffffffffffffff8',
      data: '',
      unreadableBytes: 8,
    });
  });

  test('is not where the reference is no address', async () => {
    await expect(read('rsp', 16)).rejects.toThrow('"rsp" is not an address.');
  });
});

test('modules tell which file answers for them', async () => {
  const { modules, totalModules } = (await client.modulesRequest({})).body;
  expect(totalModules).toBe(2);
  expect(modules[0]).toMatchObject({
    name: 'race',
    path: '/tmp/race',
    symbolStatus: 'debug information',
    buildId: 'df9b0881',
  });
  expect(modules[1]).toMatchObject({ name: 'libc.so.6', symbolStatus: 'no file found' });
  expect(frames[3]?.moduleId).toBe(modules[0]?.id);
});

test('completions continue the word before the cursor', async () => {
  const { targets } = (await client.completionsRequest({ text: '*$rb', column: 5 })).body;
  expect(targets).toEqual([
    { label: '$rbp', type: 'variable', start: 2, length: 3 },
    { label: '$rbx', type: 'variable', start: 2, length: 3 },
  ]);
});
