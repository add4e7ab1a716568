import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../src/engine/base/diagnostics.js';
import { type CfiOptions, type CfiSections, CfiTable } from '../../../src/engine/dwarf/cfi/cfiTable.js';
import { type CommonEntryShape, FrameWriter } from '../../writers/dwarfFrames.js';

const START = 0x1000n;

function table(sections: Partial<CfiSections>, options?: CfiOptions): CfiTable {
  return new CfiTable({ addressSize: 8, littleEndian: true, ...sections }, options);
}

/** One function of 256 bytes at 0x1000 with these instructions. */
function single(instructions: readonly number[], common: CommonEntryShape = {}, options?: CfiOptions): CfiTable {
  const writer = new FrameWriter(0x5000n);
  writer.function(writer.common(common), START, 0x100, instructions);
  return table({ ehFrame: writer.section() }, options);
}

describe('rows', () => {
  it('follow push %rbp; mov %rsp,%rbp; ... leave', () => {
    const cfi = single([0x41, 0x0e, 16, 0x86, 2, 0x43, 0x0d, 6, 0x02, 0x40, 0x0c, 7, 8]);
    const at = (offset: bigint) => cfi.find(START + offset);
    expect(at(0n)).toMatchObject({ start: 0x1000n, end: 0x1001n, cfa: { register: 7, offset: 8n } });
    expect(at(1n)).toMatchObject({ start: 0x1001n, end: 0x1004n, cfa: { register: 7, offset: 16n } });
    expect(at(3n)?.rules.get(6)).toEqual({ kind: 'offset', offset: -16n });
    expect(at(0n)?.rules.get(6)).toBeUndefined();
    expect(at(4n)).toMatchObject({ end: 0x1044n, cfa: { kind: 'registerOffset', register: 6, offset: 16n } });
    expect(at(0x44n)).toMatchObject({ start: 0x1044n, end: 0x1100n, cfa: { register: 7, offset: 8n } });
    expect(at(0xffn)).toMatchObject({
      functionStart: 0x1000n,
      functionEnd: 0x1100n,
      returnAddressRegister: 16,
      signalFrame: false,
      section: '.eh_frame',
    });
    expect(at(0xffn)?.rules.get(16)).toEqual({ kind: 'offset', offset: -8n });
    expect(at(-1n)).toBeUndefined();
    expect(at(0x100n)).toBeUndefined();
  });

  it('know every kind of rule', () => {
    const cfi = single([
      ...[0x05, 40, 3], // offset_extended
      ...[0x07, 1], // undefined
      ...[0x08, 2], // same_value
      ...[0x09, 3, 12], // register
      ...[0x10, 4, 2, 0x77, 0x08], // expression
      ...[0x11, 5, 0x7e], // offset_extended_sf -2
      ...[0x14, 6, 2], // val_offset
      ...[0x15, 8, 0x7f], // val_offset_sf -1
      ...[0x16, 9, 1, 0x57], // val_expression
      ...[0x2f, 10, 2], // GNU_negative_offset_extended
      ...[0x2e, 0x80, 0x01], // GNU_args_size
      ...[0x2d, 0x00], // AARCH64_negate_ra_state, nop
      ...[0x0f, 3, 0x77, 0xa0, 0x01], // def_cfa_expression
    ]);
    const row = cfi.find(START);
    expect(row?.cfa).toEqual({ kind: 'expression', expression: Uint8Array.of(0x77, 0xa0, 0x01) });
    expect([...(row?.rules ?? [])]).toEqual([
      [16, { kind: 'offset', offset: -8n }],
      [40, { kind: 'offset', offset: -24n }],
      [1, { kind: 'undefined' }],
      [2, { kind: 'sameValue' }],
      [3, { kind: 'register', register: 12 }],
      [4, { kind: 'expression', expression: Uint8Array.of(0x77, 0x08) }],
      [5, { kind: 'offset', offset: 16n }],
      [6, { kind: 'valOffset', offset: -16n }],
      [8, { kind: 'valOffset', offset: 8n }],
      [9, { kind: 'valExpression', expression: Uint8Array.of(0x57) }],
      [10, { kind: 'offset', offset: 16n }],
    ]);
  });

  it('come back with restore and restore_state, the CFA included', () => {
    const cfi = single([
      ...[0x0e, 16, 0x86, 2, 0x90, 5, 0x41],
      ...[0x0a, 0x0c, 6, 32, 0xc6, 0x06, 16, 0x41], // remember; then rbp and ra back to the CIE's
      ...[0x0b, 0x41],
    ]);
    expect(cfi.find(START + 1n)).toMatchObject({ cfa: { register: 6, offset: 32n } });
    expect(cfi.find(START + 1n)?.rules.has(6)).toBe(false);
    expect(cfi.find(START + 1n)?.rules.get(16)).toEqual({ kind: 'offset', offset: -8n });
    expect(cfi.find(START + 2n)).toMatchObject({ cfa: { register: 7, offset: 16n } });
    expect(cfi.find(START + 2n)?.rules.get(16)).toEqual({ kind: 'offset', offset: -40n });
    expect(cfi.find(START)?.rules.get(6)).toEqual({ kind: 'offset', offset: -16n });
  });

  it('move by every kind of advance, in units of the code alignment', () => {
    const cfi = single([0x42, 0x0e, 1, 0x02, 3, 0x0e, 2, 0x03, 4, 0, 0x0e, 3, 0x04, 5, 0, 0, 0, 0x0e, 4], {
      codeAlignment: 2,
    });
    const starts = [0n, 4n, 10n, 18n, 28n].map((offset) => cfi.find(START + offset));
    expect(starts.map((row) => Number((row?.start ?? 0n) - START))).toEqual([0, 4, 10, 18, 28]);
    expect(starts.map((row) => (row?.cfa.kind === 'registerOffset' ? row.cfa.offset : undefined))).toEqual([
      8n,
      1n,
      2n,
      3n,
      4n,
    ]);
  });

  it('end at the function, whatever the instructions say', () => {
    const cfi = single([0x03, 0xff, 0xff, 0x0e, 64]);
    expect(cfi.find(START + 0xffn)).toMatchObject({ end: START + 0x100n, cfa: { offset: 8n } });
  });

  it('stay readable up to a bad instruction, and not behind it', () => {
    const diagnostics = new Diagnostics();
    const cfi = single([0x44, 0x0e, 16, 0x44, 0x3f, 0x0e, 24], {}, { diagnostics });
    expect(cfi.find(START + 3n)).toMatchObject({ cfa: { offset: 8n } });
    expect(cfi.find(START + 7n)).toMatchObject({ cfa: { offset: 16n } });
    expect(cfi.find(START + 8n)).toBeUndefined();
    expect(diagnostics.has('bad-cfi')).toBe(true);
  });

  it('do not exist where no CFA is defined', () => {
    const cfi = single([0x0a, 0x44, 0x0c, 7, 8, 0x44, 0x0b, 0x44, 0x0c, 7, 24], { instructions: [0x90, 1] });
    expect(cfi.find(START)).toBeUndefined();
    expect(cfi.find(START + 4n)).toMatchObject({ cfa: { offset: 8n } });
    expect(cfi.find(START + 8n)).toBeUndefined();
    expect(cfi.find(START + 12n)).toMatchObject({ cfa: { offset: 24n } });
  });
});

describe('augmentation', () => {
  it('S marks signal frames, P and L give personality and language data', () => {
    const writer = new FrameWriter(0x5000n);
    // P: indirect | pcrel | sdata4; L: pcrel | sdata4; R: pcrel | sdata4.
    const common = writer.common({ augmentation: 'zPLRS', data: [0x9b, 0x00, 0x10, 0, 0, 0x1b, 0x1b] });
    const entry = writer.function(common, START, 0x10, [], [0x00, 0x01, 0, 0]);
    writer.function(common, START + 0x10n, 0x10, [], [0, 0, 0, 0]);
    const ehFrame = writer.section();
    const row = table({ ehFrame }).find(START);
    // The personality pointer is at offset 20 of the CIE, the LSDA pointer at 17 of the FDE.
    const slot = 0x5000n + 20n + 0x1000n;
    expect(row).toMatchObject({
      signalFrame: true,
      personalitySlot: slot,
      lsda: 0x5000n + BigInt(entry) + 17n + 0x100n,
    });
    expect(row?.personality).toBeUndefined();
    const reading = table({ ehFrame }, { readPointer: (address) => (address === slot ? 0x777n : undefined) });
    expect(reading.find(START)?.personality).toBe(0x777n);
    expect(reading.find(START + 0x10n)?.lsda).toBeUndefined();
  });

  it('with unknown letters is skipped by its length, and refused without one', () => {
    expect(single([], { augmentation: 'zR?', data: [0x1b, 1, 2, 3] }).find(START)).toBeDefined();
    expect(single([], { augmentation: 'R?', data: [0x1b, 1, 2, 3] }).find(START)).toBeUndefined();
  });
});

describe('.debug_frame', () => {
  it.each([1, 3, 4])('of CIE version %i', (version) => {
    const writer = new FrameWriter(0n, '.debug_frame');
    writer.function(writer.common({ version }), START, 0x10, [0x41, 0x0e, 16]);
    const debugFrame = writer.section();
    expect(table({ debugFrame }).find(START + 1n)).toMatchObject({
      cfa: { register: 7, offset: 16n },
      section: '.debug_frame',
    });
  });

  it('answers where .eh_frame does not', () => {
    const eh = new FrameWriter(0x5000n);
    eh.function(eh.common(), START, 0x10, []);
    const debug = new FrameWriter(0n, '.debug_frame');
    const common = debug.common();
    debug.function(common, START, 0x10, [0x0e, 99]);
    debug.function(common, START + 0x20n, 0x10, []);
    const cfi = table({ ehFrame: eh.section(), debugFrame: debug.section() });
    expect(cfi.find(START)).toMatchObject({ section: '.eh_frame', cfa: { offset: 8n } });
    expect(cfi.find(START + 0x20n)?.section).toBe('.debug_frame');
  });
});

describe('the search', () => {
  const writer = new FrameWriter(0x5000n);
  const common = writer.common();
  const starts = [0x3000n, 0x1000n, 0x2000n];
  const entries = starts.map((start, i) => ({ start, entry: writer.function(common, start, 0x80, [0x0e, 16 + i]) }));
  writer.out.u32(0);
  const late = writer.function(common, 0x4000n, 0x80, [0x0e, 99]);
  const ehFrame = writer.section();
  const sorted = [...entries].sort((a, b) => Number(a.start - b.start));
  const offsets = (cfi: CfiTable) =>
    [0x1000n, 0x2010n, 0x307fn, 0x4000n].map((pc) => {
      const cfa = cfi.find(pc)?.cfa;
      return cfa?.kind === 'registerOffset' ? Number(cfa.offset) : undefined;
    });

  it('reads unsorted entries, also behind a terminator', () => {
    expect(offsets(table({ ehFrame }))).toEqual([17, 18, 16, 99]);
    expect(table({ ehFrame }).find(0x2080n)).toBeUndefined();
  });

  it('uses .eh_frame_hdr', () => {
    const full = writer.searchTable(0x4f00n, [...sorted, { start: 0x4000n, entry: late }]);
    expect(offsets(table({ ehFrame, ehFrameHdr: full }))).toEqual([17, 18, 16, 99]);
    // What the table leaves out is not looked for: proof that it was used.
    const partial = writer.searchTable(0x4f00n, sorted);
    expect(offsets(table({ ehFrame, ehFrameHdr: partial }))).toEqual([17, 18, 16, undefined]);
  });

  it('does not believe an .eh_frame_hdr that is unsorted, too short or points elsewhere', () => {
    const unsorted = writer.searchTable(0x4f00n, entries);
    const short = { ...unsorted, bytes: writer.searchTable(0x4f00n, sorted).bytes.subarray(0, 30) };
    const wrong = writer.searchTable(
      0x4f00n,
      sorted.map(({ start }) => ({ start, entry: 0 })),
    );
    const outside = writer.searchTable(
      0x4f00n,
      sorted.map(({ start }) => ({ start, entry: 99999 })),
    );
    for (const ehFrameHdr of [unsorted, short, wrong, outside]) {
      expect(offsets(table({ ehFrame, ehFrameHdr }))).toEqual([17, 18, 16, 99]);
    }
  });

  it('finds the live one of several functions at one address', () => {
    const dead = new FrameWriter(0x5000n);
    const cie = dead.common();
    for (const length of [0, 0x40, 0, 0x10]) dead.function(cie, START, length, [0x0e, length]);
    expect(table({ ehFrame: dead.section() }).find(START + 0x20n)).toMatchObject({ cfa: { offset: 0x40n } });
  });

  it('keeps working with a cache too small for anything', () => {
    const cfi = table({ ehFrame }, { cacheBytes: 1 });
    expect(offsets(cfi)).toEqual([17, 18, 16, 99]);
    expect(offsets(cfi)).toEqual([17, 18, 16, 99]);
  });
});

describe('hostile sections', () => {
  it('of every truncation and byte flip answer without throwing', () => {
    const writer = new FrameWriter(0x5000n);
    const common = writer.common({ augmentation: 'zPLR', data: [0x1b, 4, 0, 0, 0, 0x1b, 0x1b] });
    writer.function(common, START, 0x100, [0x41, 0x0e, 16, 0x0f, 1, 0x30, 0x0a, 0x41, 0x0b], [1, 0, 0, 0]);
    const { bytes, address } = writer.section();
    for (let i = 0; i < bytes.length; i++) {
      table({ ehFrame: { bytes: bytes.subarray(0, i), address } }).find(START);
      for (const flip of [0x01, 0x80, 0xff]) {
        const changed = Uint8Array.from(bytes);
        changed[i] = (changed[i] ?? 0) ^ flip;
        for (const pc of [START, START + 2n, 0n, (1n << 64n) - 1n])
          table({ ehFrame: { bytes: changed, address } }).find(pc);
      }
    }
  });

  it('cannot make one function fill memory', () => {
    const instructions: number[] = [];
    for (let i = 0; i < 400; i++) instructions.push(0x05, 0x80 | (i & 0x7f), i >> 7, 1);
    for (let i = 0; i < 200_000; i++) instructions.push(0x41, 0x81, 1);
    const writer = new FrameWriter(0x500000n);
    const common = writer.common();
    const at = writer.out.length;
    writer.out.sized((body) => {
      body
        .u32(at + 4 - common)
        .u32(Number(BigInt.asIntN(32, START - 0x500000n - BigInt(at) - 8n)))
        .u32(0x7fffffff)
        .uleb(0);
      body.append(instructions);
    });
    const diagnostics = new Diagnostics();
    const cfi = table({ ehFrame: writer.section() }, { diagnostics });
    expect(cfi.find(START)).toBeDefined();
    expect(cfi.find(START + 199_000n)).toBeUndefined();
    expect(diagnostics.has('bad-cfi')).toBe(true);
  });
});
