import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Diagnostics } from '../../../src/engine/base/diagnostics.js';
import { readNotes } from '../../../src/engine/elf/notes.js';
import { Bytes } from '../../writers/bytes.js';
import { notesBytes } from '../../writers/elfCore.js';

const NOTE = fc.record({
  name: fc.string({ minLength: 1, maxLength: 9 }).filter((name) => /^[ -~]+$/.test(name)),
  type: fc.nat({ max: 0xffffffff }),
  desc: fc.uint8Array({ maxLength: 40 }),
});

describe('notes', () => {
  it('come back in order, in both byte orders', () => {
    fc.assert(
      fc.property(fc.array(NOTE, { maxLength: 8 }), fc.boolean(), (notes, littleEndian) => {
        const diagnostics = new Diagnostics();
        const read = readNotes(notesBytes(notes, littleEndian), littleEndian, 0x1000n, diagnostics);
        expect(read.map(({ name, type, desc }) => ({ name, type, desc: [...desc] }))).toEqual(
          notes.map(({ name, type, desc }) => ({ name, type, desc: [...desc] })),
        );
        expect(diagnostics.list()).toEqual([]);
      }),
    );
  });

  it('know where their descriptors lie', () => {
    const notes = [
      { name: 'CORE', type: 1, desc: new Uint8Array(3) },
      { name: 'LINUX', type: 2, desc: new Uint8Array(4) },
    ];
    const read = readNotes(notesBytes(notes), true, 0x100n, new Diagnostics());
    expect(read.map(({ offset }) => offset)).toEqual([0x100n + 20n, 0x100n + 24n + 20n]);
  });

  it('cut anywhere give what came before, and never more', () => {
    fc.assert(
      fc.property(fc.array(NOTE, { maxLength: 6 }), fc.nat(), (notes, cut) => {
        const bytes = notesBytes(notes);
        const short = bytes.subarray(0, cut % (bytes.length + 1));
        const read = readNotes(short, true, 0n, new Diagnostics());
        expect(read.length).toBeLessThanOrEqual(notes.length);
        for (const [i, note] of read.entries()) expect([...note.desc]).toEqual([...(notes[i]?.desc ?? [])]);
      }),
    );
  });

  it('of random bytes neither throw nor loop', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(4 as const, 8 as const), (bytes, alignment) => {
        for (const note of readNotes(bytes, true, 0n, new Diagnostics(), alignment))
          expect(note.desc.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });

  it('with sizes that wrap are refused', () => {
    const diagnostics = new Diagnostics();
    const bytes = new Bytes().u32(0xffffffff, 0xffffffff, 1).zeros(64).bytes();
    expect(readNotes(bytes, true, 0n, diagnostics)).toEqual([]);
    expect(diagnostics.has('bad-note')).toBe(true);
  });

  it('end at a wholly empty one, as padding is read', () => {
    const bytes = new Bytes()
      .append(notesBytes([{ name: 'A', type: 1, desc: new Uint8Array(0) }]))
      .zeros(64)
      .bytes();
    const diagnostics = new Diagnostics();
    expect(readNotes(bytes, true, 0n, diagnostics)).toHaveLength(1);
    expect(diagnostics.list()).toEqual([]);
  });

  it('by the million are not all kept', () => {
    const bytes = new Uint8Array(12 << 20);
    for (let i = 8; i < bytes.length; i += 12) bytes[i] = 1;
    const diagnostics = new Diagnostics();
    expect(readNotes(bytes, true, 0n, diagnostics).length).toBe(1 << 18);
    expect(diagnostics.has('bad-note')).toBe(true);
  });

  it('aligned to eight are read so when told', () => {
    const out = new Bytes().u32(4, 16, 5).append([0x47, 0x4e, 0x55, 0]).align(8).zeros(16);
    out.u32(4, 4, 3).append([0x47, 0x4e, 0x55, 0]).align(8).append([1, 2, 3, 4]);
    const read = readNotes(out.bytes(), true, 0n, new Diagnostics(), 8);
    expect(read.map(({ type }) => type)).toEqual([5, 3]);
    expect([...(read[1]?.desc ?? [])]).toEqual([1, 2, 3, 4]);
  });
});
