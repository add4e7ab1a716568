import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesSource } from '../../src/engine/base/byteSource.js';
import type { CoreRow } from '../../src/shared/report.js';
import { schemaErrors } from '../golden/reportSchema.js';
import { Bytes } from '../writers/bytes.js';
import { auxv, fileNote, type HandMapping, prpsinfo, prstatus, siginfo } from '../writers/coreNotes.js';
import { writeBinary } from '../writers/elfBinary.js';
import { type CoreShape, type HandLoad, type HandNote, writeCore } from '../writers/elfCore.js';
import { writeSignalFrame } from '../writers/signalFrame.js';
import { examine } from './examine.js';
import { withBinaries } from './sampleCores.js';

const STACK = 0x7ffd_0000_0000n;
const CODE = 0x40_0000n;
const LIMIT = 2000;
const CRASH = [
  prstatus(1, { rip: CODE + 16n, rsp: STACK + 0x800n, rbp: STACK + 0x900n }),
  prpsinfo(),
  siginfo(11, 1, [0n]),
];

const code: HandLoad = { vaddr: CODE, bytes: new Uint8Array(4096).fill(0x90), flags: 'rx' };

/** A stack of words, the same function for each. */
function stack(word: (address: bigint) => bigint, size = 8192): HandLoad {
  return {
    vaddr: STACK,
    bytes: new Uint8Array(BigUint64Array.from({ length: size / 8 }, (_, i) => word(STACK + BigInt(8 * i))).buffer),
  };
}

/** Code that is nothing but calls, so that every address behind one is a return address. */
const calls: HandLoad = {
  vaddr: CODE,
  bytes: Uint8Array.from({ length: 4096 }, (_, i) => [0xff, 0xd0][i % 2] ?? 0),
  flags: 'rx',
};

const plain = (loads: readonly HandLoad[], notes: readonly HandNote[] = []): CoreShape => ({
  notes: [...CRASH, ...notes],
  loads,
});

/** Cores that no kernel writes: each should cost no more than another. */
const HOSTILE: readonly (readonly [string, () => Uint8Array])[] = [
  [
    'frame pointers that run in a circle',
    () => writeCore(plain([code, stack((at) => (at % 16n === 0n ? STACK + 0x900n : CODE + 32n))])).bytes,
  ],
  [
    'a frame pointer that points at itself',
    () => writeCore(plain([calls, stack((at) => (at === STACK + 0x900n ? at : CODE + 32n))])).bytes,
  ],
  ['a stack of return addresses', () => writeCore(plain([calls, stack(() => CODE + 32n, 1 << 19)])).bytes],
  [
    'frames by the hundred thousand',
    () => writeCore(plain([calls, stack((at) => (at % 16n === 0n ? at + 16n : CODE + 32n), 2 << 20)])).bytes,
  ],
  [
    'nothing but signal frames',
    () => {
      const bytes = new Uint8Array(64 * 1024);
      for (let top = STACK + 60_000n; top > STACK + 4096n;) {
        const frame = writeSignalFrame(top, {
          registers: { rip: CODE + 16n, rsp: top },
          trampoline: CODE + 32n,
          stateSize: 576,
          alternateStack: { base: STACK, size: 0x100000n, flags: 1 },
        });
        bytes.set(frame.bytes, Number(frame.address - STACK));
        top = frame.address;
      }
      return writeCore(plain([calls, { vaddr: STACK, bytes }])).bytes;
    },
  ],
  [
    'a signal frame that interrupted itself',
    () => {
      const bytes = new Uint8Array(8192);
      const probe = writeSignalFrame(STACK + 6000n, { registers: {}, trampoline: CODE + 32n });
      const frame = writeSignalFrame(STACK + 6000n, {
        registers: { rip: CODE + 32n, rsp: probe.address + 8n, rbp: probe.address },
        trampoline: CODE + 32n,
      });
      bytes.set(frame.bytes, Number(frame.address - STACK));
      return writeCore({
        notes: [prstatus(1, { rip: CODE + 32n, rsp: frame.address + 8n }), siginfo(11, -6)],
        loads: [calls, { vaddr: STACK, bytes }],
      }).bytes;
    },
  ],
  ['65,535 segments over each other', () => overlapping(65_000)],
  ['200,000 segments', () => overlapping(200_000, true)],
  [
    'segments that wrap around the address space',
    () =>
      writeCore(
        plain([
          code,
          { vaddr: (1n << 64n) - 4096n, memsz: 1n << 63n, filesz: 1n << 63n, offset: 1n << 63n },
          { vaddr: 0n, memsz: (1n << 64n) - 1n },
        ]),
      ).bytes,
  ],
  [
    'thousands of note segments that are the same',
    () => {
      const core = writeCore({ notes: CRASH, loads: Array.from({ length: 60_000 }, () => ({ vaddr: 0n })) });
      const view = new DataView(core.bytes.buffer);
      for (let i = 1; i <= 60_000; i++) {
        view.setUint32(64 + 56 * i, 4, true);
        view.setBigUint64(64 + 56 * i + 8, BigInt(core.notes), true);
        view.setBigUint64(64 + 56 * i + 32, BigInt(core.notesEnd - core.notes), true);
      }
      return core.bytes;
    },
  ],
  [
    'a million empty notes',
    () => writeCore({ noteBytes: filled(12 << 20, [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]) }).bytes,
  ],
  [
    '20,000 threads',
    () =>
      writeCore({
        notes: Array.from({ length: 20_000 }, (_, i) => prstatus(i + 1, { rsp: STACK })),
        loads: [stack(() => 0n)],
      }).bytes,
  ],
  ['300,000 mapped files', () => writeCore(plain([code], [fileNote(mappings(300_000, (i) => `f${i}`))])).bytes],
  [
    'a file that is mapped 200,000 times',
    () => writeCore(plain([code], [fileNote(mappings(200_000, () => '/x'))])).bytes,
  ],
  [
    'ten thousand modules with a header that promises much',
    () => {
      const header = writeBinary({ buildId: new Uint8Array(20) }).slice(0, 4096);
      new DataView(header.buffer).setUint16(56, 0xfffe, true);
      const loads: HandLoad[] = Array.from({ length: 10_000 }, (_, i) => ({
        vaddr: BigInt(i + 1) << 20n,
        flags: 'rx',
        ...(i === 0 ? { bytes: header } : {}),
      }));
      const core = writeCore(plain(loads));
      const view = new DataView(core.bytes.buffer);
      for (let i = 1; i <= loads.length; i++) {
        const entry = 64 + 56 * i;
        view.setBigUint64(entry + 8, BigInt(core.loads[0] ?? 0), true);
        view.setBigUint64(entry + 32, 4096n, true);
        view.setBigUint64(entry + 40, 4096n, true);
      }
      return core.bytes;
    },
  ],
  [
    'a link map in a circle, with names without end',
    () => {
      const at = 0x10_0000n;
      const body = new Bytes().u32(2, 6).u64(0n, 0x100n, 0n, 0n, 0n, 8n).upTo(0x100);
      body
        .u64(21n, at + 0x200n)
        .upTo(0x200)
        .u64(1n, at + 0x300n)
        .upTo(0x300)
        .u64(0n, at + 0x400n, 0n, at + 0x300n);
      const bytes = new Uint8Array(1 << 19).fill(0x41);
      bytes.set(body.bytes());
      return writeCore(plain([code, { vaddr: at, bytes }], [auxv({ 3: at, 5: 1000n })])).bytes;
    },
  ],
  [
    'an auxiliary vector of nothing but addresses of nothing',
    () =>
      writeCore(plain([code], [auxv({ 3: (1n << 64n) - 8n, 5: (1n << 64n) - 1n, 7: 1n, 33: (1n << 64n) - 1n })])).bytes,
  ],
  [
    'a stack pointer at the very top',
    () =>
      writeCore({
        notes: [prstatus(1, { rsp: (1n << 64n) - 8n, rip: (1n << 64n) - 1n, rbp: (1n << 64n) - 8n }), siginfo(11, 128)],
        loads: [code],
      }).bytes,
  ],
  [
    'a vdso that is the whole address space',
    () =>
      writeCore(plain([{ vaddr: 0n, memsz: (1n << 64n) - 1n, bytes: writeBinary(), flags: 'rx' }], [auxv({ 33: 0n })]))
        .bytes,
  ],
];

function overlapping(count: number, extendedNumbering = false): Uint8Array {
  const loads: HandLoad[] = [code, stack(() => STACK + 64n)];
  for (let i = 0; loads.length < count; i++) loads.push({ vaddr: BigInt(i) * 64n, memsz: 1n << 62n });
  return writeCore({ notes: CRASH, loads, extendedNumbering }).bytes;
}

function mappings(count: number, path: (i: number) => string): HandMapping[] {
  return Array.from({ length: count }, (_, i) => ({
    start: BigInt(i + 1) * 8192n,
    end: BigInt(i + 1) * 8192n + 4096n,
    path: path(i),
  }));
}

function filled(size: number, pattern: readonly number[]): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => pattern[i % pattern.length] ?? 0);
}

const folder = mkdtempSync(join(tmpdir(), 'redzone-hostile-'));
const cli = join(import.meta.dirname, '../../dist/cli.js');
/** KiB. */
const MEMORY = 512 * 1024;

beforeAll(() => {
  if (!existsSync(cli)) throw new Error('dist/cli.js is missing: npm run build');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** In a process of its own, whose memory can be measured. */
function triage(file: string): { row: CoreRow; kilobytes: number } {
  const run = `process.on('exit', () => require('fs').writeSync(2, '\\nRSS ' + process.resourceUsage().maxRSS)); process.argv.splice(1, 0, 'redzone'); require(${JSON.stringify(cli)});`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', run, 'triage', '--json', file], {
    encoding: 'utf8',
    timeout: 60_000,
    maxBuffer: 64 << 20,
  });
  const [row] = JSON.parse(stdout) as CoreRow[];
  if (row === undefined) throw new Error(`no row: ${stderr}`);
  return { row, kilobytes: Number(/RSS (\d+)/.exec(stderr)?.[1]) };
}

describe('a core made to do harm', () => {
  const surroundings = withBinaries();

  it.each(HOSTILE)('%s', (name, make) => {
    const bytes = make();
    const { row, report, slowest, slowestQuestion } = examine(bytesSource(bytes), surroundings, true);
    expect(schemaErrors('CoreRow', JSON.parse(JSON.stringify(row)))).toEqual([]);
    expect(schemaErrors('CoreReport', JSON.parse(JSON.stringify(report)))).toEqual([]);
    expect(['ok', 'partial']).toContain(row.status);
    if (slowest > LIMIT) throw new Error(`${name}: "${slowestQuestion}" took ${Math.round(slowest)} ms`);

    const file = join(folder, 'core');
    writeFileSync(file, bytes);
    const asCommand = triage(file);
    expect(['ok', 'partial']).toContain(asCommand.row.status);
    expect(asCommand.kilobytes).toBeLessThan(MEMORY);
  });

  it('notes and tables of a sparse terabyte', () => {
    const file = join(folder, 'sparse');
    const core = writeCore({
      ...plain([code, { vaddr: STACK, memsz: 1n << 40n, filesz: 1n << 40n }]),
      noteSize: 1n << 39n,
      programHeaderCount: 0xfff0,
    });
    const descriptor = openSync(file, 'w');
    writeSync(descriptor, core.bytes);
    ftruncateSync(descriptor, 2 ** 40);
    closeSync(descriptor);
    const { row, kilobytes } = triage(file);
    expect(row.status).toBe('partial');
    expect(row.problems.map(({ code }) => code)).not.toContain('internal-error');
    expect(kilobytes).toBeLessThan(MEMORY);
  });
});
