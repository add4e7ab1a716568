import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PopulationReport } from '../../src/shared/findings.js';
import { ensureBuilt } from './builtCommand.js';
import { redzone } from './runCommand.js';

/** 40 hosts, on one of which the stack pointer moves; twice the crashes of any other label in one zone, which runs as much. */
function rows(): string {
  const lines: string[] = [];
  for (let i = 0; i < 800; i++) {
    const host = `h${(i * 7) % 40}`;
    const time = 1_770_000_000 + i * 5011;
    lines.push(
      JSON.stringify({
        label: 'other',
        kind: ((i * 13) % 7) % 2 === 0 ? 'abort' : 'assertion',
        time,
        host,
        zone: i % 3 === 0 ? 'b' : 'a',
      }),
    );
  }
  for (let i = 0; i < 20; i++)
    lines.push(
      JSON.stringify({
        label: 'misaligned-stack',
        kind: 'rsp-shift',
        time: 1_770_100_000 + i * 90_011,
        host: 'h9',
        zone: 'a',
      }),
    );
  return `${lines.join('\n')}\n`;
}

describe('redzone population', () => {
  let folder: string;
  let table: string;
  beforeAll(() => {
    ensureBuilt();
    folder = mkdtempSync(join(tmpdir(), 'redzone-population-'));
    table = join(folder, 'crashes.ndjson');
    writeFileSync(table, rows());
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('with an exposure table: rates, their ratio, and where every label is frequent', async () => {
    const exposure = join(folder, 'hours.csv');
    const hosts = Array.from({ length: 40 }, (_, i) => ['a', 'b'].map((zone) => `h${i},${zone},500`)).flat();
    writeFileSync(exposure, `host,zone,host_hours\n${hosts.join('\n')}\n`);
    const { status, stdout } = await redzone(['population', table, '--exposure', exposure, '--json']);
    expect(status).toBe(0);
    const { findings, notes, exposure: ran } = JSON.parse(stdout) as PopulationReport;
    expect(notes[0]).toBe('Rates are per host_hours, of which the exposure table has 40,000.');
    expect(ran).toMatchObject({ unit: 'host_hours', total: 40_000 });
    expect(ran?.dimensions.find(({ dimension }) => dimension === 'zone')?.values).toStrictEqual([
      { value: 'a', exposure: 20_000 },
      { value: 'b', exposure: 20_000 },
    ]);
    const [first, second] = findings;
    expect(first).toMatchObject({ label: 'misaligned-stack', dimension: 'host', value: 'h9' });
    expect(first?.rates).toMatchObject({
      unit: 'host_hours',
      inside: { crashes: 20, exposure: 1000 },
      outside: { crashes: 0, exposure: 39_000 },
    });
    expect(first?.text).toContain('; 2 per 100 host_hours there, 0 elsewhere');
    // 533 and 267 crashes on equal hours.
    expect(second).toMatchObject({ label: 'other', dimension: 'zone', value: 'a' });
    expect(second?.rates?.ratio).toBeCloseTo(2, 0);
  });

  it('without one it says that shares are no rates, and which machines to deny', async () => {
    const denied = join(folder, 'deny.txt');
    const { status, stdout } = await redzone(['population', table, '--deny-list', denied]);
    expect(status).toBe(0);
    expect(stdout).toContain('Shares of the crashes are compared, not rates');
    const lines = readFileSync(denied, 'utf8').trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['h9']);
  });

  it.each([
    ['a table without labels', '{"host":"a"}\n{"host":"b"}\n', 'none of its 2 rows has a label or a kind', 3],
    ['one label', '{"label":"x","host":"a"}\n{"label":"x","host":"b"}\n', 'nothing to compare them with', 0],
    [
      'times that are none',
      '{"label":"x","time":"soon","h":1}\n{"label":"y","time":"later","h":2}\n',
      'No crash has a time',
      0,
    ],
    [
      'three rows',
      '{"label":"x","host":"a"}\n{"label":"y","host":"b"}\n{"label":"y","host":"b"}\n',
      'Nothing found',
      0,
    ],
    ['numbers out of all bounds', '{"label":"x","m":1e308}\n{"label":"y","m":-1e308}\n'.repeat(20), 'm', 0],
  ])('%s: one sentence', async (name, text, said, code) => {
    const file = join(folder, `${name}.ndjson`);
    writeFileSync(file, text);
    const { status, stdout, stderr } = await redzone(['population', file]);
    expect(status).toBe(code);
    expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toContain(said);
    expect(`${stdout}${stderr}`).not.toMatch(/NaN|undefined|Infinity|at .*\.js/);
  });

  it('an exposure table that cannot be used is named, and shares are compared', async () => {
    const exposure = join(folder, 'wrong.csv');
    writeFileSync(exposure, 'server,cost\nx,1\n');
    const { status, stderr } = await redzone(['population', table, '--exposure', exposure]);
    expect(status).toBe(1);
    expect(stderr).toContain(
      "none of its columns is one of the crashes'; it has: server, cost; shares are compared instead of rates",
    );
  });
});
