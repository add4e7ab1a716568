import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIcedDisassembler } from '../../src/io/icedDisassembler.js';
import { DEFAULT_SCOPE } from '../../src/session/inspectCore.js';
import { OpenedCores } from '../../src/session/openedCores.js';
import type { CoreReport } from '../../src/shared/report.js';
import { expectNotes } from './compareNotes.js';

/** Cores that other projects test with, and what the usual tools say of them. They are not part of this repository. */
const CORPORA = process.env['REDZONE_CORPORA'] ?? resolve(import.meta.dirname, '../../../shared/corpora');
const PRESENT = existsSync(join(CORPORA, 'expected'));

/** Which text speaks of which core. */
const CORES: Readonly<Record<string, string>> = {
  'drgn-crashme': 'drgn/crashme.core',
  'drgn-crashme_pie': 'drgn/crashme_pie.core',
  'drgn-crashme_static': 'drgn/crashme_static.core',
  'drgn-crashme_static_pie': 'drgn/crashme_static_pie.core',
  'drgn-multithreaded': 'drgn/multithreaded.core',
  'elfutils-backtrace.x86_64': 'elfutils/backtrace.x86_64.core',
  'elfutils-backtrace.x86_64.fp': 'elfutils/backtrace.x86_64.fp.core',
  'elfutils-demangle': 'elfutils/testfile-backtrace-demangle.core',
  'elfutils-linkmap-cut': 'elfutils/linkmap-cut.core',
  'elfutils-testcore': 'elfutils/test-core.core',
  'elfutils-testfile70': 'elfutils/testfile70.core',
  'elfutils-testfiledwarfinlines': 'elfutils/testfiledwarfinlines.core',
  'pyelftools-core_linux64': 'pyelftools/core_linux64.elf',
  'satyr-null': 'satyr/null_dereference.core.x86_64',
};

/** Other architectures: recognised by name. */
const FOREIGN: Readonly<Record<string, string>> = {
  'elfutils/backtrace.i386.core': 'i386',
  'elfutils/backtrace.x32.core': 'x32',
  'elfutils/backtrace.aarch64.core': 'aarch64',
};

if (!PRESENT)
  console.log('agreement: cores of other projects are not here (../shared/corpora), so they are not compared');

describe.runIf(PRESENT)('cores of other projects', () => {
  let cores: OpenedCores;
  beforeAll(() => {
    cores = new OpenedCores(createIcedDisassembler());
  });
  afterAll(() => {
    cores.dispose();
  });
  const report = (file: string): CoreReport => {
    // Nothing of this machine: the programs are not there.
    const key = cores.open(join(CORPORA, `${file}.zst`), { sysroot: '/nowhere' });
    try {
      return cores.get(key).report({ ...DEFAULT_SCOPE, slots: [0, 0] });
    } finally {
      cores.close(key);
    }
  };
  const expected = (name: string): string => readFileSync(join(CORPORA, 'expected', `${name}.txt`), 'utf8');

  it.each(Object.entries(CORES))('%s: notes', (name, file) => {
    const text = expected(name);
    expectNotes(report(file), text.slice(text.indexOf('# eu-readelf -n')));
  });

  it.each(Object.entries(CORES))('%s: the threads and where each stands', (name, file) => {
    const text = expected(name);
    const stacks = text.slice(0, text.indexOf('# gdb bt'));
    const theirs = [...stacks.matchAll(/^TID (\d+):\n#0 +0x([0-9a-f]+)/gm)].map(
      ([, tid, pc = '0']) => `${tid ?? ''} at ${BigInt(`0x${pc}`).toString(16)}`,
    );
    const ours = report(file).threads?.map(({ tid, frames }) => `${tid} at ${BigInt(frames[0]?.pc ?? 0).toString(16)}`);
    expect(ours?.sort()).toEqual(expect.arrayContaining(theirs.sort()));
  });

  it.each(Object.entries(FOREIGN))('%s is recognised, with its threads, registers and modules', (file, arch) => {
    const { threads, modules, ...row } = report(file);
    expect(row.arch).toBe(arch);
    expect(row.status).toBe('partial');
    expect(row.signal?.name).toBe('SIGABRT');
    expect(row.process?.args).toContain('--gencore');
    expect(threads).toHaveLength(2);
    for (const thread of threads ?? []) expect(Object.keys(thread.registers).length).toBeGreaterThan(16);
    expect(modules?.map(({ path }) => path)).toContain('[vdso]');
  });

  it.each(['i386', 'x32'])('%s: registers and the frames that need no binary are those that elfutils shows', (arch) => {
    const { threads } = report(`elfutils/backtrace.${arch}.core`);
    const text = expected(`elfutils-backtrace.${arch}`);
    const pcs = [...text.matchAll(/^#\d+ +(0x[0-9a-f]+)/gm)].map(([, pc = '']) => BigInt(pc));
    const tids = [...text.matchAll(/^TID (\d+):$/gm)].map(([, tid]) => Number(tid));
    expect(threads?.map(({ tid }) => tid)).toEqual(tids);
    const registers = [...text.matchAll(/orig_[er]ax: [^]*?ss: 0x[0-9a-f]+/g)].flatMap(([block]) => [
      ...block.matchAll(/\b([er]?[a-z0-9]{2}): +(-?\d+|0x[0-9a-f]+)\b/g),
    ]);
    const first = threads?.[0];
    const seen = new Set<string>();
    const width = arch === 'i386' ? 32 : 64;
    for (const [, name = '', value = ''] of registers) {
      if (seen.has(name) || first?.registers[name] === undefined) continue;
      seen.add(name);
      expect(BigInt(first.registers[name]), name).toBe(BigInt.asUintN(width, BigInt(value)));
    }
    expect(seen.size).toBeGreaterThan(14);
    const ours = first?.frames.filter(({ trust }) => trust !== 'scan').map(({ pc }) => BigInt(pc)) ?? [];
    expect(ours.length).toBeGreaterThan(arch === 'i386' ? 5 : 0);
    for (const pc of ours) expect(pcs, `0x${pc.toString(16)}`).toContain(pc);
  });

  it('has looked at every text there is', () => {
    const texts = readdirSync(join(CORPORA, 'expected')).map((file) => file.replace(/\.txt$/, ''));
    expect(texts.filter((name) => !(name in CORES) && !/i386|x32/.test(name))).toEqual([]);
  });
});
