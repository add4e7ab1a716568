import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decompress } from 'fzstd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreRow } from '../../src/shared/report.js';
import { CLI, ensureBuilt } from './builtCommand.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);

/**
 * elfutils' own server, which can listen on all interfaces only, gets a network of its own, with nothing but a loopback; the command
 * that asks it is started in there too.
 */
const IN_A_NETWORK_OF_ITS_OWN = ['-rn', 'sh', '-c'];

const hasServer = spawnSync('debuginfod', ['--version']).status === 0;
const hasNetwork = spawnSync('unshare', [...IN_A_NETWORK_OF_ITS_OWN, 'ip link set lo up']).status === 0;
const why = !hasServer
  ? ' (skipped: debuginfod is not installed, apt-get install debuginfod)'
  : hasNetwork
    ? ''
    : ' (skipped: no network namespace can be made here)';

const SERVE = `
ip link set lo up
debuginfod -F -t 0 -d "$FOLDER/index.sqlite" -p 8002 "$FOLDER/files" >"$FOLDER/log" 2>&1 &
server=$!
"$NODE" -e '(async () => { for (let i = 0; i < 150; i++) {
  const answer = await fetch(process.argv[1]).catch(() => undefined);
  if (answer?.ok) return;
  await new Promise((resolve) => setTimeout(resolve, 100));
} process.exit(1); })()' "http://127.0.0.1:8002/buildid/$ID/debuginfo" &&
"$NODE" "$COMMAND" triage --json "$FOLDER/a.core" --sysroot "$FOLDER/root" --debuginfod http://127.0.0.1:8002
status=$?
kill $server
exit $status
`;

describe.skipIf(why !== '')(`elfutils' debuginfod${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'redzone-debuginfod-'));
  const put = (name: string, fixture: string): void => {
    writeFileSync(join(folder, name), decompress(readFileSync(new URL(fixture, FIXTURES))), { mode: 0o755 });
  };
  beforeAll(() => {
    ensureBuilt();
    for (const name of ['root', 'files']) mkdirSync(join(folder, name));
    put('files/debuglink', 'sysroot/debuglink-db7d81a2.zst');
    put('files/debuglink.debug', 'sysroot/debuglink.debug-db7d81a2.zst');
    put('a.core', 'cores/debuglink/core.zst');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('gives binary and debug file of the program that crashed', { timeout: 60_000 }, () => {
    const alone = spawnSync(process.execPath, [
      CLI,
      'triage',
      '--json',
      join(folder, 'a.core'),
      '--sysroot',
      join(folder, 'root'),
    ]);
    const [before] = JSON.parse(alone.stdout.toString()) as CoreRow[];
    const buildId = before?.process?.buildId ?? '';
    expect(buildId).toMatch(/^[0-9a-f]{40}$/);
    expect(before?.frames?.some(({ line }) => line !== undefined)).toBe(false);
    const { stdout, stderr, status } = spawnSync('unshare', [...IN_A_NETWORK_OF_ITS_OWN, SERVE], {
      encoding: 'utf8',
      env: {
        ...process.env,
        FOLDER: folder,
        ID: buildId,
        NODE: process.execPath,
        COMMAND: CLI,
        DEBUGINFOD_CACHE_PATH: join(folder, 'cache'),
      },
    });
    expect([status, stderr]).toEqual([0, '']);
    const [after] = JSON.parse(stdout) as CoreRow[];
    expect(after?.frames?.slice(0, 3).map((frame) => `${frame.function}:${frame.line}`)).toEqual([
      'surcharge:8',
      'price:16',
      'price_all:23',
    ]);
    expect(readdirSync(join(folder, 'cache', buildId)).sort()).toEqual(['debuginfo', 'executable']);
  });
});
