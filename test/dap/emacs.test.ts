import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../cli/builtCommand.js';
import { unpackFixtures } from '../fixtures/unpack.mjs';

const root = resolve(import.meta.dirname, '../..');
const folder = resolve(root, '.cache/dap/fixtures');
const cli = resolve(root, 'dist/cli.js');
const core = resolve(folder, 'null-deep/null-deep.core');
const sysroot = resolve(folder, 'sysroot');

/** Emacs with dap-mode, as Debian's packages emacs-nox and elpa-dap-mode have it. */
function hasDapMode(): boolean {
  const load = ['--batch', '-Q', '--eval', '(setq package-directory-list (list "/usr/share/emacs/site-lisp/elpa"))'];
  const { status } = spawnSync('emacs', [...load, '-f', 'package-initialize', '--eval', "(require 'dap-mode)"]);
  return status === 0;
}

const run = promisify(execFile);

/** What dap-mode shows, line by line. */
async function session(server: string): Promise<readonly string[]> {
  const args = ['--batch', '-Q', '-l', resolve(import.meta.dirname, 'emacsClient.el'), core, sysroot, server];
  const { stdout } = await run('emacs', args, { timeout: 60_000, cwd: root });
  return stdout.split('\n').filter((line) => line.startsWith('frame: ') || line === 'timed out');
}

/** Launch; step out twice, over, in; continue. */
const SHOWN = ['read_id', 'find_account', 'check_limit', 'book_transfer', 'check_limit', '_start'];

describe.skipIf(!hasDapMode())('a second client, dap-mode of Emacs (skipped without elpa-dap-mode)', () => {
  let server: ChildProcess | undefined;
  beforeAll(() => {
    ensureBuilt();
    unpackFixtures(folder);
  });
  afterEach(() => {
    server?.kill();
  });

  test('walks the frames over standard input and output', async () => {
    expect(await session(cli)).toEqual(SHOWN.map((name) => `frame: ${name}`));
  });

  test('walks the frames over a socket', async () => {
    const listening = spawn(process.execPath, [cli, 'dap', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
    server = listening;
    const port = await new Promise<string>((done, fail) => {
      listening.stderr.on('data', (data: Buffer) => {
        const found = /127\.0\.0\.1:(\d+)/.exec(String(data))?.[1];
        if (found !== undefined) done(found);
      });
      listening.on('exit', () => {
        fail(new Error('the adapter ended'));
      });
    });
    expect(await session(port)).toEqual(SHOWN.map((name) => `frame: ${name}`));
  });
});
