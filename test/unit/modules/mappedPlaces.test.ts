import { describe, expect, it } from 'vitest';
import type { LoadModule } from '../../../src/engine/modules/loadModule.js';
import { Bytes } from '../../writers/bytes.js';
import { auxv, fileNote, prpsinfo, prstatus } from '../../writers/coreNotes.js';
import { TEXT, writeBinary } from '../../writers/elfBinary.js';
import type { CoreShape } from '../../writers/elfCore.js';
import { openProcess, provider } from '../process.js';

const BASE = 0x7f00_0000_0000n;
const LOW = 0x1000_0000n;
const PATH = '/opt/shop/server';
const BINARY = writeBinary({ buildId: new Uint8Array(20).fill(7), text: Uint8Array.of(0x55, 0xc3) });
const CODE = BINARY.subarray(TEXT, TEXT + 4096);

const page = (start: bigint, index = 0n, length = 4096n) => ({ start, end: start + length, page: index, path: PATH });

function modulesOf(shape: CoreShape, files: Readonly<Record<string, Uint8Array>> = {}): readonly LoadModule[] {
  return openProcess({ notes: [prstatus(1)], ...shape }, provider(files)).modules.modules;
}

describe('a binary that is read as data too', () => {
  const asLoaded = [
    { vaddr: BASE, bytes: BINARY.subarray(0, 4096), flags: 'r' },
    { vaddr: BASE + 4096n, memsz: 4096n, flags: 'rx' },
  ];

  it.each([LOW, BASE + 0x100_0000n])('is one module, where it is loaded (the data at %s)', (data) => {
    const files = [page(data, 0n, 8192n), page(BASE), page(BASE + 4096n, 1n)];
    files.sort((a, b) => (a.start < b.start ? -1 : 1));
    const modules = modulesOf({
      notes: [fileNote(files)],
      loads: [{ vaddr: data, bytes: BINARY.subarray(0, 8192), flags: 'r' }, ...asLoaded],
    });
    expect(modules.map(({ start, bias }) => [start, bias])).toEqual([[BASE, BASE]]);
  });

  it('is one module when only a part of it is read', () => {
    const modules = modulesOf({
      notes: [fileNote([page(LOW, 1n), page(BASE), page(BASE + 4096n, 1n)])],
      loads: [{ vaddr: LOW, bytes: CODE, flags: 'r' }, ...asLoaded],
    });
    expect(modules.map(({ start, bias }) => [start, bias])).toEqual([[BASE, BASE]]);
  });
});

describe('a binary whose code was copied to anonymous memory', () => {
  it('has it all the same', () => {
    const [module] = modulesOf({
      notes: [fileNote([page(BASE)])],
      loads: [
        { vaddr: BASE, bytes: BINARY.subarray(0, 4096), flags: 'r' },
        { vaddr: BASE + 4096n, bytes: CODE, memsz: 4096n, flags: 'rx' },
      ],
    });
    expect(module?.ranges[1]).toEqual({
      start: BASE + 4096n,
      end: BASE + 8192n,
      fileOffset: 4096n,
      executable: true,
      writable: false,
    });
  });
});

describe('the program itself, where NT_FILE lacks it', () => {
  const STACK = 0x7ffd_0000_0000n;
  const stack = { vaddr: STACK, bytes: new Bytes().text(PATH).upTo(64).bytes() };
  const other = fileNote([{ start: 0x1000n, end: 0x2000n, path: '/dev/shm/x' }]);

  it('is found by AT_PHDR, with its name from AT_EXECFN', () => {
    const modules = modulesOf(
      {
        notes: [other, auxv({ 3: BASE + 64n, 5: 2n, 31: STACK })],
        loads: [{ vaddr: BASE, bytes: BINARY.subarray(0, 8192), flags: 'rx' }, stack],
      },
      { [PATH]: BINARY },
    );
    expect(modules[0]).toMatchObject({ path: PATH, start: BASE, bias: BASE, status: 'matched' });
  });

  it('goes by its short name when that is all there is', () => {
    const modules = modulesOf({
      notes: [other, prpsinfo({ comm: 'server' }), auxv({ 3: BASE + 64n, 5: 2n })],
      loads: [{ vaddr: BASE, bytes: BINARY.subarray(0, 8192), flags: 'rx' }],
    });
    expect(modules[0]).toMatchObject({ path: 'server', bias: BASE, status: 'missing' });
  });

  it('has its bias from AT_ENTRY when its pages are not in the core', () => {
    const binary = BINARY.slice();
    new DataView(binary.buffer).setBigUint64(24, BigInt(TEXT), true);
    const modules = modulesOf(
      {
        notes: [other, auxv({ 3: BASE + 64n, 5: 2n, 9: BASE + BigInt(TEXT), 31: STACK })],
        loads: [{ vaddr: BASE, memsz: 4096n, flags: 'r' }, stack],
      },
      { [PATH]: binary },
    );
    expect(modules[0]).toMatchObject({ path: PATH, bias: BASE, status: 'unverified' });
  });
});
