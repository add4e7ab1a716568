import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DebugClient } from '@vscode/debugadapter-testsupport';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixtureNames, unpackFixtures } from '../fixtures/unpack.mjs';
import { launchAndStop, startFakeAdapter, stepAndStop } from './adapterProcess.js';
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

/** One of each kind of session; the engine's own goldens cover every core. */
const GOLDEN_FIXTURES = [
  'abort',
  'avx-patterns',
  'handler-abort',
  'handler-altstack',
  'null-call',
  'null-deep',
  'race-default',
  'shift-fp',
  'shift-nofp-zero',
  'threads-8',
  'truncated',
  'zeroed-return',
];

/** The built command, once it can debug: a process that knows no `dap` would leave the client waiting. */
function commandDebugs(): boolean {
  if (!existsSync(cli)) return false;
  const { stdout } = spawnSync(process.execPath, [cli, '--help'], { encoding: 'utf8' });
  return /^\s*dap\b/m.test(stdout);
}

describe.skipIf(!commandDebugs())('a session over a core, by the built command', () => {
  const folder = resolve(root, '.cache/dap/fixtures');
  const sysroot = resolve(folder, 'sysroot');
  /** Where the programs were built, and their sources here. */
  const sourceMap = { '/src/redzone-fixtures': resolve(root, 'test/fixtures/src') };
  let client: DebugClient;
  beforeAll(() => {
    unpackFixtures(folder);
  });
  beforeEach(async () => {
    client = new DebugClient(cli, 'dap', 'redzone', { cwd: root }, true);
    await client.start();
  });
  afterEach(() => client.stop());

  test.each(GOLDEN_FIXTURES)('%s reads as it did', async (name) => {
    const text = await sessionText(client, { core: resolve(folder, name, `${name}.core`), sysroot, sourceMap });
    compare(name, text.replaceAll(folder, '<fixtures>').replaceAll(root, '<repository>'));
  });

  test.each(fixtureNames())('%s is walked from end to end', async (name) => {
    const { body } = await launchAndStop(client, { core: resolve(folder, name, `${name}.core`), sysroot });
    const threadId = body.threadId ?? 0;
    expect(body.reason).toBe('exception');
    const { stackFrames, totalFrames } = (await client.stackTraceRequest({ threadId, levels: 20 })).body;
    expect(stackFrames.length).toBeGreaterThan(0);
    for (const frame of stackFrames) expect(frame.source, frame.name).toBeDefined();
    const end = await stepAndStop(client, 'continue', threadId);
    if (totalFrames !== 1) expect(end.body.description).toBe(`frame ${totalFrames ?? 0} of ${totalFrames ?? 0}`);
    for (const frame of stackFrames.slice(0, 5)) {
      const { scopes } = (await client.scopesRequest({ frameId: frame.id })).body;
      expect(scopes[0]?.name).toBe('Registers');
      for (const { variablesReference } of scopes) await client.variablesRequest({ variablesReference });
      const reference = frame.source?.sourceReference ?? 0;
      if (reference > 0)
        expect((await client.sourceRequest({ sourceReference: reference })).body.content).toMatch(/\S/);
    }
  });
});
