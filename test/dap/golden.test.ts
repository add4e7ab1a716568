import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import { beforeAll, describe, expect, test } from 'vitest';
import { fixtureNames, unpackFixtures } from '../fixtures/unpack.mjs';
import { startFakeAdapter } from './adapterProcess.js';
import { sessionText } from './sessionText.js';

const root = resolve(import.meta.dirname, '../..');
const goldens = resolve(import.meta.dirname, 'golden');
const cli = resolve(root, 'dist/cli.js');
/** Writes the goldens instead of comparing; look at the difference before it is committed. */
const update = process.env['UPDATE_GOLDENS'] === '1';

/** A golden that is missing fails: an empty folder must not pass. */
function compare(name: string, text: string): void {
  const file = resolve(goldens, `${name}.txt`);
  if (update) {
    mkdirSync(goldens, { recursive: true });
    writeFileSync(file, text);
  }
  if (!existsSync(file)) throw new Error(`${file} is missing: write it with UPDATE_GOLDENS=1 and look at it`);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

test('a session over recorded answers', async () => {
  const client = await startFakeAdapter();
  try {
    compare('recorded-race', await sessionText(client, { core: 'race.core' }));
  } finally {
    await client.stop();
  }
});

describe.skipIf(!existsSync(cli))('a session over a core, by the built command', () => {
  const folder = resolve(root, '.cache/dap/fixtures');
  beforeAll(() => {
    unpackFixtures(folder);
  });

  test.each(fixtureNames())('%s', async (name) => {
    const core = resolve(folder, name, `${name}.core`);
    const client = new DebugClient(cli, 'dap', 'redzone', { cwd: root }, true);
    await client.start();
    try {
      const text = await sessionText(client, { core, sysroot: resolve(folder, 'sysroot') });
      compare(name, text.replaceAll(folder, '<fixtures>'));
    } finally {
      await client.stop();
    }
  });
});
