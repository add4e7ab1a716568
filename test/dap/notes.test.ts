import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AnnotationStore } from '../../src/session/annotations/annotationStore.js';
import type { AnnotationFile } from '../../src/shared/annotations.js';
import type { NoteSubjectAnswer } from '../../src/shared/debugging.js';
import { InlineClient } from './inlineClient.js';
import { RACE_TID } from './raceCore.js';

/** Notes that a page writes, in the debugger; and the other way round. */
describe('notes', () => {
  let folder: string;
  let sidecar: string;
  let store: AnnotationStore;
  let client: InlineClient;
  let next = 1;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'rz-notes-'));
    sidecar = path.join(folder, 'race.core.redzone.json');
    store = new AnnotationStore(
      { identity: 'sha256:00', about: '' },
      { places: [sidecar], author: () => 'ann', now: () => new Date(0), newId: () => `note-${next++}` },
    );
    client = new InlineClient({ of: () => Promise.resolve(store) });
    await client.request('initialize', { adapterID: 'redzone', clientID: 'vscode', supportsInvalidatedEvent: true });
    await client.request('launch', { core: 'race.core' });
    await client.request('configurationDone');
  });

  afterEach(() => {
    client.adapter.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const stack = async (): Promise<readonly DebugProtocol.StackFrame[]> =>
    ((await client.request('stackTrace', { threadId: RACE_TID })) as DebugProtocol.StackTraceResponse).body.stackFrames;

  const variables = async (variablesReference: number): Promise<readonly DebugProtocol.Variable[]> =>
    ((await client.request('variables', { variablesReference })) as DebugProtocol.VariablesResponse).body.variables;

  const scope = async (row: number, name: string): Promise<DebugProtocol.Scope> => {
    const frameId = (await stack())[row]?.id;
    const { scopes } = ((await client.request('scopes', { frameId })) as DebugProtocol.ScopesResponse).body;
    const found = scopes.find((each) => each.name === name);
    if (!found) throw new Error(`no scope ${name}`);
    return found;
  };

  const general = async (row: number): Promise<DebugProtocol.Variable> => {
    const [first] = await variables((await scope(row, 'Registers')).variablesReference);
    if (!first) throw new Error('no registers');
    return first;
  };

  const subject = async (place: object): Promise<NoteSubjectAnswer> =>
    (await client.request('redzone.noteSubject', place)).body as NoteSubjectAnswer;

  const kept = (): readonly string[] =>
    (JSON.parse(readFileSync(sidecar, 'utf8')) as AnnotationFile).cores.flatMap(({ annotations }) =>
      annotations.map(({ text }) => text),
    );

  test('on a register show beside its value at that frame and no other', async () => {
    await store.write({ target: { register: 'rbx', tid: RACE_TID, frame: 0 }, mark: 'suspicious', text: 'freed?' });
    const shown = async (row: number) =>
      (await variables((await general(row)).variablesReference)).find(({ name }) => name === 'rbx')?.value ?? '';
    expect(await shown(0)).toMatch(/ {2}\[suspicious: freed\?\]$/);
    expect(await shown(2)).not.toContain('freed');
  });

  test('on a slot, or on a range that holds it, show beside the slot', async () => {
    const { variablesReference } = await scope(0, 'Red zone');
    const [first, second] = await variables(variablesReference);
    await store.write({ target: { slot: first?.name ?? '', tid: RACE_TID }, mark: 'noted', text: 'one\n\u202etwo' });
    await store.write({ target: { range: second?.name ?? '', length: 8 }, mark: 'explained', text: '' });
    const values = (await variables(variablesReference)).map(({ value }) => value);
    expect(values[0]).toMatch(/ {2}\[note: one two\]$/);
    expect(values[1]).toMatch(/ {2}\[explained\]$/);
    expect(values.slice(2).join()).not.toContain('explained');
  });

  test('on a frame show in the call stack, cut short, and whole in its scope with the author', async () => {
    const { target } = await subject({ threadId: RACE_TID, row: 1 });
    await store.write({ target, mark: 'suspicious', text: 'x'.repeat(100) });
    const names = (await stack()).map(({ name }) => name);
    expect(names[1]).toMatch(/\[suspicious: x{59}…\]$/);
    expect(names.filter((name) => name.includes('suspicious'))).toHaveLength(1);
    const [note] = await variables((await scope(1, 'Frame')).variablesReference);
    expect(note).toMatchObject({ name: 'note', value: `suspicious: ${'x'.repeat(100)} (ann, 1970-01-01)` });
  });

  test('written anywhere make the client ask again: for the call stack only where a frame is concerned', async () => {
    await store.write({ target: { register: 'rbx', tid: RACE_TID, frame: 0 }, mark: 'noted', text: '' });
    await store.write({ ...(await subject({ threadId: RACE_TID, row: 1 })), mark: 'noted', text: '' });
    expect(client.events('invalidated').map(({ body }) => body as unknown)).toEqual([
      { areas: ['variables'] },
      { areas: ['stacks', 'variables'] },
    ]);
  });

  test('are written, reworded and deleted on a variable of the debugger', async () => {
    const { variablesReference } = await general(0);
    const place = { variablesReference, name: 'rip' };
    const { target, about, notes } = await subject(place);
    expect(target).toEqual({ register: 'rip', tid: RACE_TID, frame: 0 });
    expect(about).toMatch(/^%rip {2}0x/);
    expect(notes).toEqual([]);
    await client.request('redzone.writeNote', { target, about, mark: 'noted', text: 'first' });
    expect(kept()).toEqual(['first']);
    const [written] = (await subject(place)).notes;
    await client.request('redzone.writeNote', { target, mark: 'noted', text: 'second', id: written?.id });
    expect(kept()).toEqual(['second']);
    await client.request('redzone.deleteNote', { id: written?.id });
    expect(kept()).toEqual([]);
  });

  test('on a slot and on the word of an expression are tied to the address', async () => {
    const { variablesReference } = await scope(0, 'Red zone');
    const name = (await variables(variablesReference))[3]?.name;
    expect((await subject({ variablesReference, name })).target).toEqual({ slot: name, tid: RACE_TID });
    const words = (await client.request('evaluate', { expression: '*0x1000@4' })) as DebugProtocol.EvaluateResponse;
    const reference = words.body.variablesReference;
    expect((await subject({ variablesReference: reference, name: '0x1008' })).target).toEqual({
      range: '0x1008',
      length: 8,
    });
  });

  test('have no place on what is no stack, and on other readings', async () => {
    const { variablesReference } = await scope(0, 'Signal');
    const refused = await client.request('redzone.noteSubject', { variablesReference, name: 'signal' });
    expect(refused).toMatchObject({ success: false, message: expect.stringContaining('Notes are kept on') as string });
  });

  test('that cannot be kept are a sentence', async () => {
    store = new AnnotationStore(
      { identity: 'sha256:00', about: '' },
      { places: ['/proc/none/x'], author: () => 'ann', now: () => new Date(0), newId: () => 'a' },
    );
    const other = new InlineClient({ of: () => Promise.resolve(store) });
    await other.launch('race.core');
    const answer = await other.request('redzone.writeNote', { target: { slot: '0x10' }, mark: 'noted', text: '' });
    expect(answer.message).toMatch(/^the note cannot be kept: /);
    other.adapter.dispose();
  });
});
