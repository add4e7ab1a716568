import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/session/auditFile.js';
import { sampleCores, SYSROOT } from '../golden/fixtureCores.js';
import { ensureBuilt } from './builtCommand.js';
import { redzone } from './runCommand.js';

beforeAll(() => {
  ensureBuilt();
  sampleCores();
});

async function audit(file: string): Promise<AuditReport> {
  const { status, stdout, stderr } = await redzone(['audit', '--json', join(SYSROOT, file)]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as AuditReport;
}

function names(routines: AuditReport['routines']): (string | undefined)[] {
  return routines.map((routine) => routine.function);
}

/** What libunwind 1.6.2 reads after it has moved %rsp: target, %rcx, %rdi. */
const LATE = ['mov 0xa8(%rdi),%rcx', 'mov 0x98(%rdi),%rcx', 'mov 0x68(%rdi),%rdi'];

describe('audit', () => {
  it('finds the restore with the hole in libunwind, and by its code in a static program without symbols', async () => {
    for (const file of [
      'usr/lib/x86_64-linux-gnu/libunwind.so.8.0.1',
      'opt/redzone-fixtures/race-static/race-static',
    ]) {
      const { routines } = await audit(file);
      expect(routines).toHaveLength(1);
      expect(routines[0]?.instructions.filter(({ late }) => late).map(({ text }) => text)).toEqual(LATE);
    }
  });

  it("finds none in GCC's unwinder, in its library and in a static program, and says what it looked at", async () => {
    const library = await audit('usr/lib/x86_64-linux-gnu/libgcc_s.so.1');
    const program = await audit('opt/redzone-fixtures/static/static');
    for (const { routines, sound } of [library, program]) {
      expect(routines).toEqual([]);
      expect(names(sound)).toEqual(expect.arrayContaining(['_Unwind_RaiseException', '_Unwind_Resume']));
    }
    const { stdout } = await redzone(['audit', join(SYSROOT, 'usr/lib/x86_64-linux-gnu/libgcc_s.so.1')]);
    expect(stdout).toMatch(
      /_Unwind_Resume: reads nothing of the context after moving %rsp \(0x[0-9a-f]+: mov %rcx,%rsp/,
    );
  });

  it('says so where no routine restores a context', async () => {
    const { stdout } = await redzone(['audit', join(SYSROOT, 'opt/redzone-fixtures/abort/abort')]);
    expect(stdout).toContain('who unwinds here lies in another file');
  });
});
