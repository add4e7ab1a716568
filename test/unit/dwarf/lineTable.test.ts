import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { DwarfFile } from '../../../src/engine/dwarf/dwarfFile.js';
import { LineTable } from '../../../src/engine/dwarf/line/lineTable.js';
import { DwarfBytes } from '../../writers/dwarfBytes.js';

interface Head {
  readonly version?: number;
  readonly wide?: boolean;
  readonly minimumInstructionLength?: number;
  readonly operations?: number;
  readonly lineRange?: number;
  readonly opcodeBase?: number;
  readonly names?: (out: DwarfBytes) => void;
}

const LENGTHS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

function section(head: Head, program: (out: DwarfBytes) => void): Uint8Array {
  const version = head.version ?? 4;
  const rest = new DwarfBytes().u8(head.minimumInstructionLength ?? 1);
  if (version >= 4) rest.u8(head.operations ?? 1);
  const opcodeBase = head.opcodeBase ?? 13;
  rest.u8(1, -5, head.lineRange ?? 14, opcodeBase);
  for (let i = 1; i < opcodeBase; i++) rest.u8(LENGTHS[i - 1] ?? 2);
  if (head.names === undefined)
    rest.text('inc').text('/abs').u8(0).text('a.c').u8(0, 0, 0).text('b.h').u8(1, 0, 0).text('c.h').u8(2, 0, 0).u8(0);
  else head.names(rest);
  const body = new DwarfBytes().u16(version);
  if (version >= 5) body.u8(8, 0);
  if (head.wide === true) body.u64(BigInt(rest.length));
  else body.u32(rest.length);
  body.append(rest);
  program(body);
  const out =
    head.wide === true ? new DwarfBytes().u32(-1).u64(BigInt(body.length)) : new DwarfBytes().u32(body.length);
  return out.append(body).bytes();
}

function table(line: Uint8Array, lineStrings = ''): LineTable {
  const sections = new Map([
    ['.debug_line', line],
    ['.debug_line_str', new TextEncoder().encode(lineStrings)],
  ]);
  const file = new DwarfFile({
    section: (name) => {
      const bytes = sections.get(name);
      return bytes === undefined ? undefined : bytesSource(bytes);
    },
    littleEndian: true,
    addressSize: 8,
  });
  return LineTable.read({
    file,
    offset: 0,
    addressSize: 8,
    directory: '/work',
    text: (value) =>
      value.kind === 'text'
        ? new TextDecoder().decode(value.bytes)
        : value.kind === 'lineStringOffset'
          ? file.section('.debug_line_str').text(value.offset)
          : undefined,
  });
}

const setAddress = (out: DwarfBytes, address: bigint) => out.u8(0, 9, 2).u64(address);
const endSequence = (out: DwarfBytes) => out.u8(0, 1, 1);

describe('the line machine', () => {
  it('runs every standard and extended opcode', () => {
    const lines = table(
      section({ lineRange: 11 }, (out) => {
        setAddress(out, 0x1000n).u8(1); // copy: 0x1000, line 1
        out.u8(2).uleb(16).u8(3).sleb(41).u8(4).uleb(2).u8(5).uleb(7).u8(6, 1); // 0x1010, b.h:42:7
        out.u8(8).u8(7, 10, 11, 12).uleb(3).u8(1); // const_add_pc: (255 - 13) / 11 = 22
        out.u8(9).u16(0x100).u8(0, 5, 4).uleb(1).uleb(2).u8(0, 0).u8(1); // fixed_advance_pc; a discriminator
        out.u8(0, 3, 0x80, 1, 2); // an extended opcode nobody knows
        out.u8(13 + 11 * 3 + 5 + 2); // special: 3 further, 2 lines down
        out.u8(2).uleb(8);
        endSequence(out);
      }),
    );
    expect(lines.find(0xfff)).toBeUndefined();
    expect(lines.find(0x1000)).toEqual({ file: 1, line: 1 });
    expect(lines.find(0x100f)).toEqual({ file: 1, line: 1 });
    expect(lines.find(0x1010)).toEqual({ file: 2, line: 42, column: 7 });
    expect(lines.find(0x1025)).toEqual({ file: 2, line: 42, column: 7 });
    expect(lines.find(0x1128)).toEqual({ file: 2, line: 42, column: 7 });
    expect(lines.find(0x1129)).toEqual({ file: 2, line: 44, column: 7 });
    expect(lines.find(0x1130)).toEqual({ file: 2, line: 44, column: 7 });
    expect(lines.find(0x1131)).toBeUndefined();
  });

  it('counts in instructions, and in operations of a bundle', () => {
    const program = (out: DwarfBytes) => {
      setAddress(out, 0x1000n).u8(1);
      for (let i = 0; i < 4; i++) out.u8(2).uleb(1).u8(3).sleb(1).u8(1);
      out.u8(2).uleb(3);
      endSequence(out);
    };
    const single = table(section({ minimumInstructionLength: 4 }, program));
    expect([0x1000, 0x1004, 0x1008, 0x100c].map((pc) => single.find(pc)?.line)).toEqual([1, 2, 3, 4]);
    // Three operations in 16 bytes: the first three rows share an address, of which the last counts.
    const bundled = table(section({ minimumInstructionLength: 16, operations: 3 }, program));
    expect([0x1000, 0x1010].map((pc) => bundled.find(pc)?.line)).toEqual([3, 5]);
  });

  it('lets the last row of an address count, puts rows in order, keeps sequences apart', () => {
    const lines = table(
      section({}, (out) => {
        setAddress(out, 0x2000n).u8(1).u8(3).sleb(9).u8(1); // line 1, then 10 at the same address
        setAddress(out, 0x2020n).u8(3).sleb(10).u8(1); // 20
        setAddress(out, 0x2010n).u8(3).sleb(10).u8(1); // 30, before it
        setAddress(out, 0x2030n);
        endSequence(out);
        setAddress(out, 0x1000n).u8(1).u8(2).uleb(4);
        endSequence(out);
        // Discarded by the linker, and still claiming addresses from 0.
        setAddress(out, 0n).u8(3).sleb(98).u8(1).u8(2).uleb(0x10000);
        endSequence(out);
      }),
    );
    expect([0x2000, 0x2010, 0x2020, 0x1003].map((pc) => lines.find(pc)?.line)).toEqual([10, 30, 20, 1]);
    expect(lines.find(0x1004)?.line).toBe(99);
    expect(lines.find(0x2030)?.line).toBe(99);
  });

  it('says nothing for line 0', () => {
    const lines = table(
      section({}, (out) => {
        setAddress(out, 0x1000n).u8(3).sleb(-1).u8(5).uleb(4).u8(1).u8(2).uleb(4);
        endSequence(out);
      }),
    );
    expect(lines.find(0x1000)).toEqual({ file: 1 });
  });

  it('keeps what it has when the program breaks off, except rows of unknown extent', () => {
    const whole = section({}, (out) => {
      setAddress(out, 0x1000n).u8(1).u8(2).uleb(4);
      endSequence(out);
      setAddress(out, 0x2000n).u8(1).u8(2).uleb(4);
      endSequence(out);
    });
    const cut = table(whole.subarray(0, whole.length - 4));
    expect(cut.find(0x1000)?.line).toBe(1);
    expect(cut.find(0x2000)).toBeUndefined();
    const zero = table(section({ lineRange: 0 }, (out) => out.u8(200)));
    expect(zero.find(0)).toBeUndefined();
  });

  it('takes the operands of opcodes it does not know', () => {
    const lines = table(
      section({ opcodeBase: 15 }, (out) => {
        setAddress(out, 0x1000n).u8(13).uleb(300).uleb(5).u8(14).uleb(1).uleb(1).u8(1).u8(2).uleb(4);
        endSequence(out);
      }),
    );
    expect(lines.find(0x1003)?.line).toBe(1);
  });
});

describe('file names', () => {
  it('of DWARF 2 to 4 are joined with their directories', () => {
    for (const version of [2, 3, 4]) {
      const lines = table(
        section({ version }, (out) => {
          out.u8(0, 8, 3).text('d.h').u8(1, 0, 0); // define_file
        }),
      );
      expect([0, 1, 2, 3, 4, 5].map((file) => lines.path(file))).toEqual([
        undefined,
        '/work/a.c',
        '/work/inc/b.h',
        '/abs/c.h',
        '/work/inc/d.h',
        undefined,
      ]);
    }
  });

  it('of DWARF 5 come in any form, with checksums, also in 64-bit DWARF', () => {
    const md5 = Array.from({ length: 16 }, (_, i) => i);
    for (const wide of [false, true]) {
      const offset = (out: DwarfBytes, value: number) => (wide ? out.u64(BigInt(value)) : out.u32(value));
      const names = (out: DwarfBytes): void => {
        out.u8(1).uleb(1).uleb(0x1f).uleb(2); // directories: path as line_strp
        offset(out, 0);
        offset(out, 6);
        // Files: path as string, directory as udata, MD5, a size, a vendor's own.
        out.u8(5).uleb(1).uleb(0x08).uleb(2).uleb(0x0f).uleb(5).uleb(0x1e).uleb(4).uleb(0x06).uleb(0x2001).uleb(0x08);
        out.uleb(2);
        out.text('a.c').uleb(0).append(md5).u32(9).text('source');
        out.text('b.h').uleb(1).append(md5).u32(9).text('');
      };
      const lines = table(
        section({ version: 5, wide, names }, () => undefined),
        '/proj\0inc\0',
      );
      expect([0, 1, 2].map((file) => lines.path(file))).toEqual(['/proj/a.c', '/work/inc/b.h', undefined]);
      expect(lines.md5(0)).toEqual(Uint8Array.from(md5));
    }
  });
});
