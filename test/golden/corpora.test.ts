import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIcedDisassembler } from '../../src/io/icedDisassembler.js';
import { DEFAULT_SCOPE } from '../../src/session/inspectCore.js';
import { OpenedCores } from '../../src/session/openedCores.js';
import type { CoreReport } from '../../src/shared/report.js';
import { schemaErrors } from './reportSchema.js';

/** Cores that other projects test with, which lie beside the checkout where they have been fetched. */
const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora');

interface Listed {
  readonly file: string;
  readonly bytes: number;
  readonly arch: string;
  readonly threads: number;
  readonly signal: number;
  readonly comm: string;
}

if (!existsSync(join(CORPORA, 'MANIFEST.md'))) {
  it.skip('the cores of other projects are not beside this checkout', () => undefined);
} else {
  const listed = manifest();
  const files = readdirSync(CORPORA, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.zst'));

  describe('the cores of other projects', () => {
    const cores = new OpenedCores(createIcedDisassembler());
    const reports = new Map<string, CoreReport>();
    beforeAll(() => {
      for (const file of files) {
        // An empty sysroot: nothing of this machine answers for their programs.
        const key = cores.open(join(CORPORA, file), { sysroot: join(CORPORA, 'expected') });
        reports.set(basename(file, '.zst'), cores.get(key).report(DEFAULT_SCOPE));
        cores.close(key);
      }
    });
    afterAll(() => {
      cores.dispose();
    });
    const report = (file: string): CoreReport => reports.get(file) ?? expect.fail(`no report of ${file}`);

    it('are all there', () => {
      expect(files.map((file) => basename(file, '.zst')).sort()).toEqual(listed.map(({ file }) => file).sort());
    });

    it.each(listed)('$file opens', ({ file, arch }) => {
      expect(schemaErrors('CoreReport', report(file))).toEqual([]);
      expect(report(file).status).not.toBe('unreadable');
      expect(`${report(file).arch ?? ''} ${report(file).format ?? ''}`).toBe(expectedArch(arch));
    });

    it.each(listed.filter(({ arch }) => arch.startsWith('x86-64 ELF64')))(
      '$file tells its threads, signal and process',
      ({ file, threads, signal, comm }) => {
        expect(report(file).threadCount).toBe(threads);
        expect(report(file).signal?.number).toBe(signal);
        expect(report(file).process?.comm).toBe(comm);
        expect(report(file).threads?.map(({ tid }) => tid)).toHaveLength(threads);
      },
    );

    it.each(expectations())('%s has the registers that eu-readelf shows', (file, threads) => {
      expect(report(file).threads?.map(({ tid, registers: { rip, rsp, rbp } }) => ({ tid, rip, rsp, rbp }))).toEqual(
        threads,
      );
    });
  });

  function manifest(): Listed[] {
    const rows = [...readFileSync(join(CORPORA, 'MANIFEST.md'), 'utf8').matchAll(/^\| *(tests?\/.*)\|$/gm)];
    return rows.map(([, row = '']) => {
      const [file = '', bytes, arch = '', , threads, signal, comm = ''] = row.split('|').map((cell) => cell.trim());
      return {
        file: basename(file),
        bytes: Number(bytes),
        arch,
        threads: Number(threads),
        signal: Number(signal),
        comm,
      };
    });
  }

  /** Threads of every x86-64 core of which the notes are recorded. */
  function expectations(): [file: string, threads: { tid: number; rip: string; rsp: string; rbp: string }[]][] {
    const folder = join(CORPORA, 'expected');
    return listed.flatMap(({ file, arch }): ReturnType<typeof expectations> => {
      if (!arch.startsWith('x86-64 ELF64')) return [];
      const text = readdirSync(folder).find(
        (name) => name.replace(/^[a-z]+-|\.txt$/g, '') === file.replace(/\.(core|elf)$/, ''),
      );
      if (text === undefined) return [];
      const notes = readFileSync(join(folder, text), 'utf8')
        .split(/^ +CORE +336 +PRSTATUS$/m)
        .slice(1);
      return notes.length === 0 ? [] : [[file, notes.map(threadOf)]];
    });
  }
}

function threadOf(note: string): { tid: number; rip: string; rsp: string; rbp: string } {
  const register = (name: string): string => {
    const value = BigInt(new RegExp(`\\b${name}: +(-?(0x)?[0-9a-f]+)`).exec(note)?.[1] ?? -1);
    return `0x${BigInt.asUintN(64, value).toString(16)}`;
  };
  return {
    tid: Number(/pid: (\d+)/.exec(note)?.[1]),
    rip: register('rip'),
    rsp: register('rsp'),
    rbp: register('rbp'),
  };
}

/** The manifest's words in ours. */
function expectedArch(words: string): string {
  const [machine = '', elf = '', order = ''] = words.split(' ');
  const format = elf === 'ELF32' ? 'elf32-core' : 'elf64-core';
  if (machine === 'x86-64') return `${elf === 'ELF32' ? 'x32' : 'x86_64'} ${format}`;
  const names: Readonly<Record<string, string>> = {
    s390: elf === 'ELF64' ? 's390x' : 's390',
    ppc64: order === 'LE' ? 'ppc64le' : 'ppc64',
    riscv: 'riscv64',
  };
  return `${names[machine] ?? machine} ${format}`;
}
