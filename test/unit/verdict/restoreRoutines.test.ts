import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { findRestores, type RestoreRoutine } from '../../../src/engine/verdict/restoreHoles.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { FrameWriter } from '../../writers/dwarfFrames.js';
import { TEXT, writeBinary } from '../../writers/elfBinary.js';
import { CODE, judgedProcess, STACK } from './judgedProcess.js';

/** The ends of restores, as they lie in libraries. */
const LIBUNWIND = '488ba7a0000000 488b8fa8000000 51 488b8f98000000 488b7f68 c3'; // _Ux86_64_setcontext of 1.6.2
const LIBGCC = '4889cc 59 ffe1'; // __builtin_eh_return: mov %rcx,%rsp; pop %rcx; jmp *%rcx
const LONGJMP = '4c89c4 4c89cd ffe2'; // glibc's __longjmp: mov %r8,%rsp; mov %r9,%rbp; jmp *%rdx
const GO = '488b23 488b4328 488b5320 488b5b08 ffe3'; // like gogo: mov (%rbx),%rsp; ...; jmp *%rbx
const FROM_COPY = '4889c4 488b4f38 ffe1'; // mov %rax,%rsp; mov 0x38(%rdi),%rcx; jmp *%rcx
const EPILOGUE = '4889ec 5d c3'; // mov %rbp,%rsp; pop %rbp; ret
const RESOLVER = '4889dc 488b1c24 4883c418 41ffe3'; // mov %rbx,%rsp; mov (%rsp),%rbx; add $0x18,%rsp; jmp *%r11

function restoresIn(
  code: Readonly<Record<number, string>>,
  functions: readonly { start: number; size: number }[] = [],
): readonly RestoreRoutine[] {
  const text = new Uint8Array(4096).fill(0xcc);
  for (const [at, hex] of Object.entries(code)) text.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), Number(at));
  const frames = new FrameWriter(BigInt(2 * TEXT));
  const common = frames.common();
  for (const { start, size } of functions) frames.function(common, BigInt(TEXT + start), size, []);
  const { bytes, address } = frames.section();
  const sections = functions.length === 0 ? [] : [{ name: '.eh_frame', flags: 2n, address, bytes }];
  const image = ModuleImage.open('/library', bytesSource(writeBinary({ text, sections })));
  if (image === undefined) throw new Error('no image');
  return findRestores(image, createIcedDisassembler());
}

/** How many instructions of each routine read the context too late. */
function lateReads(code: Readonly<Record<number, string>>): number[] {
  return restoresIn(code).map((routine) => routine.lateReads.length);
}

describe('routines that restore a context', () => {
  it('have the hole when they read through the same pointer after moving %rsp', () => {
    expect(lateReads({ 0x40: LIBUNWIND })).toEqual([3]);
    expect(lateReads({ 0x40: GO })).toEqual([3]);
  });

  it('have it when %rsp came from a copy, and the target is still in the context', () => {
    expect(lateReads({ 0x40: FROM_COPY })).toEqual([1]);
  });

  it('are sound when they only read the stack they went to, or registers', () => {
    expect(lateReads({ 0x40: LIBGCC, 0x80: LONGJMP })).toEqual([0, 0]);
  });

  it('are no ends of plain functions, nor what moves %rsp once more', () => {
    expect(restoresIn({ 0x40: EPILOGUE, 0x80: RESOLVER })).toEqual([]);
  });

  it('begin where an instruction does, and are placed in their function', () => {
    // movabs $0x...e1ff59cc8948, %rax holds the bytes of libgcc's restore.
    const inside = `48b8 ${LIBGCC} 9090`;
    expect(restoresIn({ 0x40: inside })).toHaveLength(1);
    expect(restoresIn({ 0x40: inside }, [{ start: 0x40, size: 0x20 }])).toEqual([]);
    const [restore] = restoresIn({ 0x44: LIBGCC, 0x40: '90909090' }, [{ start: 0x40, size: 0x20 }]);
    expect(restore).toMatchObject({ address: BigInt(TEXT + 0x44), functionStart: BigInt(TEXT + 0x40) });
  });
});

describe('the unwinder of a program that holds its own', () => {
  const process = (code: Readonly<Record<number, string>>, name = 'work') =>
    judgedProcess({
      words: {},
      registers: { rip: CODE + 0x10n, rsp: STACK + 0x800n },
      code: Object.fromEntries(
        Object.entries(code).map(([at, hex]) => [at, [...Buffer.from(hex.replaceAll(' ', ''), 'hex')]]),
      ),
      functions: [{ name, start: 0x100, size: 0x100 }],
    }).unwinders();

  it('is found by name', () => {
    const [own, ...rest] = process({ 0x140: LIBGCC }, '_Unwind_RaiseException');
    expect(own).toMatchObject({ symbol: '_Unwind_RaiseException', target: CODE + 0x100n, hole: undefined });
    expect(rest).toEqual([]);
  });

  it('is found by its restore where the program is stripped, with the hole of libunwind', () => {
    const [own] = process({ 0x240: LIBUNWIND });
    expect(own).toMatchObject({ target: CODE + 0x240n, hole: { address: BigInt(TEXT + 0x240) } });
    expect(own).not.toHaveProperty('symbol');
  });

  it("is GCC's, and sound, although setcontext is in the program too", () => {
    expect(process({ 0x140: LIBGCC, 0x240: LIBUNWIND })).toMatchObject([{ target: CODE + 0x140n, hole: undefined }]);
  });

  it('is none where nothing restores a context but longjmp', () => {
    expect(process({ 0x140: LONGJMP })).toEqual([]);
  });
});
