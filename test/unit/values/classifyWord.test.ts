import { describe, expect, it } from 'vitest';
import { Symbolizer } from '../../../src/engine/symbolize/symbolizer.js';
import { AddressSpace } from '../../../src/engine/values/addressSpace.js';
import { WordClassifier } from '../../../src/engine/values/classifyWord.js';
import { fileNote, prstatus } from '../../writers/coreNotes.js';
import { TEXT, writeBinary } from '../../writers/elfBinary.js';
import { openProcess, provider } from '../process.js';

const BASE = 0x5555_0000_0000n;
const STACK = 0x7ffd_0000_0000n;
const HEAP = BASE + 0x10_0000n;
const ARENA = 0x7f00_0400_0000n;
const OTHER = 0x7e00_0000_1000n;
const PATH = '/opt/server';

function code(): Uint8Array {
  const bytes = new Uint8Array(4096).fill(0x90);
  bytes.set([0xff, 0xd0], 0x20);
  return bytes;
}

function text(value: string, size = 4096): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(value), 0x10);
  return bytes;
}

const binary = writeBinary({
  text: code(),
  symbols: [
    { name: 'serve', value: BigInt(TEXT), size: 0x100 },
    { name: 'table', value: 0x800n, size: 0x40, type: 1 },
  ],
});
const { core, context, modules } = openProcess(
  {
    notes: [
      prstatus(1, { rsp: STACK + 0x100n }),
      prstatus(2, { rsp: STACK + 0x200n }),
      fileNote([
        { start: BASE, end: BASE + 4096n, path: PATH },
        { start: BASE + 4096n, end: BASE + 8192n, page: 1n, path: PATH },
        { start: BASE + 0x3000n, end: BASE + 0x4000n, page: 3n, path: PATH },
        { start: OTHER, end: OTHER + 4096n, path: '/usr/share/data file' },
      ]),
    ],
    loads: [
      { vaddr: BASE, bytes: binary.subarray(0, 4096), flags: 'r' },
      { vaddr: BASE + 4096n, bytes: code(), flags: 'rx' },
      { vaddr: BASE + 0x3000n, bytes: text(''), flags: 'rw' },
      { vaddr: HEAP, bytes: text('hello, heap') },
      { vaddr: ARENA, bytes: text('') },
      { vaddr: OTHER, bytes: text('caf\u00e9', 64), memsz: 4096n, flags: 'r' },
      { vaddr: STACK, bytes: new Uint8Array(4096) },
    ],
  },
  provider({ [PATH]: binary }),
);
const symbolizer = new Symbolizer(modules, () => undefined);
const space = new AddressSpace(core, modules);
const classifier = new WordClassifier(context, symbolizer, space);

describe('a word', () => {
  it.each<[string, bigint, string, string]>([
    ['zero', 0n, 'zero', '0'],
    ['a return address', BASE + 4096n + 0x22n, 'returnAddress', 'return to serve+0x22'],
    ['code behind no call', BASE + 4096n + 0x30n, 'code', 'serve+0x30'],
    ['a variable', BASE + 0x808n, 'data', '→ table+0x8'],
    ['the heap, with what lies there', HEAP + 0x10n, 'heap', '→ heap "hello, heap"'],
    ['an arena of a thread', ARENA + 8n, 'heap', '→ heap'],
    ['the stack', STACK + 8n, 'stack', '→ stack'],
    ['a mapped file', OTHER, 'mapped', '→ data file'],
    ['a small number', 42n, 'number', '42'],
    ['a negative one', (1n << 64n) - 7n, 'number', '-7'],
    ['two small numbers', (3n << 32n) | 5n, 'number', '(5, 3)'],
    ['eight characters', 0x6867666564636261n, 'string', '"abcdefgh"'],
    ['four characters', 0x64636261n, 'string', '"abcd"'],
    ['anything else', 0xdead_beef_1234_5678n, 'unknown', ''],
  ])('%s', (_, word, kind, expected) => {
    expect(classifier.classify(word)).toEqual({ kind, text: expected });
  });
});

describe('places', () => {
  it('know the threads whose stacks they are, in the order of the threads', () => {
    expect(space.find(STACK)).toMatchObject({ role: 'stack', threads: [1, 2] });
    expect(space.find(HEAP)).toMatchObject({ role: 'heap', threads: [], dumped: 4096n });
    expect(space.find(OTHER)).toMatchObject({ path: '/usr/share/data file', dumped: 64n });
    expect(space.find(BASE)).toMatchObject({ role: 'module', path: PATH });
  });

  it('tell what lies on both sides of an address that nothing maps', () => {
    const { below, above } = space.neighbours(STACK - 1n);
    expect([below?.start, above?.start]).toEqual([ARENA, STACK]);
    expect(space.neighbours(0n)).toMatchObject({ below: undefined });
  });

  it('are also where the note has a file and no program header has memory: gcore writes none for unchanged pages', () => {
    const at = (page: bigint): bigint => OTHER + page * 4096n;
    const load = (page: bigint) => ({ vaddr: at(page), memsz: 4096n, flags: 'r' as const });
    const gcore = openProcess({
      notes: [
        prstatus(1, { rsp: STACK }),
        fileNote([
          { start: at(0n), end: at(2n), path: '/whole' },
          { start: at(4n), end: at(9n), page: 7n, path: '/in parts' },
        ]),
      ],
      loads: [load(5n), load(7n), load(8n), load(9n)],
    });
    const found = new AddressSpace(gcore.core, gcore.modules).places();
    expect(found.map(({ start, end, path, fileOffset }) => [start - OTHER, end - OTHER, path, fileOffset])).toEqual([
      [0n, 0x2000n, '/whole', 0n],
      [0x4000n, 0x5000n, '/in parts', 0x7000n],
      [0x5000n, 0x6000n, '/in parts', 0x8000n],
      [0x6000n, 0x7000n, '/in parts', 0x9000n],
      [0x7000n, 0x8000n, '/in parts', 0xa000n],
      [0x8000n, 0x9000n, '/in parts', 0xb000n],
      [0x9000n, 0xa000n, undefined, undefined],
    ]);
  });

  it('come fast when there are very many of everything', () => {
    const count = 30_000;
    const files = Array.from({ length: count }, (_, i) => ({
      start: BigInt(i + 1) << 16n,
      end: (BigInt(i + 1) << 16n) + 4096n,
      path: `/f${i}`,
    }));
    const many = openProcess({
      notes: [...Array.from({ length: 5000 }, (_, i) => prstatus(i + 1, { rsp: STACK })), fileNote(files)],
      loads: files.map(({ start }) => ({ vaddr: start, memsz: 4096n, flags: 'r' })),
    });
    const start = performance.now();
    expect(new AddressSpace(many.core, many.modules).places()).toHaveLength(count);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
