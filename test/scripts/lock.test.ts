import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../scripts/setup/lock.mjs';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'rz-lock-'));
  file = path.join(folder, 'lock');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

it('lets one work at a time and tells the other whom it waits for', async () => {
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await pause(100);
    events.push(`${name} ends`);
  };
  const waits: number[] = [];
  await Promise.all([
    withLock(file, () => undefined, work('one')),
    withLock(file, (pid) => waits.push(pid), work('two')),
  ]);
  expect(events).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  expect(waits).toEqual([process.pid]);
});

it('is released by work that fails', async () => {
  await expect(
    withLock(
      file,
      () => undefined,
      () => Promise.reject(new Error('broken')),
    ),
  ).rejects.toThrow('broken');
  expect(existsSync(file)).toBe(false);
});

it('is taken over from a process that is gone', async () => {
  // Beyond the largest process number of Linux.
  writeFileSync(file, '4194305');
  expect(
    await withLock(
      file,
      () => undefined,
      () => Promise.resolve('done'),
    ),
  ).toBe('done');
});
