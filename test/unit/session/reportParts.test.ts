import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_SCOPE, inspectCore } from '../../../src/session/inspectCore.js';
import { OpenedCores } from '../../../src/session/openedCores.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { prstatus } from '../../writers/coreNotes.js';
import { writeCore } from '../../writers/elfCore.js';

const STACK = 0x7ffd_0000_0000n;
const THREADS = 3000;

const folder = mkdtempSync(path.join(tmpdir(), 'redzone-report-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function coreOf(name: string, threads: number): string {
  const file = path.join(folder, name);
  const notes = Array.from({ length: threads }, (_, i) => prstatus(i + 1, { rsp: STACK + 8n * BigInt(i % 100) }));
  writeFileSync(file, writeCore({ notes, loads: [{ vaddr: STACK, bytes: new Uint8Array(4096) }] }).bytes);
  return file;
}

describe('a report as JSON', () => {
  it('of very many threads comes in parts, between which others have their turn', async () => {
    const parts: string[] = [];
    let turns = 0;
    const tick = (): void => {
      turns++;
      timer = setImmediate(tick);
    };
    let timer = setImmediate(tick);
    await inspectCore(coreOf('many', THREADS), {}, DEFAULT_SCOPE, 'json', (part) => {
      parts.push(part);
      return Promise.resolve();
    });
    clearImmediate(timer);
    expect(parts.length).toBeGreaterThan(4);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(1 << 20);
    expect(turns).toBeGreaterThanOrEqual(parts.length - 1);
    const report = JSON.parse(parts.join('')) as { threads: { tid: number }[] };
    expect(report.threads.map(({ tid }) => tid)).toEqual(Array.from({ length: THREADS }, (_, i) => i + 1));
  });

  it('ends when it is cancelled', async () => {
    const stop = new AbortController();
    let parts = 0;
    const take = (): Promise<void> => {
      if (++parts === 2) stop.abort();
      return Promise.resolve();
    };
    const work = inspectCore(coreOf('stopped', THREADS), {}, DEFAULT_SCOPE, 'json', take, { signal: stop.signal });
    await expect(work).rejects.toThrow(/abort/i);
    expect(parts).toBe(2);
  });

  it.each([0, 1, 3])('says what the report says, with %s threads', (threads) => {
    const cores = new OpenedCores(createIcedDisassembler());
    try {
      const core = cores.get(cores.open(coreOf(`few-${threads}`, threads), {}));
      const report = core.report(DEFAULT_SCOPE);
      expect([...core.reportJson(DEFAULT_SCOPE)].join('')).toBe(`${JSON.stringify(report, null, 1)}\n`);
    } finally {
      cores.dispose();
    }
  });
});
