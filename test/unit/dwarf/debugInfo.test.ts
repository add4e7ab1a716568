import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from '../../../src/engine/base/byteSource.js';
import { DebugInfo } from '../../../src/engine/dwarf/debugInfo.js';
import type { DebugSections } from '../../../src/engine/dwarf/debugSections.js';
import { DwarfBytes } from '../../writers/dwarfBytes.js';
import { type HandAttribute, type HandDie, type HandUnit, InfoWriter } from '../../writers/dwarfInfo.js';

type Parts = Readonly<Record<string, DwarfBytes | Uint8Array>>;

function sections(parts: Parts, more: Partial<DebugSections> = {}): DebugSections {
  const sources = new Map<string, ByteSource>();
  for (const [name, part] of Object.entries(parts)) {
    sources.set(name, bytesSource(part instanceof DwarfBytes ? part.bytes() : part));
  }
  return { section: (name) => sources.get(name), littleEndian: true, addressSize: 8, ...more };
}

function info(writer: InfoWriter, parts: Parts = {}, more: Partial<DebugSections> = {}): DebugInfo {
  return new DebugInfo(sections({ '.debug_info': writer.info, '.debug_abbrev': writer.abbreviations, ...parts }, more));
}

// Attributes in the form named.
const text = (attribute: number, value: string): HandAttribute => [attribute, 0x08, (out) => out.text(value)];
const name = (value: string) => text(0x03, value);
const lowPc = (value: bigint): HandAttribute => [0x11, 0x01, (out) => out.u64(value)];
const length = (value: number): HandAttribute => [0x12, 0x06, (out) => out.u32(value)];
const offset = (attribute: number, value: number): HandAttribute => [attribute, 0x17, (out) => out.u32(value)];
const reference = (attribute: number, form: number, value: number): HandAttribute => [
  attribute,
  form,
  (out) => out.u32(value),
];

const UNIT = 0x11;
const FUNCTION = 0x2e;
const INLINED = 0x1d;
const BLOCK = 0x0b;
const STRUCTURE = 0x13;

const unit = (
  children: readonly HandDie[],
  attributes: readonly HandAttribute[] = [lowPc(0x1000n), length(0x1000)],
): HandUnit => ({
  version: 5,
  root: { tag: UNIT, attributes, children },
});
const code = (functionName: string, start: bigint, size: number): HandDie => ({
  tag: FUNCTION,
  attributes: [name(functionName), lowPc(start), length(size)],
});
const functionAt = (debug: DebugInfo, pc: bigint) =>
  debug.locate(pc)?.map((frame) => frame.linkageName ?? frame.function);

describe('functions', () => {
  it('are found in every version, in 32- and 64-bit DWARF, past other units', () => {
    for (const version of [2, 3, 4, 5]) {
      for (const wide of [false, true]) {
        const writer = new InfoWriter();
        // A type unit, one of an unknown version and one of an unknown type are passed over.
        if (version === 5) {
          writer.unit({
            version,
            wide,
            type: 2,
            extra: (out) => out.u64(1n).append(new Uint8Array(wide ? 8 : 4)),
            root: { tag: 0x41 },
          });
          writer.unit({ version, wide, type: 0x80, root: { tag: UNIT, attributes: [lowPc(0x1000n), length(0x1000)] } });
        }
        writer.unit({ version: 9, wide, root: { tag: UNIT, attributes: [lowPc(0x1000n), length(0x1000)] } });
        const high: HandAttribute = version < 4 ? [0x12, 0x01, (out) => out.u64(0x2000n)] : length(0x1000);
        const functionHigh: HandAttribute = version < 4 ? [0x12, 0x01, (out) => out.u64(0x1010n)] : length(0x10);
        const children = [{ tag: FUNCTION, attributes: [name('f'), lowPc(0x1000n), functionHigh] }];
        writer.unit({ version, wide, root: { tag: UNIT, attributes: [lowPc(0x1000n), high], children } });
        const debug = info(writer);
        expect(debug.locate(0x100fn)).toEqual([{ function: 'f', inlined: false, lowPc: 0x1000n }]);
        expect(debug.locate(0x1010n)).toBeUndefined();
        expect(debug.locate(0x2000n)).toBeUndefined();
      }
    }
  });

  it('are found in namespaces, types and other functions, with and without DW_AT_sibling', () => {
    for (const sibling of [false, true]) {
      const build = (target: number) => {
        const skip: HandAttribute[] = sibling ? [reference(0x01, 0x13, target)] : [];
        return new InfoWriter().unit(
          unit([
            { tag: 0x39, attributes: [name('space')], children: [code('inSpace', 0x1100n, 16)] },
            {
              tag: FUNCTION,
              attributes: [name('outer'), lowPc(0x1000n), length(0x20), ...skip],
              children: [{ tag: STRUCTURE, children: [code('nested', 0x1200n, 16)] }],
            },
            { ...code('last', 0x1300n, 16), label: 'last' },
          ]),
        );
      };
      const debug = info(build(build(0).offsets.get('last') ?? 0));
      expect(functionAt(debug, 0x1100n)).toEqual(['inSpace']);
      expect(functionAt(debug, 0x1300n)).toEqual(['last']);
      expect(functionAt(debug, 0x1200n)).toEqual(['nested']);
      expect(functionAt(debug, 0x1000n)).toEqual(['outer']);
    }
  });

  it('that the linker discarded do not hide real ones', () => {
    const debug = info(
      new InfoWriter()
        .unit(unit([code('dead', 0n, 0x10000)], [lowPc(0n), length(0x10000)]))
        .unit(unit([code('deadToo', 0n, 0x10000), code('live', 0x1000n, 16), code('gone', (1n << 64n) - 1n, 16)])),
    );
    expect(functionAt(debug, 0x1000n)).toEqual(['live']);
  });

  it('are looked for where .debug_aranges says, and in the units it leaves out', () => {
    const writer = new InfoWriter().unit(unit([code('wrong', 0x1000n, 16)]));
    writer.unit(unit([code('stated', 0x1000n, 16)])).unit(unit([code('unstated', 0x1100n, 16)]));
    const ranges = new DwarfBytes().sized((out) => {
      out
        .u16(2)
        .u32(writer.units[1] ?? 0)
        .u8(8, 0)
        .u32(0); // padding up to the tuples
      out.u64(0x1000n).u64(0x10n).u64(0n).u64(0n);
    });
    const debug = info(writer, { '.debug_aranges': ranges });
    expect(functionAt(debug, 0x1000n)).toEqual(['stated']);
    expect(functionAt(debug, 0x1100n)).toEqual(['unstated']);
  });
});

describe('inlined calls', () => {
  const inlined = (functionName: string, start: bigint, size: number, children: readonly HandDie[] = []): HandDie => ({
    tag: INLINED,
    attributes: [name(functionName), lowPc(start), length(size)],
    children,
  });

  it('are a chain, innermost first, through blocks, but not through other functions and types', () => {
    const debug = info(
      new InfoWriter().unit(
        unit([
          {
            tag: FUNCTION,
            attributes: [name('f'), lowPc(0x1000n), length(0x100)],
            children: [
              { tag: STRUCTURE, children: [{ tag: FUNCTION, children: [inlined('foreign', 0x1000n, 0x100)] }] },
              inlined('a', 0x1010n, 0x20, [
                { tag: BLOCK, children: [inlined('b', 0x1018n, 8, [inlined('outside', 0x1060n, 8)])] },
                inlined('c', 0x1020n, 8),
              ]),
              { tag: INLINED, attributes: [name('nowhere')], children: [] },
              inlined('d', 0x1060n, 8),
            ],
          },
        ]),
      ),
    );
    expect(functionAt(debug, 0x1000n)).toEqual(['f']);
    expect(functionAt(debug, 0x1010n)).toEqual(['a', 'f']);
    expect(functionAt(debug, 0x101fn)).toEqual(['b', 'a', 'f']);
    expect(functionAt(debug, 0x1020n)).toEqual(['c', 'a', 'f']);
    expect(functionAt(debug, 0x1060n)).toEqual(['d', 'f']);
    expect(debug.locate(0x1060n)?.map((frame) => frame.inlined)).toEqual([true, false]);
  });

  it('have the place of their call, through constants of any form', () => {
    const implicit = new Map([[0x58, 1]]);
    const call: HandAttribute[] = [
      [0x58, 0x21, () => undefined],
      [0x59, 0x16, (out) => out.uleb(0x05).u16(300)], // indirect: data2
      [0x57, 0x0f, (out) => out.uleb(9)],
    ];
    const writer = new InfoWriter().unit(
      unit(
        [
          {
            tag: FUNCTION,
            attributes: [name('f'), lowPc(0x1000n), length(0x100)],
            children: [{ tag: INLINED, implicit, attributes: [name('a'), lowPc(0x1000n), length(4), ...call] }],
          },
        ],
        [lowPc(0x1000n), length(0x1000), offset(0x10, 0), text(0x1b, '/work'), [0x13, 0x0b, (out) => out.u8(0x0c)]], // C99
      ),
    );
    const line = new DwarfBytes().sized((out) => {
      const head = new DwarfBytes().u8(1, 1, 1, -5, 14, 4, 0, 1, 1);
      head.u8(1).uleb(1).uleb(0x08).uleb(1).text('/work'); // directories
      head.u8(2).uleb(1).uleb(0x08).uleb(2).uleb(0x0b).uleb(2).text('x.c').u8(0).text('y.c').u8(0);
      out.u16(5).u8(8, 0).u32(head.length).append(head);
      out.u8(0, 9, 2).u64(0x1000n).u8(1, 2).uleb(0x100).u8(0, 1, 1);
    });
    expect(info(writer, { '.debug_line': line }).locate(0x1000n)).toEqual([
      { function: 'a', file: '/work/y.c', line: 1, inlined: true },
      { function: 'f', file: '/work/y.c', line: 300, column: 9, inlined: false, lowPc: 0x1000n },
    ]);
  });
});

describe('names', () => {
  it('come from the origin of the origin, in other units too', () => {
    const writer = new InfoWriter();
    writer.unit({
      version: 4,
      root: {
        tag: UNIT,
        children: [{ tag: FUNCTION, label: 'declared', attributes: [name('f'), text(0x6e, '_Z1fv')] }],
      },
    });
    writer.unit({
      version: 4,
      root: {
        tag: UNIT,
        children: [
          // ref_addr: from the start of .debug_info
          {
            tag: FUNCTION,
            label: 'abstract',
            attributes: [reference(0x47, 0x10, writer.offsets.get('declared') ?? 0)],
          },
        ],
      },
    });
    const origin = reference(0x31, 0x10, writer.offsets.get('abstract') ?? 0);
    writer.unit(unit([{ tag: FUNCTION, attributes: [origin, lowPc(0x1000n), length(16)] }]));
    expect(info(writer).locate(0x1000n)).toEqual([
      { function: 'f', linkageName: '_Z1fv', inlined: false, lowPc: 0x1000n },
    ]);
  });

  it('come by references that have the size of an address in DWARF 2', () => {
    const writer = new InfoWriter();
    writer.unit({
      version: 2,
      root: { tag: UNIT, children: [{ tag: FUNCTION, label: 'f', attributes: [name('f')] }] },
    });
    const origin: HandAttribute = [0x31, 0x10, (out) => out.u64(BigInt(writer.offsets.get('f') ?? 0))];
    const high: HandAttribute = [0x12, 0x01, (out) => out.u64(0x1010n)];
    const attributes = [origin, lowPc(0x1000n), high];
    writer.unit({
      version: 2,
      root: { tag: UNIT, attributes: [lowPc(0x1000n), high], children: [{ tag: FUNCTION, attributes }] },
    });
    expect(functionAt(info(writer), 0x1000n)).toEqual(['f']);
  });

  it('come from the file that dwz made, also by reference within it', () => {
    const common = new InfoWriter();
    common.unit({
      version: 4,
      root: { tag: 0x3c, children: [{ tag: FUNCTION, label: 'f', attributes: [reference(0x03, 0x0e, 3)] }] },
    });
    common.unit({
      version: 4,
      root: {
        tag: 0x3c,
        children: [{ tag: FUNCTION, label: 'g', attributes: [reference(0x31, 0x10, common.offsets.get('f') ?? 0)] }],
      },
    });
    const alt = sections({
      '.debug_info': common.info,
      '.debug_abbrev': common.abbreviations,
      '.debug_str': new DwarfBytes().text('no').text('shared').text('alone'),
    });
    for (const [altReference, altString] of [
      [0x1f20, 0x1f21],
      [0x1c, 0x1d],
    ] as const) {
      const writer = new InfoWriter().unit(
        unit([
          {
            tag: FUNCTION,
            attributes: [reference(0x31, altReference, common.offsets.get('g') ?? 0), lowPc(0x1000n), length(16)],
          },
          { tag: FUNCTION, attributes: [reference(0x03, altString, 10), lowPc(0x1010n), length(16)] },
        ]),
      );
      expect(functionAt(info(writer, {}, { alt }), 0x1000n)).toEqual(['shared']);
      expect(functionAt(info(writer, {}, { alt }), 0x1010n)).toEqual(['alone']);
      // Without that file, the function is known, not its name.
      expect(info(writer).locate(0x1000n)).toEqual([{ inlined: false, lowPc: 0x1000n }]);
    }
  });

  it('come with their scope, where they are declared, unless there is a mangled one', () => {
    const build = (declared: number) =>
      new InfoWriter().unit(
        unit([
          {
            tag: 0x39,
            attributes: [name('space')],
            children: [
              {
                tag: 0x39,
                children: [
                  {
                    tag: STRUCTURE,
                    attributes: [name('Type')],
                    children: [{ tag: FUNCTION, label: 'f', attributes: [name('f')] }],
                  },
                ],
              },
              { tag: FUNCTION, attributes: [name('h'), text(0x6e, '_Z1hv'), lowPc(0x1020n), length(16)] },
            ],
          },
          { tag: FUNCTION, attributes: [reference(0x47, 0x13, declared), lowPc(0x1000n), length(16)] },
          code('g', 0x1010n, 16),
        ]),
      );
    const debug = info(build(build(0).offsets.get('f') ?? 0));
    const scopes = [0x1000n, 0x1010n, 0x1020n].map((pc) => debug.locate(pc)?.[0]?.scope);
    expect(scopes).toEqual(['space::(anonymous namespace)::Type', undefined, undefined]);
  });

  it('that refer to each other in a circle end', () => {
    const build = (target: number) =>
      new InfoWriter().unit(
        unit([
          {
            tag: FUNCTION,
            label: 'f',
            attributes: [reference(0x31, 0x13, target), lowPc(0x1000n), length(16), text(0x6e, '_Z1fv')],
          },
        ]),
      );
    const debug = info(build(build(0).offsets.get('f') ?? 0));
    expect(functionAt(debug, 0x1000n)).toEqual(['_Z1fv']);
  });

  it('come by index, in every width', () => {
    const strings = new DwarfBytes().text('zero').text('one');
    const indices = new DwarfBytes().u32(12).u16(5).u16(0).u32(0).u32(5);
    const widths: [number, (out: DwarfBytes) => DwarfBytes][] = [
      [0x1a, (out) => out.uleb(1)],
      [0x25, (out) => out.u8(1)],
      [0x26, (out) => out.u16(1)],
      [0x27, (out) => out.u8(1, 0, 0)],
      [0x28, (out) => out.u32(1)],
    ];
    for (const [form, write] of widths) {
      const writer = new InfoWriter().unit(
        unit(
          [{ tag: FUNCTION, attributes: [[0x03, form, write], lowPc(0x1000n), length(16)] }],
          [lowPc(0x1000n), length(0x1000), offset(0x72, 8)],
        ),
      );
      const debug = info(writer, { '.debug_str': strings, '.debug_str_offsets': indices });
      expect(functionAt(debug, 0x1000n)).toEqual(['one']);
    }
  });
});

describe('ranges', () => {
  const starts = (debug: DebugInfo) =>
    [0x1000n, 0x1100n, 0x1200n, 0x1300n, 0x1400n, 0x1500n].map((pc) => debug.locate(pc)?.length === 1);

  it('of DWARF 5 may be of every kind, addresses by index in every width', () => {
    const addresses = new DwarfBytes().u32(44).u16(5).u8(8, 0);
    for (const address of [0x1000n, 0x1010n, 0x1100n, 0x1200n, 0x1300n]) addresses.u64(address);
    const lists = new DwarfBytes().u32(100).u16(5).u8(8, 0).u32(1).u32(4);
    lists.u8(2).uleb(0).uleb(1); // startx_endx
    lists.u8(3).uleb(2).uleb(16); // startx_length
    lists.u8(1).uleb(3).u8(4).uleb(0).uleb(16); // base_addressx, offset_pair
    lists.u8(5).u64(0x1200n).u8(4).uleb(0x100).uleb(0x110); // base_address, offset_pair
    lists.u8(6).u64(0x1400n).u64(0x1410n); // start_end
    lists.u8(7).u64(0x1500n).uleb(16).u8(0); // start_length, end_of_list
    const forms: [number, (out: DwarfBytes) => DwarfBytes][] = [
      [0x1b, (out) => out.uleb(0)],
      [0x29, (out) => out.u8(0)],
      [0x2a, (out) => out.u16(0)],
      [0x2b, (out) => out.u8(0, 0, 0)],
      [0x2c, (out) => out.u32(0)],
    ];
    for (const [form, write] of forms) {
      const attributes: HandAttribute[] = [
        [0x11, form, write],
        offset(0x73, 8),
        offset(0x74, 12),
        [0x55, 0x23, (out) => out.uleb(0)],
      ];
      const children = [{ tag: FUNCTION, attributes: [name('f'), offset(0x55, 16)] }];
      const writer = new InfoWriter().unit(unit(children, attributes));
      expect(starts(info(writer, { '.debug_addr': addresses, '.debug_rnglists': lists }))).toEqual(Array(6).fill(true));
    }
  });

  it('before DWARF 5 count from the unit until the list gives another base', () => {
    const lists = new DwarfBytes().u64(0n).u64(0x10n).u64(0x100n).u64(0x110n);
    lists
      .u64((1n << 64n) - 1n)
      .u64(0x1200n)
      .u64(0n)
      .u64(0x10n)
      .u64(0x100n)
      .u64(0x110n)
      .u64(0x200n)
      .u64(0x210n)
      .u64(0n)
      .u64(0n);
    lists.u64(0x500n).u64(0x600n);
    for (const form of [0x17, 0x06]) {
      const ranges: HandAttribute = [0x55, form, (out) => out.u32(0)];
      const writer = new InfoWriter().unit({
        version: form === 0x17 ? 4 : 2,
        root: {
          tag: UNIT,
          attributes: [lowPc(0x1000n), ranges],
          children: [{ tag: FUNCTION, attributes: [name('f'), ranges] }],
        },
      });
      expect(starts(info(writer, { '.debug_ranges': lists }))).toEqual([true, true, true, true, true, false]);
    }
  });
});

describe('hostile and missing data', () => {
  it('of every kind is an answer of undefined', () => {
    expect(new DebugInfo(sections({})).locate(0x1000n)).toBeUndefined();
    const whole = new InfoWriter().unit(unit([code('f', 0x1000n, 16)]));
    const debug = info(whole);
    for (const pc of [-1n, 1n << 63n, (1n << 64n) - 1n, 1n << 80n]) expect(debug.locate(pc)).toBeUndefined();
    expect(new DebugInfo(sections({ '.debug_info': whole.info })).locate(0x1000n)).toBeUndefined();
  });

  it('keeps the functions before the damage', () => {
    const writer = new InfoWriter().unit(
      unit([code('f', 0x1000n, 16), { tag: FUNCTION, attributes: [[0x03, 0x7777, () => undefined]] }]),
    );
    expect(functionAt(info(writer), 0x1000n)).toEqual(['f']);
  });

  it('cannot make it go round in a sibling that points backwards', () => {
    const writer = new InfoWriter().unit(
      unit([{ tag: STRUCTURE, attributes: [reference(0x01, 0x13, 12)], children: [] }, code('f', 0x1000n, 16)]),
    );
    expect(functionAt(info(writer), 0x1000n)).toEqual(['f']);
  });

  it('may have any nesting', () => {
    const writer = new InfoWriter();
    let die: HandDie = code('f', 0x1000n, 16);
    for (let i = 0; i < 500; i++) die = { tag: BLOCK, children: [die] };
    writer.unit(unit([{ tag: FUNCTION, attributes: [name('outer'), lowPc(0x1100n), length(16)], children: [die] }]));
    expect(functionAt(info(writer), 0x1000n)).toEqual(['f']);
    expect(functionAt(info(writer), 0x1100n)).toEqual(['outer']);
  });

  it('that was not fetched is asked for again', () => {
    const writer = new InfoWriter().unit(unit([code('f', 0x1000n, 16)]));
    const parts = { '.debug_info': writer.info.bytes(), '.debug_abbrev': writer.abbreviations.bytes() };
    for (const late of Object.keys(parts)) {
      let fetched = false;
      const whole = sections(parts);
      const debug = new DebugInfo({
        ...whole,
        section(wanted) {
          const source = whole.section(wanted);
          if (source === undefined || wanted !== late) return source;
          const read: ByteSource['read'] = (at, size) =>
            fetched ? source.read(at, size) : { bytes: new Uint8Array(0), rest: 'notFetched' };
          return { size: source.size, read };
        },
      });
      expect(debug.locate(0x1000n)).toBeUndefined();
      fetched = true;
      expect(functionAt(debug, 0x1000n)).toEqual(['f']);
    }
  });
});
