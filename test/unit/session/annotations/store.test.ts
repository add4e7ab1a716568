import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AnnotationStore } from '../../../../src/session/annotations/annotationStore.js';
import { replaceLocked } from '../../../../src/session/annotations/lockedFile.js';
import { sidecarPlaces } from '../../../../src/session/annotations/sidecarPlaces.js';
import type { AnnotationFile } from '../../../../src/shared/annotations.js';

const root = mkdtempSync(join(tmpdir(), 'redzone-notes-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

let folder: string;
let core: string;
let clock = 0;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  core = join(folder, 'a.core');
});

let ids = 0;
function open(author = 'ann', identity = 'sha256:1', places = sidecarPlaces(core, undefined)): AnnotationStore {
  return new AnnotationStore(
    { identity, about: `core ${identity}` },
    { places, author: () => author, now: () => new Date(1.8e12 + 1000 * clock++), newId: () => `id${ids++}` },
  );
}

const SLOT = { slot: '0x7ffe00000010' };
const draft = (text: string) => ({ target: SLOT, mark: 'suspicious' as const, text });
const texts = (store: AnnotationStore) => store.annotations.map(({ text }) => text);
const sidecar = () => JSON.parse(readFileSync(`${core}.redzone.json`, 'utf8')) as AnnotationFile;

describe('the annotations of a core', () => {
  it('are kept beside it at once, and read by the next who opens it', async () => {
    await open().write({ ...draft('why zero?'), about: '+16  0x0' });
    expect(sidecar()).toMatchObject({
      schema: 1,
      cores: [
        { identity: 'sha256:1', annotations: [{ target: SLOT, mark: 'suspicious', text: 'why zero?', author: 'ann' }] },
      ],
    });
    expect(open('bob').annotations).toMatchObject([
      { text: 'why zero?', author: 'ann', revision: 1, about: '+16  0x0' },
    ]);
    expect(readdirSync(folder)).toEqual(['a.core.redzone.json']);
  });

  it('of two people who write at once all arrive', async () => {
    const windows = Array.from({ length: 8 }, (_, i) => open(`author${i}`));
    await Promise.all(windows.flatMap((window, i) => [0, 1, 2].map((n) => window.write(draft(`${i}.${n}`)))));
    expect(texts(open()).sort()).toEqual(windows.flatMap((_, i) => [0, 1, 2].map((n) => `${i}.${n}`)).sort());
  });

  it('that one window has deleted do not come back from another that still shows them', async () => {
    const ann = open('ann');
    const { id } = await ann.write(draft('first'));
    const bob = open('bob');
    await ann.delete(id);
    await bob.write(draft('second'));
    expect(texts(open())).toEqual(['second']);
    await expect(bob.write({ ...draft('again'), id })).rejects.toThrow('deleted meanwhile');
  });

  it('go to the last who writes', async () => {
    const ann = open('ann');
    const { id } = await ann.write(draft('first'));
    const bob = open('bob');
    await bob.write({ ...draft('second'), id });
    await ann.write({ ...draft('third'), id, mark: 'explained' });
    expect(open().annotations).toMatchObject([{ text: 'third', mark: 'explained', author: 'ann', revision: 3 }]);
  });

  it('are not inherited by the core that replaces it, and are not lost', async () => {
    await open('ann', 'sha256:1').write(draft('of the old one'));
    const next = open('ann', 'sha256:2');
    expect([next.annotations.length, next.ofOthers]).toEqual([0, 1]);
    await next.write(draft('of the new one'));
    expect(texts(open('ann', 'sha256:1'))).toEqual(['of the old one']);
    expect(texts(open('ann', 'sha256:2'))).toEqual(['of the new one']);
  });

  it('can be taken back and done again, each step', async () => {
    const store = open();
    const { id } = await store.write(draft('one'));
    await store.write({ ...draft('two'), id });
    await store.delete(id);
    const seen = [];
    for (const step of [() => store.undo(), () => store.undo(), () => store.undo(), () => store.undo()]) {
      await step();
      seen.push(texts(store).join());
    }
    for (const step of [() => store.redo(), () => store.redo(), () => store.redo(), () => store.redo()]) {
      await step();
      seen.push(texts(store).join());
    }
    expect(seen).toEqual(['two', 'one', '', '', 'one', 'two', '', '']);
    await store.undo();
    expect(texts(open('bob'))).toEqual(['two']);
    expect(open('bob').annotations[0]?.author).toBe('ann');
  });

  it('are not taken back over what somebody else wrote since', async () => {
    const ann = open('ann');
    const { id } = await ann.write(draft('mine'));
    await open('bob').write({ ...draft('his'), id });
    await expect(ann.undo()).rejects.toThrow('somebody else');
    expect(texts(open())).toEqual(['his']);
    // A change of one's own on top of his can be taken back, down to his.
    await ann.write({ ...draft('mine again'), id });
    await ann.undo();
    expect(texts(open())).toEqual(['his']);
    expect(ann.canUndo).toBe(false);
  });

  it('go into the workspace where the folder of the core cannot be written', async () => {
    const workspace = join(folder, '.redzone');
    // No folder of this name can be made, whoever tries.
    writeFileSync(join(folder, 'file'), '');
    const elsewhere = join(folder, 'file', 'b.core');
    const store = open('ann', 'sha256:1', sidecarPlaces(elsewhere, workspace));
    await store.write(draft('kept'));
    expect(readdirSync(workspace)).toEqual([expect.stringMatching(/^b\.core\.[0-9a-f]{12}\.redzone\.json$/)]);
    expect(texts(open('bob', 'sha256:1', sidecarPlaces(elsewhere, workspace)))).toEqual(['kept']);
    await expect(open('ann', 'sha256:1', sidecarPlaces(elsewhere, undefined)).write(draft('lost'))).rejects.toThrow(
      'cannot be kept',
    );
  });

  it.each([
    ['not JSON', '{"schema":1,"cores":[', 'not JSON'],
    ['of another program', '{"a":1}', 'not a file of annotations'],
    ['of a later version', '{"schema":2}', 'later version'],
    ['half understood', '{"schema":1,"cores":[{"identity":"x","annotations":[{"id":"1"}]}]}', 'cores[0]'],
  ])('leave a file alone that is %s', async (_what, text, message) => {
    writeFileSync(`${core}.redzone.json`, text);
    const store = open();
    expect(store.problems.join()).toContain(message);
    await expect(store.write(draft('x'))).rejects.toThrow(message);
    expect(readFileSync(`${core}.redzone.json`, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['a.core.redzone.json']);
  });

  it('refuse what cannot be annotated', async () => {
    for (const target of [{ slot: 'rsp' }, { range: '0x10', length: 0 }, { register: 'rip' }, {}] as unknown[])
      await expect(open().write({ ...draft('x'), target: target as typeof SLOT })).rejects.toThrow('nothing here');
  });

  it('tell their readers what another window wrote', async () => {
    const [ann, bob] = [open('ann'), open('bob')];
    let told = 0;
    bob.onChange(() => told++);
    await ann.write(draft('news'));
    bob.reload();
    bob.reload();
    expect([told, texts(bob)]).toEqual([1, ['news']]);
  });
});

describe('replacing a file under a lock', () => {
  it('keeps its mode, and a link a link', async () => {
    const real = join(folder, 'real.json');
    const link = join(folder, 'link.json');
    writeFileSync(real, 'old', { mode: 0o640 });
    symlinkSync(real, link);
    await replaceLocked(link, () => 'new');
    expect([readFileSync(real, 'utf8'), statSync(real).mode & 0o777]).toEqual(['new', 0o640]);
    expect(readdirSync(folder).sort()).toEqual(['link.json', 'real.json']);
  });

  it('waits for whoever holds it, and takes it from who died', async () => {
    const file = join(folder, 'f.json');
    writeFileSync(`${file}.lock`, 'elsewhere 1 x\n');
    let done = false;
    const waiting = replaceLocked(file, () => 'new').then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(done).toBe(false);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(`${file}.lock`, longAgo, longAgo);
    await waiting;
    expect(readdirSync(folder)).toEqual(['f.json']);
  });

  it('leaves nothing behind where the folder cannot be written', async () => {
    mkdirSync(join(folder, 'd.json'));
    await expect(replaceLocked(join(folder, 'd.json'), () => 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['d.json']);
  });
});
