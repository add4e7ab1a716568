import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreReport } from '../../src/shared/report.js';
import { SYSROOT } from '../golden/fixtureCores.js';
import { schemaErrors } from '../golden/reportSchema.js';
import { ensureBuilt } from './builtCommand.js';
import { CoreFolder } from './coreFolder.js';
import { redzone } from './runCommand.js';

let folder: CoreFolder;
beforeAll(() => {
  ensureBuilt();
  folder = new CoreFolder();
});
afterAll(() => {
  folder.remove();
});

const inspect = (name: string, ...args: string[]): ReturnType<typeof redzone> =>
  redzone(['inspect', '--sysroot', SYSROOT, folder.sample(name), ...args]);

describe('inspect', () => {
  it('prints the report as text, the verdict before the rest', async () => {
    const { status, stdout, stderr } = await inspect('shift-fp');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.startsWith(`CORE ${folder.sample('shift-fp')}\n`)).toBe(true);
    const order = ['VERDICT', 'STACK of thread', 'REGISTERS', 'MEMORY'].map((heading) =>
      stdout.indexOf(`\n${heading}`),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    expect(stdout).toContain('[misaligned-stack / rsp-shift');
  });

  it('writes the report as one JSON object', async () => {
    const { status, stdout, stderr } = await inspect('threads-8', '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const report = JSON.parse(stdout) as CoreReport;
    expect(schemaErrors('CoreReport', report)).toEqual([]);
    expect(report.threads?.length).toBe(8);
    expect(report.threads?.filter(({ crashed }) => crashed)).toHaveLength(1);
  });

  it('gives the threads and slots that were asked for', async () => {
    const { stdout } = await inspect('threads-8', '--json', '--threads', '3', '--slots', '-2:4');
    const report = JSON.parse(stdout) as CoreReport;
    expect(report.threads).toHaveLength(3);
    expect(report.stack?.map(({ index }) => index)).toEqual([-2, -1, 0, 1, 2, 3, 4]);
    const crashed = JSON.parse((await inspect('threads-8', '--json', '--threads', 'crashed')).stdout) as CoreReport;
    expect(crashed.threads?.map(({ crashed: isCrashed }) => isCrashed)).toEqual([true]);
  });

  it('knows less without the binary, and says so', async () => {
    const { status, stdout } = await redzone([
      'inspect',
      '--sysroot',
      folder.path,
      folder.sample('shift-fp'),
      '--json',
    ]);
    const report = JSON.parse(stdout) as CoreReport;
    expect(status).toBe(0);
    expect(schemaErrors('CoreReport', report)).toEqual([]);
    const files = report.modules?.filter(({ path }) => path.startsWith('/'));
    expect(new Set(files?.map(({ binaryStatus }) => binaryStatus))).toEqual(new Set(['missing']));
    expect(report.missing).not.toEqual([]);
  });

  it('refuses a binary of another build', async () => {
    const { stdout } = await redzone([
      'inspect',
      ...['--exe', `${SYSROOT}/opt/redzone-fixtures/abort/abort`, '--sysroot', folder.path, '--json'],
      folder.sample('null-deep'),
    ]);
    const report = JSON.parse(stdout) as CoreReport;
    const program = report.modules?.find(({ path }) => path.endsWith('/null-deep'));
    expect(program?.binaryStatus).toBe('mismatch');
    expect(report.frames?.some((frame) => frame.function !== undefined)).toBe(false);
  });
});

describe('the command', () => {
  it('lists its commands', async () => {
    const { status, stdout, stderr } = await redzone(['--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const command of ['triage', 'inspect', 'dap']) expect(stdout).toMatch(new RegExp(`^ +${command} `, 'm'));
  });

  it.each(['triage', 'inspect', 'dap'])('explains %s', async (command) => {
    const { status, stdout } = await redzone([command, '--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: redzone ${command}`));
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['triage', '--frobnicate', 'x.core']],
    ['no core', ['inspect']],
    ['no path', ['triage']],
    ['slots that are no range', ['inspect', '--slots', '5', 'x.core']],
    ['slots in the wrong order', ['inspect', '--slots', '5:1', 'x.core']],
    ['threads that are no number', ['inspect', '--threads', 'many', 'x.core']],
  ])('ends with 2 for %s and says why', async (_what, args) => {
    const { status, stdout, stderr } = await redzone(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/\S/);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
