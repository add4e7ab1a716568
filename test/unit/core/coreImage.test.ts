import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { type CoreImage, readCore } from '../../../src/engine/core/coreImage.js';
import { identifyFile } from '../../../src/engine/core/identifyFile.js';
import { auxv, fileNote, fpregs, prpsinfo, prstatus, siginfo, xsaveLayout, xstate } from '../../writers/coreNotes.js';
import { writeBinary } from '../../writers/elfBinary.js';
import { type CoreShape, writeCore } from '../../writers/elfCore.js';

function opened(shape: CoreShape): CoreImage {
  return openedBytes(writeCore(shape).bytes);
}

function openedBytes(bytes: Uint8Array): CoreImage {
  const core = readCore(bytesSource(bytes));
  if (core === undefined) throw new Error('no core');
  return core;
}

const NOTES = [
  prstatus(100, { rip: 0x1000n, rsp: 0x2000n }),
  prpsinfo({ pid: 100, comm: 'server' }),
  siginfo(11, 1, [0xdeadn]),
  auxv({ 3: 0x40n }),
  fileNote([{ start: 0x1000n, end: 0x2000n, path: '/opt/server' }]),
  fpregs(),
  xstate({ parts: [[160, Uint8Array.of(0xaa)]] }),
  prstatus(101, { rip: 0x1111n }),
  fpregs([[160, Uint8Array.of(0xbb)]]),
  prstatus(102, { rip: 0x1222n }),
  xsaveLayout([[2, 256, 576]]),
];

describe('a core', () => {
  it('gives process, signal, threads, mapped files', () => {
    const core = opened({ notes: NOTES });
    expect(core.format).toBe('elf64-core');
    expect(core.process).toMatchObject({ pid: 100, comm: 'server' });
    expect(core.signal).toMatchObject({ number: 11, faultAddress: 0xdeadn });
    expect(core.auxv.get(3)).toBe(0x40n);
    expect(core.files.map(({ path }) => path)).toEqual(['/opt/server']);
    expect(core.threads.map(({ tid }) => tid)).toEqual([100, 101, 102]);
    expect(core.threads[1]?.registers.get('rip')).toBe(0x1111n);
    expect(core.diagnostics.list()).toEqual([]);
  });

  it('gives each thread its own vectors, and none to a thread without', () => {
    const [first, second, third] = opened({ notes: NOTES }).threads.map((thread) => thread.extended());
    expect(first?.vectors[0]?.name).toBe('ymm0');
    expect(first?.vectors[0]?.bytes[0]).toBe(0xaa);
    expect(second?.vectors[0]?.name).toBe('xmm0');
    expect(second?.vectors[0]?.bytes[0]).toBe(0xbb);
    expect(third).toBeUndefined();
  });

  it('of an old kernel, without siginfo, gives the signal that PRSTATUS names', () => {
    expect(opened({ notes: [prstatus(1, {}, 6)] }).signal).toEqual({ number: 6, name: 'SIGABRT', errno: 0 });
    expect(opened({ notes: [prstatus(1, {}, 0)] }).signal).toBeUndefined();
  });

  it('takes only the kernel’s notes for what they are', () => {
    const foreign = NOTES.map((note) => ({ ...note, name: 'FreeBSD' }));
    const core = opened({ notes: foreign });
    expect(core.threads).toEqual([]);
    expect(core.process).toBeUndefined();
  });

  it('with a damaged note keeps the others and says where it is', () => {
    const damaged = { name: 'CORE', type: 3, desc: new Uint8Array(5) };
    const core = opened({ notes: [prstatus(1), damaged, siginfo(11, 1)] });
    expect(core.threads).toHaveLength(1);
    expect(core.process).toBeUndefined();
    expect(core.signal?.number).toBe(11);
    expect(core.diagnostics.list()).toEqual([expect.objectContaining({ code: 'bad-note' })]);
  });

  it('cut within its notes keeps what came before', () => {
    const written = writeCore({ notes: NOTES });
    for (let cut = written.notes; cut < written.notesEnd; cut += 3) {
      const core = openedBytes(written.bytes.subarray(0, cut));
      expect(core.diagnostics.has('truncated')).toBe(true);
      if (cut >= written.notes + 20 + 336) expect(core.threads[0]?.registers.get('rsp')).toBe(0x2000n);
    }
  });

  it('cut within its contents says at how many of how many bytes', () => {
    const written = writeCore({ notes: NOTES, loads: [{ vaddr: 0x10000n, bytes: new Uint8Array(8192) }] });
    const core = openedBytes(written.bytes.subarray(0, written.bytes.length - 100));
    expect(core.expectedSize).toBe(BigInt(written.bytes.length));
    expect(core.diagnostics.list()[0]?.message).toContain(
      `truncated at ${written.bytes.length - 100} of ${written.bytes.length} bytes`,
    );
  });

  it('without notes says so', () => {
    expect(opened({}).diagnostics.has('no-notes')).toBe(true);
  });

  it('with notes of petabytes reads what the file holds', () => {
    const core = opened({ notes: NOTES, noteSize: 1n << 60n });
    expect(core.threads).toHaveLength(3);
    expect(core.diagnostics.has('truncated')).toBe(true);
  });

  it('of another machine opens, without registers', () => {
    for (const [machine, is64] of [
      [20, false],
      [22, true],
      [8, false],
    ] as const) {
      const core = opened({ machine, is64, notes: [prstatus(5)] });
      expect(core.architecture).toBeUndefined();
      expect(core.format).toBe(is64 ? 'elf64-core' : 'elf32-core');
    }
  });
});

describe('what is no core', () => {
  it.each([
    ['empty', new Uint8Array(0), 'empty'],
    ['text', new TextEncoder().encode('int main() {}\n'), 'text'],
    ['zeros', new Uint8Array(4096), 'zeros'],
    ['noise', Uint8Array.from({ length: 64 }, (_, i) => (i * 97 + 131) & 0xff), 'unknown'],
    ['a shared library', writeBinary(), 'elf-executable'],
    ['an executable', writeBinary({ type: 2 }), 'elf-executable'],
    ['an object file', writeBinary({ type: 1 }), 'elf-object'],
    ['a header of nothing', writeBinary().subarray(0, 18), 'elf-cut'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), 'zstd'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8), 'gzip'],
    ['a zip archive', Uint8Array.of(0x50, 0x4b, 3, 4), 'zip'],
    ['a minidump', new TextEncoder().encode('MDMP\u0093\u00a7'), 'minidump'],
  ])('%s', (_, bytes, format) => {
    const source = bytesSource(bytes);
    expect(readCore(source)).toBeUndefined();
    expect(identifyFile(source).format).toBe(format);
  });

  it('what cannot be read', () => {
    expect(identifyFile({ size: 100n, read: () => ({ bytes: new Uint8Array(0), rest: 'unreadable' }) }).format).toBe(
      'unreadable',
    );
  });
});
