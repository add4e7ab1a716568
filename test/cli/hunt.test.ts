import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { coreDestination } from '../../src/session/hunt/coreDestination.js';
import type { HuntedFailure } from '../../src/session/hunt/huntedFailure.js';
import { hunt } from '../../src/session/hunt/hunt.js';
import { CLI, ensureBuilt } from './builtCommand.js';
import { redzone } from './runCommand.js';

let folder: string;
beforeAll(ensureBuilt);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'redzone-hunt-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Whether a process that crashes here leaves `core` where it ran, as the tests need it: asked of the kernel. */
function unusable(): string | undefined {
  const trial = mkdtempSync(join(tmpdir(), 'redzone-trial-'));
  try {
    if (coreDestination(trial).files?.relative !== true)
      return 'kernel.core_pattern of this machine is no name in the working directory';
    spawnSync('sh', ['-c', 'ulimit -S -c "$(ulimit -H -c)"; exec sh -c "kill -SEGV \\$\\$"'], { cwd: trial });
    return readdirSync(trial).length === 1 ? undefined : 'a process that crashes leaves no core on this machine';
  } catch (error) {
    return String(error);
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
}

const missing = unusable();

function script(text: string): string {
  const path = join(folder, 'command.sh');
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

function failuresIn(out: string): HuntedFailure[] {
  return readFileSync(join(out, 'failures.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HuntedFailure);
}

/** Every third run dies of SIGSEGV, every fourth of SIGABRT. */
const FLAKY = `
echo run >>count
runs=$(wc -l <count)
echo "run $runs"; echo "trouble" >&2
[ $((runs % 3)) = 0 ] && kill -SEGV $$
[ $((runs % 4)) = 0 ] && kill -ABRT $$
exit 0`;

describe.skipIf(missing !== undefined)(
  `redzone hunt, with cores of the kernel${missing === undefined ? '' : ` [skipped: ${missing}]`}`,
  () => {
    it('runs until it has failed often enough, and keeps what each failure left by signature', async () => {
      const { status, stdout, stderr } = await redzone(['hunt', '--until', '4', '--', script(FLAKY)], { cwd: folder });
      expect(stderr).toContain('8 runs, 4 failures');
      expect(status).toBe(0);
      expect(stdout).toMatch(/2 {2}.*\n.*2 {2}/);
      const failures = failuresIn(join(folder, 'redzone-hunt'));
      expect(failures.map(({ row }) => row?.signal?.name)).toEqual(['SIGSEGV', 'SIGABRT', 'SIGSEGV', 'SIGABRT']);
      expect(new Set(failures.map(({ group }) => group)).size).toBe(2);
      for (const failure of failures) {
        const place = join(folder, 'redzone-hunt', failure.folder ?? '');
        expect(readFileSync(join(place, 'stdout'), 'utf8')).toMatch(/^run \d+\n$/);
        expect(readFileSync(join(place, 'stderr'), 'utf8')).toBe('trouble\n');
        expect(readFileSync(join(place, 'environment'), 'utf8')).toContain(`\nPATH=`);
        expect(readFileSync(join(place, 'core')).subarray(1, 4).toString()).toBe('ELF');
        expect(statSync(place).mode & 0o077).toBe(0);
        expect(failure.row?.source).toBe(join(place, 'core'));
      }
      expect(existsSync(join(folder, 'core'))).toBe(false);
      // Another hunt goes on from there.
      await redzone(['hunt', '--until', '1', '--', script(FLAKY)], { cwd: folder });
      expect(failuresIn(join(folder, 'redzone-hunt')).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    });

    it('finds the core of a process below the command, whatever the command says of it', async () => {
      const command = script(`sh -c 'kill -SEGV $$'\nexit 0`);
      const { status } = await redzone(['hunt', '--runs', '2', '--', command], { cwd: folder });
      expect(status).toBe(0);
      expect(failuresIn(join(folder, 'redzone-hunt'))).toMatchObject([
        { exitCode: 0, cores: ['core'], row: { signal: { name: 'SIGSEGV' } } },
      ]);
    });

    it('ends what takes too long so that its core says where, and leaves nothing running', async () => {
      const command = script('sleep 987654\necho never');
      const started = Date.now();
      const { status } = await redzone(['hunt', '--timeout', '0.5', '--', command], { cwd: folder });
      expect(status).toBe(0);
      expect(Date.now() - started).toBeLessThan(9000);
      const [failure] = failuresIn(join(folder, 'redzone-hunt'));
      expect(failure).toMatchObject({ timedOut: true, row: { process: { comm: 'sleep' } } });
      expect(failure?.group).toMatch(/^timeout \| /);
      expect(spawnSync('pgrep', ['-f', 'sleep 987654']).status).not.toBe(0);
    });

    it('runs several at once in folders of their own, and refuses where cores would write over each other', async () => {
      const command = script('kill -SEGV $$');
      const collide = readFileSync('/proc/sys/kernel/core_uses_pid', 'utf8').trim() === '0';
      const refused = await redzone(['hunt', '--jobs', '3', '--', command], { cwd: folder });
      expect(refused.status).toBe(collide ? 3 : 0);
      if (collide) expect(refused.stderr).toContain('give --scratch');
      const out = join(folder, 'found');
      const { status } = await redzone(
        ['hunt', '--jobs', '3', '--until', '6', '--scratch', '--keep', '2', '--out', out, '--', command],
        { cwd: folder },
      );
      expect(status).toBe(0);
      const failures = failuresIn(out);
      expect(failures.length).toBeGreaterThanOrEqual(6);
      // Of each failure the core is its own; of one group two are kept.
      expect(new Set(failures.map(({ row }) => row?.process?.pid)).size).toBe(failures.length);
      expect(failures.filter(({ folder: kept }) => kept !== undefined)).toHaveLength(2);
      expect(readdirSync(out)).not.toContain('.running');
    });

    it('does not write over a core that is there', async () => {
      writeFileSync(join(folder, 'core'), 'precious');
      const { status, stderr } = await redzone(['hunt', '--', script('kill -SEGV $$')], { cwd: folder });
      if (readFileSync('/proc/sys/kernel/core_uses_pid', 'utf8').trim() === '0') {
        expect(status).toBe(3);
        expect(stderr).toContain('is there already');
      }
      expect(readFileSync(join(folder, 'core'), 'utf8')).toBe('precious');
    });

    it('waits for a program that is handed the cores and keeps them elsewhere', async () => {
      const handed = join(folder, 'handed');
      mkdirSync(handed);
      // What systemd-coredump does, late and compressed.
      const name = `core.sh.0.${'0'.repeat(32)}.1.1795227859000000.gz`;
      // The mover is no process of the command's session, or it would be ended with it.
      const mover = `while [ ! -e core ]; do sleep 0.1; done; sleep 1; gzip <core >.part; mv .part ${handed}/${name}; rm core`;
      const command = script(`setsid sh -c '${mover}' & sleep 1; kill -SEGV $$`);
      const before = process.cwd();
      process.chdir(folder);
      try {
        const seen: HuntedFailure[] = [];
        await hunt(
          {
            command: [command],
            out: join(folder, 'out'),
            until: 1,
            runs: 1,
            jobs: 1,
            timeout: undefined,
            exitCodes: false,
            scratch: false,
            keep: 5,
            withoutCores: false,
            options: {},
            destination: { files: undefined, folder: handed },
          },
          { remark: () => undefined, passed: () => undefined, failed: (failure) => seen.push(failure) },
          new AbortController().signal,
        );
        expect(seen).toMatchObject([{ cores: ['core.gz'], row: { signal: { name: 'SIGSEGV' } } }]);
      } finally {
        process.chdir(before);
      }
    });
  },
);

describe('redzone hunt', () => {
  it('counts exit codes when told to, and says when there are some that do not count', async () => {
    const command = script('exit 3');
    const ignored = await redzone(['hunt', '--without-cores', '--runs', '2', '--', command], { cwd: folder });
    expect(ignored).toMatchObject({ status: 3, stdout: '' });
    expect(ignored.stderr).toContain('2 runs ended with exit code 3');
    const counted = await redzone(['hunt', '--without-cores', '--nonzero', '--ndjson', '--', command], { cwd: folder });
    expect(counted.status).toBe(0);
    expect(JSON.parse(counted.stdout)).toMatchObject({ group: 'exit code 3', exitCode: 3, cores: [] });
  });

  it('says in one sentence what to do where no core can be had, and runs nothing', () => {
    const command = script('touch ran');
    const line = `ulimit -H -c 0; exec "${process.execPath}" "${CLI}" hunt -- ${command}`;
    const { status, stderr } = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(3);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('hard limit');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('refuses a command that is not there', async () => {
    expect(await redzone(['hunt', '--', './nothing'], { cwd: folder })).toMatchObject({ status: 2 });
    expect(await redzone(['hunt'], { cwd: folder })).toMatchObject({ status: 2 });
  });

  it('ends all that it started when interrupted', async () => {
    const command = script('sleep 876543 & sleep 876543');
    const child = spawn(process.execPath, [CLI, 'hunt', '--without-cores', '--', command], { cwd: folder });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    for (let i = 0; i < 100 && spawnSync('pgrep', ['-f', 'sleep 876543']).status !== 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(() => execFileSync('pgrep', ['-f', 'sleep 876543'])).toThrow();
  });
});
