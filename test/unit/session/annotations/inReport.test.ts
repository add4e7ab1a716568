import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnotationStore } from '../../../../src/session/annotations/annotationStore.js';
import { sidecarPlaces } from '../../../../src/session/annotations/sidecarPlaces.js';
import { writeUp } from '../../../../src/session/annotations/writeUp.js';
import type { OpenedCore } from '../../../../src/session/coreSession.js';
import { createInThreadSession } from '../../../../src/session/inThreadSession.js';
import { inspectCore, DEFAULT_SCOPE } from '../../../../src/session/inspectCore.js';
import type { CoreReport } from '../../../../src/shared/report.js';
import { unpackFixtures } from '../../../fixtures/unpack.mjs';
import { schemaErrors } from '../../../golden/reportSchema.js';

const folder = mkdtempSync(join(tmpdir(), 'redzone-report-'));
const core = join(folder, 'crash.core');
const session = createInThreadSession();
let opened: OpenedCore;
let other: string;

beforeAll(async () => {
  const fixtures = join(import.meta.dirname, '../../../../.cache/fixtures');
  const samples = unpackFixtures(fixtures);
  const pathOf = (wanted: string): string => samples.find(({ name }) => name === wanted)?.core ?? expect.fail(wanted);
  copyFileSync(pathOf('null-deep'), core);
  other = pathOf('abort');
  opened = await session.open(core, { sysroot: join(fixtures, 'sysroot') });
});

afterAll(async () => {
  await session.dispose();
  rmSync(folder, { recursive: true });
});

const identityOf = async (path: string): Promise<string> =>
  (await (await session.open(path, {})).ask('identity', {})).identity;

let clock = 0;

async function store(): Promise<AnnotationStore> {
  return new AnnotationStore(await opened.ask('identity', {}), {
    places: sidecarPlaces(core, undefined),
    author: () => 'ann <ann@example.org>',
    now: () => new Date(1.8e12 + 1000 * clock++),
    newId: () => String(Math.random()),
  });
}

describe('which core it is', () => {
  it('is told by its contents, compressed or not, and whatever was cut off behind its notes', async () => {
    const copy = join(folder, 'copy.core.gz');
    writeFileSync(copy, gzipSync(readFileSync(core)));
    const cut = join(folder, 'cut.core');
    copyFileSync(core, cut);
    truncateSync(cut, 20_000);
    const identity = await identityOf(core);
    expect(identity).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect([await identityOf(copy), await identityOf(cut)]).toEqual([identity, identity]);
    expect(await identityOf(other)).not.toBe(identity);
  });
});

describe('what was annotated', () => {
  beforeAll(async () => {
    const notes = await store();
    const tid = (await opened.ask('summary', {})).crashedTid ?? 0;
    await notes.write({ target: { frame: 1, tid, pc: '0x401136' }, mark: 'explained', text: 'as designed' });
    await notes.write({
      target: { slot: '0x7FFE00000010' },
      mark: 'suspicious',
      text: 'why | zero?\n<img src=x onerror=alert(1)> [x](https://evil.example) \u202e\u0007',
      about: '+16  0x0  `zero`',
    });
  });

  it('stands in the report, which keeps to its schema, and in the text', async () => {
    const report = await reportOf(core);
    expect(schemaErrors('CoreReport', report)).toEqual([]);
    expect(report.annotations?.map(({ mark, target }) => ({ mark, target }))).toMatchObject([
      { mark: 'explained', target: { frame: 1 } },
      { mark: 'suspicious', target: { slot: '0x7ffe00000010' } },
    ]);
    const { text } = await opened.ask('text', {});
    expect(text.slice(text.indexOf('\nANNOTATIONS'))).toContain('why | zero?');
    expect(text).not.toMatch(/[\u202e\u0007]/);
  });

  it('stands in a write-up that is only text', async () => {
    const markdown = await writeUp(opened, (await store()).annotations);
    for (const heading of ['## Evidence', '## Stack of thread', '## Annotations', '## Open questions'])
      expect(markdown).toContain(heading);
    expect(markdown).toContain('find_account');
    expect(markdown).toMatch(/- \[ \] `slot 0x7ffe00000010`: why/);
    expect(markdown).not.toMatch(/<img|\]\(http|https:\/\/evil|[\u202e\u0007]/);
    // Every row of a table has as many cells as its head.
    const cells = (line: string): number => line.split('|').length;
    const rows = markdown.split('\n').filter((line) => line.startsWith('| `') && line.includes('ann'));
    expect(rows.map(cells)).toEqual(rows.map(() => cells('| where | what stands there | mark | note | by |')));
    expect(rows).toHaveLength(2);
  });

  it('is not inherited by another core under the same name', async () => {
    copyFileSync(other, core);
    const report = await reportOf(core);
    expect(report.annotations).toBeUndefined();
  });
});

async function reportOf(path: string): Promise<CoreReport> {
  let text = '';
  const take = (part: string): Promise<void> => {
    text += part;
    return Promise.resolve();
  };
  await inspectCore(path, {}, DEFAULT_SCOPE, 'json', take);
  return JSON.parse(text) as CoreReport;
}
