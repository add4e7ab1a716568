import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../cli/builtCommand.js';
import { redzone } from '../cli/runCommand.js';
import { sampleCores, SYSROOT } from '../golden/fixtureCores.js';
import type { MicroscopeReport } from '../../src/shared/microscope.js';
import { FleetFolder } from './fleetFolder.js';
import { sql } from './sql.js';

const triage = (args: readonly string[]) =>
  redzone(['triage', '--sysroot', SYSROOT, '--progress', 'none', '--keep-stack', '512', ...args]);

async function look(dataset: string, ...args: readonly string[]): Promise<MicroscopeReport> {
  const { stdout, stderr } = await redzone(['population', dataset, '--json', ...args]);
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { microscope: MicroscopeReport }).microscope;
}

/** The word at %rsp + offset of each row as DuckDB finds it in the bytes, lowest byte first. */
function wordAt(offset: number): string {
  const at = `CAST(CAST(rsp AS UBIGINT) - CAST(stack_start AS UBIGINT) AS BIGINT) + ${offset}`;
  return `CASE WHEN ${at} >= 0 AND ${at} + 8 <= octet_length(stack) THEN substr(hex(stack), CAST(2 * (${at}) + 1 AS BIGINT), 16) END`;
}

describe('the microscope over real crashes', { timeout: 180_000 }, () => {
  let folder: FleetFolder;
  let samples: string;
  let fleet: string;
  beforeAll(async () => {
    ensureBuilt();
    folder = new FleetFolder(200, 11);
    samples = folder.join('samples');
    fleet = folder.join('fleet');
    const cores = [...sampleCores().values()].map(({ core }) => core);
    for (const [dataset, what] of [
      [samples, cores],
      [fleet, [folder.cores]],
    ] as const)
      expect(await triage([...what, '--dataset', dataset])).toMatchObject({ status: 0 });
  }, 300_000);
  afterAll(() => {
    folder.remove();
  });

  it.each(['[rsp-8]', '[rsp]', '[rsp-64]', '[rsp+40]'])(
    'counts zeros at %s as DuckDB does in the bytes',
    async (position) => {
      for (const dataset of [samples, fleet]) {
        const report = await look(dataset, '--microscope', 'label=return-to-null');
        const profile = report.positions.find((one) => one.position === position);
        const offset = Number(/[+-]\d+/.exec(position)?.[0] ?? 0);
        const counted = await sql(
          dataset,
          `select label = 'return-to-null' as mine, count(word) as known, count(*) filter (word = '0000000000000000') as zero
           from (select label, ${wordAt(offset)} as word from rows where label is not null) group by 1 order by 1`,
        );
        expect([profile?.others, profile?.cases]).toMatchObject(counted.map(({ known, zero }) => ({ known, zero })));
      }
    },
  );

  it('finds the popped word and the lost instruction pointer of a return to null', async () => {
    for (const dataset of [samples, fleet]) {
      const { marks, cases, others } = await look(dataset, '--microscope', 'label=return-to-null');
      expect(cases.withWords).toBeGreaterThan(20);
      expect(others.withWords).toBeGreaterThan(100);
      const seen = marks.flatMap((mark) => [mark, ...mark.alsoSeenAs]).filter(({ word }) => word === 'zero');
      for (const position of ['rip', 'rsp mod 16'])
        expect(seen.find((one) => one.position === position)?.inside).toEqual({
          cases: cases.withWords,
          of: cases.withWords,
        });
      expect(marks[0]).toMatchObject({ word: 'zero', inside: { cases: cases.withWords } });
      expect(marks[0]?.position).toMatch(/^(rip|\[rsp-8\]|\[frame-8\])$/);
    }
  });

  it('sees nothing in crashes that were chosen by their day, and holds some against some', async () => {
    for (const days of ['time<2026-01-12', 'time>=2026-01-25', 'time>=2026-01-15 and time<2026-01-20']) {
      const { marks, cases } = await look(fleet, '--microscope', days);
      expect(cases.withWords).toBeGreaterThan(20);
      expect(marks.map(({ text }) => text)).toEqual([]);
    }
    const nullCalls = await look(fleet, '--microscope', 'kind=null-call', '--against', 'label=return-to-null');
    expect(nullCalls.marks[0]?.text).toMatch(/100 % of these/);
    expect(nullCalls.others.crashes).toBe(
      Number((await sql(fleet, `select count(*) as n from rows where label = 'return-to-null'`))[0]?.['n']),
    );
  });

  it('is text on a terminal, every position where asked to', async () => {
    const brief = await redzone(['population', samples, '--microscope', 'label=return-to-null']);
    expect(brief.stdout).toMatch(/ 1\. \S+ is zero in 100 % of these \(\d+ of \d+\)/);
    expect(brief.stdout).not.toMatch(/^\[rsp-8\]  /m);
    const full = await redzone(['population', samples, '--microscope', 'label=return-to-null', '--positions']);
    expect(full.stdout).toMatch(/^\[rsp-8\] +100% +zero 100%/m);
    expect(full.stdout).not.toMatch(/^cs /m);
  });

  it('says in one sentence what it cannot do', async () => {
    for (const [args, sentence] of [
      [['--microscope', 'rack=7'], 'There is no column “rack”'],
      [['--microscope', 'label'], 'is no condition'],
    ] as const) {
      const { status, stderr } = await redzone(['population', samples, ...args]);
      expect(status).toBe(3);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toContain(sentence);
    }
  });
});
