import { describe, expect, it } from 'vitest';
import { i386 } from '../../../src/engine/arch/i386/i386.js';
import { readCore } from '../../../src/engine/core/coreImage.js';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { walkStack } from '../../../src/engine/unwind/stackwalker.js';
import { Bytes } from '../../writers/bytes.js';
import { writeCore } from '../../writers/elfCore.js';
import { openProcess, registers } from '../process.js';

const EM_386 = 3;
const CODE = 0x0804_8000n;
const STACK = 0xffff_0000n;

/** struct elf_prstatus of i386: registers of 4 bytes from 72 on. */
function prstatus(tid: number, values: readonly number[]) {
  const out = new Bytes().u32(11, 0, 0).u16(11, 0).u32(0, 0, tid, 1, tid, tid).upTo(72);
  return { name: 'CORE', type: 1, desc: out.u32(...values, 0).bytes() };
}

/** A call by register ends at +0x102 and at +0x202, a direct one that wraps at 2^32 at +0x302. */
function code() {
  const bytes = new Uint8Array(4096).fill(0x90);
  bytes.set([0xff, 0xd0], 0x100);
  bytes.set([0xff, 0xd0], 0x200);
  bytes.set([0xe8, 0xfe, 0xfc, 0xff, 0xff], 0x2fd);
  return { vaddr: CODE, bytes, flags: 'rx' };
}

function stack(words: Readonly<Record<number, number>>) {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  for (const [offset, value] of Object.entries(words)) view.setUint32(Number(offset), value, true);
  return { vaddr: STACK, bytes };
}

describe('a core of i386', () => {
  const words = {
    0x20: 0xffff0040,
    0x24: Number(CODE) + 0x102,
    0x40: 0xffff0080,
    0x44: Number(CODE) + 0x202,
    // A return address at a multiple of 4 that is none of 8, found by scanning.
    0x80: 1,
    0x94: Number(CODE) + 0x302,
  };
  const names = ['ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'eax', 'ds', 'es', 'fs', 'gs', 'orig_eax', 'eip', 'cs'];
  const values = names.map((name, i) => (name === 'ebp' ? 0xffff0020 : name === 'eip' ? Number(CODE) + 8 : i + 1));
  const shape = {
    is64: false,
    machine: EM_386,
    notes: [prstatus(7, [...values, 0x10246, 0xffff0010, 0x2b])],
    loads: [code(), stack(words)],
  };

  it('has its registers, by their names and of 4 bytes', () => {
    const core = readCore(bytesSource(writeCore(shape).bytes));
    expect(core?.architecture).toBe(i386);
    expect(core?.threads[0]?.tid).toBe(7);
    expect(Object.fromEntries(core?.threads[0]?.registers.entries() ?? [])).toMatchObject({
      ebx: 1n,
      ebp: 0xffff0020n,
      eip: CODE + 8n,
      eflags: 0x10246n,
      esp: 0xffff0010n,
      ss: 0x2bn,
    });
  });

  it('is walked by words of 4 bytes: frame pointers, then a scan', () => {
    const { context, core } = openProcess(shape);
    const start = core.threads[0]?.registers ?? registers({});
    const { frames } = walkStack({ ...context, architecture: i386 }, start, { limit: 16 });
    expect(frames.map(({ pc, trust, cfa }) => [trust, pc - CODE, cfa])).toEqual([
      ['context', 8n, STACK + 0x28n],
      ['framePointer', 0x102n, STACK + 0x48n],
      ['framePointer', 0x202n, STACK + 0x98n],
      ['scan', 0x302n, undefined],
    ]);
  });

  it('has calls whose targets wrap at 32 bits', () => {
    const { bytes } = code();
    const [site] = i386.callsBefore(bytes.subarray(0x2fa, 0x302), (CODE + 0x302n) as never);
    expect(site?.target).toBe(CODE);
    const [wrapped] = i386.callsBefore(Uint8Array.of(0xe8, 0, 0, 0, 0x80), 0x90000000n as never);
    expect(wrapped?.target).toBe(0x10000000n);
  });
});
