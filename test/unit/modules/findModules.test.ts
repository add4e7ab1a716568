import { describe, expect, it } from 'vitest';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { readLinkMap } from '../../../src/engine/modules/linkMap.js';
import { VDSO_PATH } from '../../../src/engine/modules/findModules.js';
import type { LoadModule } from '../../../src/engine/modules/loadModule.js';
import { toLink } from '../../../src/engine/modules/moduleMap.js';
import { Bytes, words } from '../../writers/bytes.js';
import { auxv, fileNote, prpsinfo, prstatus } from '../../writers/coreNotes.js';
import { type BinaryShape, TEXT, writeBinary } from '../../writers/elfBinary.js';
import type { CoreShape, HandLoad } from '../../writers/elfCore.js';
import { openProcess, provider } from '../process.js';

const ID = Uint8Array.from({ length: 20 }, (_, i) => 0xa0 + i);
const OTHER_ID = Uint8Array.from({ length: 20 }, () => 0x11);
const HEX_ID = Buffer.from(ID).toString('hex');
const BASE = 0x7f00_0000_0000n;
const PATH = '/opt/a b (ü)/libx.so';

const library = (shape: BinaryShape = {}): Uint8Array =>
  writeBinary({
    buildId: ID,
    text: Uint8Array.of(0x55, 0xc3),
    symbols: [{ name: 'f', value: BigInt(TEXT), size: 2 }],
    ...shape,
  });

/** A library mapped as loaders do: its first page, and its code. */
function mapped(bytes: Uint8Array, base = BASE, dumped: 'all' | 'header' | 'none' = 'header'): HandLoad[] {
  return [
    { vaddr: base, memsz: 4096n, flags: 'r', ...(dumped === 'none' ? {} : { bytes: bytes.subarray(0, 4096) }) },
    {
      vaddr: base + 4096n,
      memsz: 4096n,
      flags: 'rx',
      ...(dumped === 'all' ? { bytes: bytes.subarray(4096, 8192) } : {}),
    },
  ];
}

const fileOf = (base = BASE, path: string | Uint8Array = PATH) => [
  { start: base, end: base + 4096n, page: 0n, path },
  { start: base + 4096n, end: base + 8192n, page: 1n, path },
];

function modulesOf(shape: CoreShape, files: Readonly<Record<string, Uint8Array>> = {}): readonly LoadModule[] {
  return openProcess({ notes: [prstatus(1)], ...shape }, provider(files)).modules.modules;
}

describe('modules by NT_FILE', () => {
  it('are the groups of mappings of one file, with bias and build id from the mapped header', () => {
    const [module, ...rest] = modulesOf({ notes: [prstatus(1), fileNote(fileOf())], loads: mapped(library()) });
    expect(rest).toEqual([]);
    expect(module).toMatchObject({
      path: PATH,
      start: BASE,
      end: BASE + 8192n,
      bias: BASE,
      buildId: HEX_ID,
      status: 'missing',
    });
    expect(module?.ranges.map(({ executable }) => executable)).toEqual([false, true]);
  });

  it('of a binary linked at an address of its own have the difference as bias', () => {
    const bytes = library({ base: 0x400000n, type: 2 });
    const [module] = modulesOf({ notes: [fileNote(fileOf(0x400000n))], loads: mapped(bytes, 0x400000n) });
    expect(module?.bias).toBe(0n);
  });

  it('are told apart when one file is loaded twice', () => {
    const second = BASE + 0x10_0000n;
    const modules = modulesOf({
      notes: [fileNote([...fileOf(), ...fileOf(second)])],
      loads: [...mapped(library()), ...mapped(library(), second)],
    });
    expect(modules.map(({ start }) => start)).toEqual([BASE, second]);
    expect(modules.map(({ bias }) => bias)).toEqual([BASE, second]);
  });

  it('are not data files, whatever they are mapped for', () => {
    const modules = modulesOf({
      notes: [fileNote([{ start: BASE, end: BASE + 4096n, path: '/usr/lib/locale/locale-archive' }])],
      loads: [{ vaddr: BASE, bytes: new Uint8Array(4096), flags: 'r' }],
    });
    expect(modules).toEqual([]);
  });

  it('are also those whose pages are not in the core', () => {
    const [module] = modulesOf({ notes: [fileNote(fileOf())], loads: mapped(library(), BASE, 'none') });
    expect(module).toMatchObject({ path: PATH, bias: undefined, buildId: undefined, status: 'missing' });
  });

  it('come fast when there are very many mappings of one file', () => {
    const count = 60_000;
    const mappings = Array.from({ length: count }, (_, i) => ({
      start: BigInt(i + 1) * 8192n,
      end: BigInt(i + 1) * 8192n + 4096n,
      page: 0n,
      path: '/dev/shm/x',
    }));
    const start = performance.now();
    expect(modulesOf({ notes: [fileNote(mappings)] })).toEqual([]);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('the file that answers for a module', () => {
  const notes = [prstatus(1), fileNote(fileOf())];
  const loads = mapped(library());

  it('has the same build id', () => {
    const [module] = modulesOf({ notes, loads }, { [PATH]: library() });
    expect(module).toMatchObject({ status: 'matched', refused: [] });
    expect(module?.image?.symbols.find(BigInt(TEXT))?.name).toBe('f');
  });

  it('is refused when it has another, and both are named', () => {
    const [module] = modulesOf({ notes, loads }, { [PATH]: library({ buildId: OTHER_ID }) });
    expect(module).toMatchObject({ status: 'mismatch', image: undefined });
    expect(module?.refused[0]).toContain(HEX_ID);
    expect(module?.refused[0]).toContain('11'.repeat(20));
  });

  it('is refused when it has none and the core’s has one', () => {
    const [module] = modulesOf({ notes, loads }, { [PATH]: writeBinary({ text: Uint8Array.of(0xc3) }) });
    expect(module?.status).toBe('mismatch');
  });

  it('is taken unverified where the core cannot tell, and then gives the bias', () => {
    const [module] = modulesOf({ notes, loads: mapped(library(), BASE, 'none') }, { [PATH]: library() });
    expect(module).toMatchObject({ status: 'unverified', bias: BASE });
    expect(module === undefined ? undefined : toLink(module, BASE + 4097n)).toBe(4097n);
  });

  it('of a deleted binary is looked for under its old name', () => {
    const [module] = modulesOf({ notes: [fileNote(fileOf(BASE, `${PATH} (deleted)`))], loads }, { [PATH]: library() });
    expect(module).toMatchObject({ path: `${PATH} (deleted)`, status: 'matched' });
  });
});

describe('memory that the core left out', () => {
  const notes = [prstatus(1), fileNote(fileOf())];

  it('comes from a file that matches, marked as such', () => {
    const bytes = library();
    const { context } = openProcess({ notes, loads: mapped(bytes) }, provider({ [PATH]: bytes }));
    const read = context.memory.read(runtimeAddress(BASE + 4096n), 2);
    expect(read).toEqual({ bytes: Uint8Array.of(0x55, 0xc3), provenance: 'file-verified' });
    // From the dumped header on into the code.
    const across = context.memory.read(runtimeAddress(BASE + 4094n), 4);
    expect([...across.bytes]).toEqual([0, 0, 0x55, 0xc3]);
    expect(across.provenance).toBe('core');
  });

  it('comes unverified from a file without anything to compare', () => {
    const bytes = library();
    const { context } = openProcess({ notes, loads: mapped(bytes, BASE, 'none') }, provider({ [PATH]: bytes }));
    expect(context.memory.read(runtimeAddress(BASE + 4096n), 2).provenance).toBe('file-unverified');
  });

  it('does not come from a file of another build, nor for pages that could be written', () => {
    const other = library({ buildId: OTHER_ID });
    const { context } = openProcess({ notes, loads: mapped(library()) }, provider({ [PATH]: other }));
    expect(context.memory.read(runtimeAddress(BASE + 4096n), 2)).toMatchObject({ rest: 'notDumped' });
    const writable = mapped(library()).map((load, i) => (i === 1 ? { ...load, flags: 'rwx' } : load));
    const changed = openProcess({ notes, loads: writable }, provider({ [PATH]: library() }));
    expect(changed.context.memory.read(runtimeAddress(BASE + 4096n), 2)).toMatchObject({ rest: 'notDumped' });
  });

  it('ends where the file does: behind it is not zero', () => {
    const bytes = library();
    const { context } = openProcess({ notes, loads: mapped(bytes) }, provider({ [PATH]: bytes }));
    const read = context.memory.read(runtimeAddress(BASE + 4096n), 4096);
    expect(read.bytes).toHaveLength(bytes.length - 4096);
    expect(read.rest).toBe('notDumped');
    expect(context.memory.word(runtimeAddress(BASE + 8000n))).toBeUndefined();
  });

  it('is the core’s where the core has it, whatever the file says', () => {
    const bytes = library();
    const patched = bytes.slice();
    patched[4096] = 0xcc;
    const { context } = openProcess({ notes, loads: mapped(patched, BASE, 'all') }, provider({ [PATH]: bytes }));
    expect(context.memory.read(runtimeAddress(BASE + 4096n), 1)).toEqual({
      bytes: Uint8Array.of(0xcc),
      provenance: 'core',
    });
  });
});

describe('without NT_FILE', () => {
  it('modules are the ELF headers at the start of mappings, the executable by the name of the process', () => {
    const [module] = modulesOf({
      notes: [prstatus(1), prpsinfo({ comm: 'server' }), auxv({ 3: BASE + 64n, 5: 2n })],
      loads: mapped(library()),
    });
    expect(module).toMatchObject({ path: 'server', start: BASE, bias: BASE, buildId: HEX_ID });
  });

  it('a module that nothing names has its address for a name', () => {
    expect(modulesOf({ loads: mapped(library()) })[0]?.path).toBe(`[ELF at 0x${BASE.toString(16)}]`);
  });
});

describe('the vdso', () => {
  it('is read from the core itself', () => {
    const bytes = library().slice();
    const padded = new Uint8Array(8192);
    padded.set(bytes.subarray(0, 8192));
    const [module] = modulesOf({
      notes: [prstatus(1), auxv({ 33: BASE }), fileNote(fileOf(0x1000n, '/none'))],
      loads: [{ vaddr: BASE, bytes: padded, flags: 'rx' }],
    });
    expect(module).toMatchObject({ path: VDSO_PATH, bias: BASE, status: 'matched', buildId: HEX_ID });
  });
});

describe('the link map', () => {
  const HEADERS = 0x1_0000n;
  const DYNAMIC = 0x1_0800n;
  const DEBUG = 0x1_1000n;
  const NODES = 0x2_0000n;
  const NAMES = 0x3_0000n;

  function loadsOf(
    nodes: readonly (readonly [bias: bigint, name: bigint, dynamic: bigint, next: bigint])[],
  ): HandLoad[] {
    const headers = new Bytes();
    headers.u32(6, 4).u64(64n, 0x40n, 0x40n, 0n, 0n, 8n);
    headers.u32(2, 6).u64(0n, DYNAMIC - HEADERS + 0x40n, 0n, 0n, 0n, 8n);
    headers.upTo(0x800).u64(1n, 7n, 21n, DEBUG, 0n, 0n).upTo(0x1000).u64(1n, NODES);
    return [
      { vaddr: HEADERS, bytes: headers.bytes() },
      { vaddr: NODES, bytes: words(...nodes.flatMap(([bias, name, dynamic, next]) => [bias, name, dynamic, next])) },
      { vaddr: NAMES, bytes: new Bytes().text('').text('/lib/libc.so.6').bytes() },
    ];
  }
  const walked = (loads: readonly HandLoad[]) => readLinkMap(openProcess({ loads }).core.memory, HEADERS, 2n);

  it('is walked from the program headers', () => {
    const entries = walked(
      loadsOf([
        [0n, NAMES, 0x5000n, NODES + 32n],
        [BASE, NAMES + 1n, 0x6000n, 0n],
      ]),
    );
    expect(entries).toEqual([
      { bias: 0n, path: '', dynamic: 0x5000n },
      { bias: BASE, path: '/lib/libc.so.6', dynamic: 0x6000n },
    ]);
  });

  it('that runs in a circle ends', () => {
    expect(
      walked(
        loadsOf([
          [0n, NAMES, 0n, NODES + 32n],
          [0n, NAMES, 0n, NODES],
        ]),
      ),
    ).toHaveLength(2);
    expect(walked(loadsOf([[0n, NAMES, 0n, NODES]]))).toHaveLength(1);
  });

  it('that leads out of the core gives what came before', () => {
    expect(walked(loadsOf([[0n, NAMES, 0n, 0xdead_0000n]]))).toHaveLength(1);
    expect(walked([])).toEqual([]);
  });
});
