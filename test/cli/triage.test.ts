import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreRow } from '../../src/shared/report.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { schemaErrors } from '../golden/reportSchema.js';
import { ensureBuilt } from './builtCommand.js';
import { CoreFolder } from './coreFolder.js';
import { redzone, shell } from './runCommand.js';

const SAMPLES = ['shift-fp', 'race-default', 'abort', 'null-deep'];

let folder: CoreFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new CoreFolder();
});
afterAll(() => {
  folder.remove();
});

describe('triage', () => {
  const triage = (...args: string[]): ReturnType<typeof redzone> =>
    redzone(['triage', ...args, '--sysroot', SYSROOT, ...SAMPLES.map((name) => folder.sample(name))]);

  it('prints a line for each core, in the order given, and how many there are of each kind', async () => {
    const { status, stdout, stderr } = await triage();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [header = '', ...lines] = stdout.split('\n');
    expect(header.split(/ +/)).toEqual(['CORE', 'LABEL', 'KIND', 'SURE', 'SIGNAL', 'WHERE']);
    expect(lines.slice(0, 4).map((line) => line.split(/ +/).slice(0, 3))).toEqual([
      ['shift-fp/shift-fp.core', 'misaligned-stack', 'rsp-shift'],
      ['race-default/race-default.core', 'return-to-null', 'unwind-transfer-race'],
      ['abort/abort.core', 'other', 'abort'],
      ['null-deep/null-deep.core', 'other', 'null-dereference'],
    ]);
    expect(lines[0]).toContain('rsp-shift -8');
    expect(stdout).toContain('\n4 cores\n');
    expect(stdout).toMatch(/^ +1 {2}misaligned-stack \/ rsp-shift$/m);
    expect(stdout).not.toContain('\x1b');
  });

  it('writes one JSON array', async () => {
    const { status, stdout, stderr } = await triage('--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    checkRows(JSON.parse(stdout) as CoreRow[]);
  });

  it('writes one JSON object a line', async () => {
    const { status, stdout, stderr } = await triage('--ndjson');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    checkRows(rowsOf(stdout));
  });

  it('takes --json or --ndjson, not both', async () => {
    const { status, stdout, stderr } = await triage('--json', '--ndjson');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe('redzone: --json and --ndjson exclude each other\n');
  });

  it('is quiet when the reader has seen enough', async () => {
    const { status, stdout, stderr } = await shell(
      `redzone triage --ndjson --sysroot "${SYSROOT}" ${SYSROOT}/../race-*/ | head -1`,
      folder.path,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(rowsOf(stdout)).toHaveLength(1);
  });

  it('says the same of a compressed core', async () => {
    const zipped = folder.gzip('app.core.gz', 'shift-fp');
    const { stdout } = await redzone(['triage', '--ndjson', '--sysroot', SYSROOT, zipped, folder.sample('shift-fp')]);
    const [packed, plain] = rowsOf(stdout);
    expect(packed?.evidence).toEqual(plain?.evidence);
    expect(packed?.frames).toEqual(plain?.frames);
    expect(packed?.shift).toBe(-8);
  });
});

function checkRows(rows: readonly CoreRow[]): void {
  expect(rows.map(({ source }) => source)).toEqual(SAMPLES.map((name) => folder.sample(name)));
  expect(rows.flatMap((row) => schemaErrors('CoreRow', row))).toEqual([]);
  expect(rows.map(({ label }) => label)).toEqual(['misaligned-stack', 'return-to-null', 'other', 'other']);
}

function rowsOf(ndjson: string): CoreRow[] {
  return ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as CoreRow);
}
