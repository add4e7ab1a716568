import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreRow } from '../../src/shared/report.js';
import { schemaErrors } from '../golden/reportSchema.js';
import { CLI, ensureBuilt, ROOT } from './builtCommand.js';
import { CoreFolder } from './coreFolder.js';
import { redzone } from './runCommand.js';

let folder: CoreFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new CoreFolder();
});
afterAll(() => {
  folder.remove();
});

/** Files of which nothing can be told, and the sentence for each. */
const UNREADABLE: Readonly<Record<string, { readonly make: (name: string) => unknown; readonly says: string }>> = {
  'empty.core': { make: (name) => folder.file(name, ''), says: 'not a core: it is empty' },
  'text.core': { make: (name) => folder.file(name, 'no core at all\n'), says: 'not a core: it is text' },
  'noise.core': {
    make: (name) =>
      folder.file(
        name,
        Uint8Array.from({ length: 999 }, (_, i) => (i * 151) % 253),
      ),
    says: 'not a core: its first bytes are those of no format known here',
  },
  'program.core': {
    make: (name) => folder.link(name, process.execPath),
    says: 'not a core: it is an ELF executable or shared library, not a core',
  },
  'dangling.core': { make: (name) => folder.link(name, 'nowhere'), says: 'there is no such file' },
  'pipe.core': { make: (name) => folder.pipe(name), says: 'it is not a regular file, not a core' },
};

/** Cores cut so early that only the cut can be told of. */
const CUT: Readonly<Record<string, { readonly length: number; readonly says: RegExp }>> = {
  'cut-header.core': { length: 40, says: /inside the ELF header/ },
  'cut-program-headers.core': { length: 100, says: /program headers could be read/ },
  'cut-notes.core': { length: 3200, says: /inside its notes/ },
};

describe('a file that is no core', () => {
  it.each(Object.entries(UNREADABLE))('%s', async (name, { make, says }) => {
    make(name);
    const path = join(folder.path, name);
    const [triage, inspect] = await Promise.all([redzone(['triage', '--ndjson', path]), redzone(['inspect', path])]);
    expect(triage).toMatchObject({ status: 3, stderr: `redzone: ${path}: ${says}\n` });
    const row = JSON.parse(triage.stdout) as CoreRow;
    expect(schemaErrors('CoreRow', row)).toEqual([]);
    expect(row).toMatchObject({ source: path, status: 'unreadable', problems: [{ message: says }] });
    expect(inspect).toEqual({ status: 3, stdout: '', stderr: `redzone: ${path}: ${says}\n` });
  });

  it('that is not there', async () => {
    const path = join(folder.path, 'missing');
    const expected = { status: 3, stderr: `redzone: ${path}: there is no such file\n` };
    expect(await redzone(['triage', path])).toMatchObject(expected);
    expect(await redzone(['inspect', path])).toMatchObject(expected);
  });

  it('but a folder', async () => {
    const path = folder.folder('folder.core');
    expect(await redzone(['triage', path])).toEqual({
      status: 3,
      stdout: '',
      stderr: `redzone: no cores found in ${path}\n`,
    });
    expect(await redzone(['inspect', path])).toEqual({
      status: 3,
      stdout: '',
      stderr: `redzone: ${path}: it is a directory, not a core\n`,
    });
  });

  it('that nobody may read', async (context) => {
    const under = unprivileged();
    if (under === undefined) return context.skip('there is no way here to run without the privileges of root');
    chmodSync(folder.path, 0o755);
    const path = folder.core('secret.core');
    chmodSync(path, 0o000);
    const expected = {
      status: 3,
      stderr: `redzone: ${path}: no permission to read it (cores are often readable by root only)\n`,
    };
    expect(await redzone(['triage', path], { under })).toMatchObject(expected);
    expect(await redzone(['inspect', path], { under })).toMatchObject(expected);
  });
});

describe('a core cut', () => {
  it.each(Object.entries(CUT))('%s', async (name, { length, says }) => {
    const path = folder.cut(name, length);
    const [triage, inspect] = await Promise.all([redzone(['triage', '--ndjson', path]), redzone(['inspect', path])]);
    expect(triage.status).toBe(0);
    expect(triage.stderr).toMatch(says);
    expect(triage.stderr).toMatch(/^redzone: [^\n]*: read in part: [^\n]*\n$/);
    const row = JSON.parse(triage.stdout) as CoreRow;
    expect(schemaErrors('CoreRow', row)).toEqual([]);
    expect(row.status).toBe('partial');
    expect(row.problems[0]?.message).toMatch(says);
    expect(inspect).toMatchObject({ status: 0, stderr: '' });
    expect(inspect.stdout).toMatch(says);
  });
});

describe('a core of another architecture', () => {
  const corpora = join(ROOT, '../shared/corpora/elfutils');
  it.for(['backtrace.ppc64le.fp.core', 'testfile-m68k-core', 'backtrace.i386.core'])('%s', async (name, context) => {
    const path = join(corpora, `${name}.zst`);
    if (!existsSync(path)) return context.skip('the cores of other projects are not beside this checkout');
    const [triage, inspect] = await Promise.all([redzone(['triage', '--ndjson', path]), redzone(['inspect', path])]);
    const row = JSON.parse(triage.stdout) as CoreRow;
    expect(schemaErrors('CoreRow', row)).toEqual([]);
    expect(row).toMatchObject({ status: 'partial', label: 'other', kind: 'unknown' });
    expect([triage.status, inspect.status, inspect.stderr]).toEqual([0, 0, '']);
    expect(triage.stderr).toMatch(/^redzone: [^\n]*: read in part: the core is of [^\n]*\n$/);
    expect(inspect.stdout).toContain('the core is of ');
  });
});

describe('a folder of good and broken files', () => {
  it('gives a row for each that is named like a core or is one, and says what it passed over', async () => {
    const mixed = new CoreFolder();
    try {
      mixed.core('b.core');
      mixed.core('deep/er/core.1234', 'null-deep');
      mixed.core('unnamed', 'shift-fp');
      mixed.gzip('unnamed-packed');
      mixed.file('a.core', '');
      mixed.file('core.js', 'export {};\n');
      mixed.file('notes.txt', 'nothing\n');
      mixed.link('gone.core', 'nowhere');
      mixed.link('round', '.');
      mixed.pipe('pipe.core');
      mixed.pipe('pipe');
      const { status, stdout, stderr } = await redzone(['triage', '--json', '.'], { cwd: mixed.path });
      const rows = JSON.parse(stdout) as CoreRow[];
      expect(rows.map((row) => [row.source, row.status])).toEqual([
        ['a.core', 'unreadable'],
        ['b.core', 'ok'],
        ['deep/er/core.1234', 'ok'],
        ['gone.core', 'unreadable'],
        ['pipe.core', 'unreadable'],
        ['unnamed', 'ok'],
        ['unnamed-packed', 'ok'],
      ]);
      expect(rows.flatMap((row) => schemaErrors('CoreRow', row))).toEqual([]);
      expect(status).toBe(1);
      expect(stderr.split('\n')).toEqual([
        'redzone: a.core: not a core: it is empty',
        'redzone: gone.core: there is no such file',
        'redzone: pipe.core: it is not a regular file, not a core',
        'redzone: 3 files were passed over: neither named nor made like a core',
        '',
      ]);
    } finally {
      mixed.remove();
    }
  });

  it('is told of when it cannot be read', async (context) => {
    const under = unprivileged();
    if (under === undefined) return context.skip('there is no way here to run without the privileges of root');
    const closed = folder.folder('closed');
    chmodSync(folder.path, 0o755);
    chmodSync(closed, 0o000);
    const { status, stderr } = await redzone(['triage', closed], { under });
    expect({ status, stderr: stderr.split('\n')[0] }).toEqual({
      status: 3,
      stderr: `redzone: ${closed}: the folder cannot be read (EACCES)`,
    });
  });
});

describe('a file name', () => {
  it.each(['with space.core', 'ünïcödé 核心.core', '-dash.core', 'quote\'".core'])(
    '%s is printed as it is',
    async (name) => {
      folder.core(name);
      const { status, stdout, stderr } = await redzone(['triage', '--', name], { cwd: folder.path });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.split('\n')[1]).toMatch(new RegExp(`^${name} +other +abort`));
    },
  );

  it.each([
    ['a line end', 'new\nline.core', 'new\\x0aline.core'],
    ['an escape sequence', 'red\x1b[31m.core', 'red\\x1b[31m.core'],
  ])('with %s does nothing to the terminal and is verbatim in JSON', async (_what, name, shown) => {
    const broken = `broken-${name}`;
    folder.core(name);
    folder.file(broken, '');
    const options = { cwd: folder.path };
    const [table, json, text] = await Promise.all([
      redzone(['triage', name, broken], options),
      redzone(['triage', '--ndjson', name], options),
      redzone(['inspect', name], options),
    ]);
    expect(table.status).toBe(1);
    expect(table.stdout.split('\n').slice(1, 3)).toEqual([
      expect.stringContaining(`${shown} `),
      expect.stringContaining(`broken-${shown} `),
    ]);
    expect(table.stderr).toBe(`redzone: broken-${shown}: not a core: it is empty\n`);
    expect((JSON.parse(json.stdout) as CoreRow).source).toBe(name);
    expect(text.stdout.split('\n')[0]).toBe(`CORE ${shown}`);
  });
});

/** A command that runs another as nobody, or nothing in front when we are no root; `undefined` when neither can be. */
function unprivileged(): readonly string[] | undefined {
  if (process.getuid?.() !== 0) return [];
  const under = [
    'setpriv',
    '--reuid=65534',
    '--regid=65534',
    '--clear-groups',
    '--inh-caps=-all',
    '--bounding-set=-all',
  ];
  const [command, ...rest] = under;
  return spawnSync(command ?? '', [...rest, process.execPath, CLI, '--version']).status === 0 ? under : undefined;
}
