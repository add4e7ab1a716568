import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow } from '../../../src/io/sourceFiles.js';
import { SourceResolver, type SourceRules } from '../../../src/session/sourceResolver.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'redzone-sources-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function put(path: string, text: string): string {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const resolver = (rules: SourceRules = {}): SourceResolver =>
  new SourceResolver({ workspace: filesBelow(join(root, 'ws')), ...rules });

describe('a source file', () => {
  it('is found by the source map before anything else, the longest prefix first', async () => {
    const near = put('mapped/a.c', 'x');
    put('other/lib/a.c', 'x');
    put('ws/lib/a.c', 'x');
    const sourceMap = [['/build', join(root, 'other')] as const, ['/build/lib/', join(root, 'mapped')] as const];
    expect(await resolver({ sourceMap }).resolve('/build/lib/a.c')).toEqual({
      kind: 'found',
      path: near,
      how: 'sourceMap',
    });
    // A prefix ends where a folder does.
    expect(await resolver({ sourceMap }).resolve('/builder/lib/b.c')).toEqual({ kind: 'missing' });
  });

  it('is the one file of the workspace that shares the longest end of the path', async () => {
    const right = put('ws/src/parser/lex.c', 'x');
    put('ws/src/lex.c', 'x');
    put('ws/test/parser/old/lex.c', 'x');
    expect(await resolver().resolve('/srv/build/project/src/parser/lex.c')).toMatchObject({
      path: right,
      how: 'workspace',
    });
    expect(await resolver().resolve('./parser/../src/parser/lex.c')).toMatchObject({ path: right });
  });

  it('is ambiguous when two go equally well, until one is chosen or the text tells', async () => {
    const one = put('ws/a/lex.c', 'one');
    const two = put('ws/b/lex.c', 'two');
    const answer = await resolver().resolve('/gone/lex.c');
    expect(answer.kind === 'ambiguous' ? [...answer.candidates].sort() : answer).toEqual([one, two]);
    expect(await resolver().resolve('/gone/lex.c', md5('two'))).toEqual({
      kind: 'found',
      path: two,
      how: 'workspace',
      changed: false,
    });
    expect(await resolver({ chosen: () => one }).resolve('/gone/lex.c')).toMatchObject({ path: one, how: 'chosen' });
  });

  it('is taken from its original path before anybody is asked', async () => {
    put('ws/a/lex.c', 'one');
    put('ws/b/lex.c', 'two');
    const original = put('build/lex.c', 'x');
    expect(await resolver().resolve(original)).toEqual({ kind: 'found', path: original, how: 'original' });
  });

  it('is marked as changed when its text is another', async () => {
    const path = put('ws/src/lex.c', 'new');
    expect(await resolver().resolve('/build/src/lex.c', md5('old'))).toMatchObject({ path, changed: true });
    expect(await resolver().resolve('/build/src/lex.c', md5('new'))).toMatchObject({ path, changed: false });
    expect(await resolver().resolve('/build/src/lex.c')).toEqual({ kind: 'found', path, how: 'workspace' });
  });

  it('is not another file that shares nothing but its name', async () => {
    put('ws/main.c', 'something else');
    expect(await resolver().resolve('/build/src/main.c', md5('the program'))).toEqual({ kind: 'missing' });
  });

  it('is never looked for relative to where this process runs, nor taken from a folder', async () => {
    expect(await resolver().resolve('package.json')).toEqual({ kind: 'missing' });
    expect(await resolver().resolve(root)).toEqual({ kind: 'missing' });
  });
});
