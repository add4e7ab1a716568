import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OpenError } from '../../../src/session/coreSession.js';
import { createInThreadSession } from '../../../src/session/inThreadSession.js';
import { localCores } from '../../../src/session/localCores.js';
import { Triage } from '../../../src/session/triage.js';
import type { CoreRow } from '../../../src/shared/report.js';
import { sample, samplePath, WHOLE } from '../io/compression/samples.js';

const FORMATS = ['zst', 'gz', 'xz', 'lz4'] as const;
const folder = mkdtempSync(join(tmpdir(), 'redzone-compressed-'));
const triage = new Triage({});
let plain: Uint8Array;
let plainRow: CoreRow;

beforeAll(() => {
  plain = new Uint8Array(gunzipSync(sample('core.gz')));
  plainRow = rowOf('plain.core', plain);
});
afterAll(() => {
  triage.dispose();
  rmSync(folder, { recursive: true });
});

function rowOf(name: string, bytes: Uint8Array): CoreRow {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return triage.row(path);
}

/** What does not depend on where and how the core was kept. */
function substance(row: CoreRow): CoreRow {
  return { ...row, source: '', size: 0, bytesRead: 0, time: '' };
}

describe.each(FORMATS)('a core as .%s', (format) => {
  const name = `core.${format}`;

  it('gives the row of the plain core', () => {
    const row = rowOf(`whole.core.${format}`, sample(name));
    expect(substance(row)).toEqual(substance(plainRow));
    expect(row.status).toBe('ok');
    expect(row.size).toBe(sample(name).length);
    expect(row.bytesRead).toBeLessThanOrEqual(row.size);
    expect(row.bytesRead).toBeGreaterThan(0);
  });

  it('cut anywhere becomes a row that says where', () => {
    const bytes = sample(name);
    for (const part of [0.01, 0.3, 0.6, 0.9, 0.99]) {
      const length = Math.floor(bytes.length * part);
      const row = rowOf(`cut.core.${format}`, bytes.subarray(0, length));
      expect(row.problems).toContainEqual(expect.objectContaining({ code: 'truncated-stream', offset: length }));
      expect(row.status).toBe(row.threadCount === undefined ? 'unreadable' : 'partial');
      expect(row.problems.filter(({ code }) => code === 'truncated-stream')).toHaveLength(1);
    }
  });

  it('cut near its end is labelled from what is there', () => {
    const bytes = sample(name);
    const row = rowOf(`cut.core.${format}`, bytes.subarray(0, bytes.length - 2000));
    expect(row.status).toBe('partial');
    expect(row.process).toEqual(plainRow.process);
    expect(row.thread).toEqual(plainRow.thread);
  });

  it('damaged in its middle becomes a row that says so', () => {
    const bytes = sample(name);
    const middle = bytes.length >> 1;
    bytes.fill(0, middle, middle + 512);
    const row = rowOf(`damaged.core.${format}`, bytes);
    expect(['partial', 'unreadable']).toContain(row.status);
    expect(row.problems).toContainEqual(expect.objectContaining({ code: 'corrupt-stream' }));
  });

  it('opens in a session', async () => {
    const session = createInThreadSession();
    const core = await session.open(samplePath(name));
    expect((await core.ask('verdict', {})).kind).toBe(plainRow.kind);
    await session.dispose();
  });

  it('is found in a folder under a neutral name, by what is in it', async () => {
    const below = join(folder, `neutral-${format}`);
    mkdirSync(below);
    copyFileSync(samplePath(name), join(below, 'upload-1'));
    copyFileSync(samplePath(WHOLE.find((other) => other.endsWith(format)) ?? ''), join(below, 'upload-2'));
    copyFileSync(samplePath(`empty.${format}`), join(below, 'upload-3'));
    const listed: string[] = [];
    for await (const item of localCores(below).list())
      listed.push(item.kind === 'core' ? item.entry.source : item.kind);
    expect(listed).toEqual([join(below, 'upload-1'), 'passedOver', 'passedOver']);
  });

  it('holding no core is said to hold none', () => {
    const other = WHOLE.find((file) => file.endsWith(format)) ?? '';
    const row = rowOf(`other.core.${format}`, sample(other));
    expect(row).toMatchObject({ status: 'unreadable' });
    expect(row.problems[0]?.message).toMatch(/^not a core: /);
    const empty = rowOf(`empty.core.${format}`, sample(`empty.${format}`));
    expect(empty).toMatchObject({ status: 'unreadable', problems: [{ code: 'empty' }] });
  });
});

describe('a core that was cut before it was compressed', () => {
  it('has the problem of the plain one', () => {
    const cut = plain.subarray(0, plain.length - 5000);
    const row = rowOf('short.core.gz', new Uint8Array(gzipSync(cut)));
    expect(row.status).toBe('partial');
    expect(row.problems).toContainEqual(expect.objectContaining({ code: 'truncated', offset: cut.length }));
    expect(row.problems.map(({ code }) => code)).toEqual(rowOf('short.core', cut).problems.map(({ code }) => code));
  });
});

describe('a stream that gives nothing', () => {
  it('is an open error of one sentence', async () => {
    const path = join(folder, 'nothing.core.zst');
    writeFileSync(path, sample('core.zst').subarray(0, 40));
    const session = createInThreadSession();
    const error: unknown = await session.open(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenError);
    expect((error as OpenError).message).toMatch(/nothing\.core\.zst: the zstd stream is cut at byte 40 of the file/);
    await session.dispose();
  });
});
