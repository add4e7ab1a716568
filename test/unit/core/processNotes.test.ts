import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENERAL_REGISTERS } from '../../../src/engine/arch/x86_64/registers.js';
import { FormatError } from '../../../src/engine/base/byteCursor.js';
import {
  decodeAuxv,
  decodeFileMappings,
  decodePrpsinfo,
  decodePrstatus,
} from '../../../src/engine/core/processNotes.js';
import { Bytes } from '../../writers/bytes.js';
import { auxv, fileNote, prpsinfo, prstatus } from '../../writers/coreNotes.js';

describe('NT_PRSTATUS', () => {
  it('gives every register its own value', () => {
    const values = Object.fromEntries(GENERAL_REGISTERS.map((register, i) => [register, BigInt(i + 1) << 40n]));
    const status = decodePrstatus(prstatus(1234, values, 6).desc, true, true, GENERAL_REGISTERS);
    expect(status).toMatchObject({ tid: 1234, signal: 6, pendingSignals: 0x11n, blockedSignals: 0x22n });
    expect(Object.fromEntries(status.registers.entries())).toEqual(values);
  });

  it('has rip at 240 and rsp at 264, as <sys/procfs.h> has it', () => {
    const { desc } = prstatus(1);
    expect(desc).toHaveLength(336);
    const view = new DataView(desc.buffer);
    view.setBigUint64(240, 0xaaaan, true);
    view.setBigUint64(264, 0xbbbbn, true);
    const { registers } = decodePrstatus(desc, true, true, GENERAL_REGISTERS);
    expect([registers.get('rip'), registers.get('rsp')]).toEqual([0xaaaan, 0xbbbbn]);
  });

  it('cut within the registers leaves the rest unknown, not zero', () => {
    const { desc } = prstatus(7, { r15: 5n, rip: 6n });
    const { registers } = decodePrstatus(desc.subarray(0, 120), true, true, GENERAL_REGISTERS);
    expect(registers.get('r15')).toBe(5n);
    expect(registers.has('rip')).toBe(false);
  });

  it('cut before them is an error', () => {
    expect(() => decodePrstatus(new Uint8Array(30), true, true, GENERAL_REGISTERS)).toThrow(FormatError);
  });

  it.each([true, false])('of 32-bit files has its own layout (little-endian: %s)', (littleEndian) => {
    const desc = new Bytes(littleEndian).u32(11, 0, 0).u16(11, 0).u32(1, 2).u32(77, 1, 77, 77).upTo(144).bytes();
    const status = decodePrstatus(desc, false, littleEndian, []);
    expect(status).toMatchObject({ signal: 11, tid: 77, pendingSignals: 1n, blockedSignals: 2n });
  });
});

describe('NT_PRPSINFO', () => {
  const process = {
    pid: 4711,
    ppid: 17,
    session: 12,
    uid: 1001,
    state: 'S',
    comm: 'a_program',
    args: './a_program --x 1',
  };

  it.each([
    ['64', 136],
    ['i386', 124],
    ['x32', 128],
  ] as const)('in the form of %s, %d bytes', (form, size) => {
    for (const littleEndian of [true, false]) {
      const { desc } = prpsinfo(process, form, littleEndian);
      expect(desc).toHaveLength(size);
      expect(decodePrpsinfo(desc, littleEndian)).toEqual({
        pid: 4711,
        parentPid: 17,
        session: 12,
        uid: 1001,
        state: 'S',
        comm: 'a_program',
        args: './a_program --x 1',
      });
    }
  });

  it('fills its fields to the last byte, and escapes what is no text', () => {
    const { desc } = prpsinfo({ comm: 'sixteen-letters-', args: `\u001b[31m${'x'.repeat(100)}` });
    const { comm, args } = decodePrpsinfo(desc, true);
    expect(comm).toBe('sixteen-letters-');
    expect(args).toBe(`\\x1b[31m${'x'.repeat(75)}`);
  });

  it('too short is an error', () => {
    for (const length of [0, 96, 100]) expect(() => decodePrpsinfo(new Uint8Array(length), true)).toThrow(FormatError);
  });
});

describe('NT_AUXV', () => {
  it('is read up to AT_NULL, the first of repeated entries', () => {
    const desc = new Bytes()
      .append(auxv({ 3: 0x40n, 9: 0x1000n }).desc)
      .u64(33n, 5n)
      .bytes();
    expect([...decodeAuxv(desc, true, true)]).toEqual([
      [3, 0x40n],
      [9, 0x1000n],
    ]);
    const twice = new Bytes(false).u32(3, 1, 3, 2, 0, 0).bytes();
    expect([...decodeAuxv(twice, false, false)]).toEqual([[3, 1n]]);
  });
});

describe('NT_FILE', () => {
  const mappings = [
    { start: 0x1000n, end: 0x3000n, page: 0n, path: '/opt/a b (ü)/program' },
    { start: 0x3000n, end: 0x4000n, page: 2n, path: '/opt/a b (ü)/program' },
    { start: 0x9000n, end: 0xa000n, page: 7n, path: '/usr/lib/x.so (deleted)' },
  ];

  it.each([
    [8, true],
    [8, false],
    [4, true],
    [4, false],
  ] as const)('gives paths and offsets in bytes (words of %d, little-endian: %s)', (word, littleEndian) => {
    const { desc } = fileNote(mappings, { word, littleEndian });
    expect(decodeFileMappings(desc, word === 8, littleEndian)).toEqual(
      mappings.map(({ start, end, page, path }) => ({ start, end, path, fileOffset: page * 4096n })),
    );
  });

  it('cut within the names gives the whole ones', () => {
    const { desc } = fileNote(mappings);
    for (let cut = 0; cut < desc.length; cut++) {
      const found = decodeFileMappings(desc.subarray(0, cut), true, true);
      expect(found.map(({ path }) => path)).toEqual(mappings.slice(0, found.length).map(({ path }) => path));
    }
    expect(decodeFileMappings(desc.subarray(0, desc.length - 1), true, true)).toHaveLength(2);
  });

  it('keeps the bytes of a name that is no UTF-8', () => {
    const { desc } = fileNote([{ start: 1n, end: 2n, path: Uint8Array.of(0x2f, 0xff) }]);
    expect(decodeFileMappings(desc, true, true)[0]?.path).toBe('/ÿ');
  });

  it('with a count that cannot be true gives nothing', () => {
    for (const count of [1n << 63n, (1n << 64n) - 1n, 1000n])
      expect(decodeFileMappings(fileNote(mappings, { count }).desc, true, true)).toEqual([]);
  });

  it('with offsets that overflow keeps to 64 bits', () => {
    const { desc } = fileNote([{ start: 1n, end: 2n, page: 1n << 63n, path: 'x' }], { pageSize: 1n << 40n });
    expect(decodeFileMappings(desc, true, true)[0]?.fileOffset).toBe(0n);
  });
});

it('random bytes give a note or a FormatError, nothing else', () => {
  const decoders: readonly ((desc: Uint8Array) => unknown)[] = [
    (desc) => decodePrstatus(desc, true, true, GENERAL_REGISTERS),
    (desc) => decodePrpsinfo(desc, false),
    (desc) => decodeAuxv(desc, true, false),
    (desc) => decodeFileMappings(desc, false, true),
  ];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (desc) => {
      for (const decode of decoders) {
        try {
          decode(desc);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }
    }),
  );
});
