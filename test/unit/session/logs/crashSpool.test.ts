import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatasetError } from '../../../../src/session/dataset/datasetError.js';
import { CrashSpool, type FoundCrash } from '../../../../src/session/logs/crashSpool.js';
import { EventIndex } from '../../../../src/session/logs/eventIndex.js';

describe('crashes of logs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'spool-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const crash = (line: number, text = 'x'.repeat(line % 300)): FoundCrash => ({
    path: '/var/log/app.log',
    line,
    crash: {
      writer: 'redzone',
      registers: { rip: BigInt(line) << 20n, rsp: 0xffff_ffff_ffff_fff8n },
      faultAddress: 0n,
      functions: ['läuft', `f${line}`],
      line: text,
    },
  });

  it.each([0, 1, 15, 16, 40, 9000])('come back as they were, in their order: %i of them', (count) => {
    const spool = new CrashSpool(folder);
    const all = Array.from({ length: count }, (_, i) => crash(i + 1));
    for (const found of all) spool.add(found);
    expect(spool.count).toBe(count);
    expect([...spool]).toEqual(all);
    // Asked again, and with more behind.
    spool.add(crash(count + 1));
    expect([...spool]).toEqual([...all, crash(count + 1)]);
    spool.close();
  });

  it('come back when one of them is larger than what is kept in memory', () => {
    const spool = new CrashSpool(folder);
    const all = [crash(1), crash(2, 'y'.repeat(3 << 20)), crash(3)];
    for (const found of all) spool.add(found);
    for (let i = 4; i < 40; i++) spool.add(crash(i));
    expect([...spool].slice(0, 3)).toEqual(all);
    expect([...spool].length).toBe(39);
    spool.close();
  });

  it('leave no file behind, even while they are there', () => {
    const spool = new CrashSpool(folder);
    for (let i = 0; i < 9000; i++) spool.add(crash(i));
    expect(readdirSync(folder)).toEqual([]);
    spool.close();
  });

  it('few of them ask nothing of the disk; for many a folder that cannot be used is named', () => {
    const spool = new CrashSpool(path.join(folder, 'missing'));
    for (let i = 0; i < 100; i++) spool.add(crash(i));
    const many = (): void => {
      for (let i = 0; i < 9000; i++) spool.add(crash(i));
    };
    expect(many).toThrow(DatasetError);
    expect(many).toThrow(/missing cannot be used \(ENOENT\): .*TMPDIR/);
  });

  it('and events keep nothing of the logs in memory but themselves', () => {
    const spool = new CrashSpool(folder);
    const events = new EventIndex();
    const before = usedAfterCollection();
    for (let i = 0; i < 256; i++) {
      // A piece of a log as it is read, and a line of it.
      const piece = `piece ${i} `.repeat(100_000);
      const line = piece.slice(1000, 1200);
      spool.add(crash(i, line));
      events.add(line.slice(0, 20), i, line);
    }
    expect(usedAfterCollection() - before).toBeLessThan(40 * 2 ** 20);
    expect([spool.count, events.count]).toEqual([256, 256]);
    spool.close();
  });
});

function usedAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
