import { describe, expect, it } from 'vitest';
import { RegisterSet } from '../../../src/engine/arch/registerSet.js';
import { jumpTarget } from '../../../src/engine/arch/x86_64/jumps.js';
import { bytesSource } from '../../../src/engine/base/byteSource.js';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { DebugInfo } from '../../../src/engine/dwarf/debugInfo.js';
import { ImageFacts } from '../../../src/engine/modules/imageFacts.js';
import type { ModuleImage } from '../../../src/engine/modules/moduleImage.js';
import { ModuleMap } from '../../../src/engine/modules/moduleMap.js';
import type { StackFrame } from '../../../src/engine/unwind/stackFrame.js';
import { tailCallsBetween } from '../../../src/engine/unwind/tailCalls.js';
import { prstatus } from '../../writers/coreNotes.js';
import { type HandAttribute, type HandDie, InfoWriter } from '../../writers/dwarfInfo.js';
import { openProcess } from '../process.js';

const BIAS = 0x5555_0000_0000n;
const SIZE = 0x40n;
const NAMES = ['top', 'first', 'middle', 'last', 'other', 'stub'] as const;
type Name = (typeof NAMES)[number];
const linkOf = (name: Name): bigint => 0x1000n + SIZE * BigInt(NAMES.indexOf(name));
const entryOf = (name: Name): bigint => BIAS + linkOf(name);

const address = (attribute: number, value: bigint): HandAttribute => [attribute, 0x01, (out) => out.u64(value)];
const flag = (attribute: number): HandAttribute => [attribute, 0x19, () => undefined];

/** How one function ends in jumps to others; the dialects of DWARF 5 by gcc and by clang, and of DWARF 4. */
type Dialect = 'gcc' | 'clang' | 'gnu';
interface HandFunction {
  readonly jumps?: readonly Name[];
  /** A jump through a register. */
  readonly indirect?: boolean;
  readonly incomplete?: boolean;
}

/** `top` calls `first`, or what is given; each function jumps at its offsets 0x10, 0x18... */
function processOf(functions: Partial<Record<Name, HandFunction>>, dialect: Dialect = 'gcc', called: Name = 'first') {
  const code = new Uint8Array(0x2000);
  const view = new DataView(code.buffer);
  const relative = (at: bigint, opcode: number, target: bigint): void => {
    code[Number(at)] = opcode;
    view.setInt32(Number(at) + 1, Number(target - (at + 5n)), true);
  };
  relative(linkOf('top'), 0xe8, linkOf(called));
  // A stub of the linker: jmp *slot(%rip), and the slot leads to `first`.
  const slot = 0x1800n;
  code.set([0xff, 0x25], Number(linkOf('stub')));
  view.setInt32(Number(linkOf('stub')) + 2, Number(slot - (linkOf('stub') + 6n)), true);
  view.setBigUint64(Number(slot), entryOf('first'), true);
  const dies = NAMES.filter((name) => name !== 'stub').map((name): HandDie => {
    const { jumps = [], indirect = false, incomplete = false } = functions[name] ?? {};
    const children = jumps.map((target, i): HandDie => {
      const at = linkOf(name) + 0x10n + 8n * BigInt(i);
      if (indirect) code.set([0x90, 0x90, 0x90, 0xff, 0xe0], Number(at));
      else relative(at, 0xe9, linkOf(target));
      if (dialect === 'clang') return { tag: 0x48, attributes: [address(0x81, at), flag(0x82)] };
      return dialect === 'gcc'
        ? { tag: 0x48, attributes: [address(0x7d, at + 5n), flag(0x82)] }
        : { tag: 0x4109, attributes: [address(0x11, at + 5n), flag(0x2115)] };
    });
    // A plain call is none.
    children.push({ tag: dialect === 'gnu' ? 0x4109 : 0x48, attributes: [address(0x7d, linkOf(name) + 5n)] });
    const all = incomplete ? [] : [flag(dialect === 'gnu' ? 0x2117 : 0x7a)];
    const range = [address(0x11, linkOf(name)), [0x12, 0x06, (out) => out.u32(Number(SIZE))] as HandAttribute];
    return { tag: 0x2e, attributes: [...range, ...all], children: [{ tag: 0x0b, children }] };
  });
  const root = {
    tag: 0x11,
    attributes: [address(0x11, 0x1000n), [0x12, 0x06, (out) => out.u32(0x1000)] as HandAttribute],
    children: dies,
  };
  const writer = new InfoWriter().unit({ version: dialect === 'gnu' ? 4 : 5, root });
  const sections = new Map([
    ['.debug_info', bytesSource(writer.info.bytes())],
    ['.debug_abbrev', bytesSource(writer.abbreviations.bytes())],
  ]);
  const debugInfo = new DebugInfo({ section: (name) => sections.get(name), littleEndian: true, addressSize: 8 });
  const { context } = openProcess({ notes: [prstatus(1)], loads: [{ vaddr: BIAS, bytes: code, flags: 'rx' }] });
  const image = { debugInfo, facts: new ImageFacts(), symbols: { find: () => undefined } } as unknown as ModuleImage;
  const end = BIAS + 0x2000n;
  const modules = new ModuleMap([
    {
      path: '/opt/server',
      start: BIAS,
      end,
      ranges: [{ start: BIAS, end, fileOffset: 0n, executable: true, writable: false }],
      bias: BIAS,
      buildId: undefined,
      image,
      debugImage: undefined,
      status: 'matched',
      refused: [],
    },
  ]);
  const between = (callee: Name, caller: Partial<StackFrame> = {}): string[] => {
    const frame = (pc: bigint, interrupted: boolean): StackFrame => ({
      pc: runtimeAddress(pc),
      registers: new RegisterSet(new Map()),
      trust: 'cfi',
      rejected: [],
      interrupted,
    });
    const above = { ...frame(entryOf('top') + 5n, false), ...caller };
    return tailCallsBetween({ ...context, modules }, frame(entryOf(callee) + 2n, true), above).map(
      (entry) => NAMES[Number((entry - BIAS - 0x1000n) / SIZE)] ?? '?',
    );
  };
  return { between };
}

describe('functions that left by tail calls', () => {
  const CHAIN = { first: { jumps: ['middle'] }, middle: { jumps: ['last'] } } as const;

  it.each<Dialect>(['gcc', 'clang', 'gnu'])('are told in the order of their calls, as %s has it', (dialect) => {
    expect(processOf(CHAIN, dialect).between('last')).toEqual(['first', 'middle']);
    expect(processOf(CHAIN, dialect).between('middle')).toEqual(['first']);
    expect(processOf(CHAIN, dialect).between('first')).toEqual([]);
  });

  it('are only those on every way', () => {
    const either = { ...CHAIN, first: { jumps: ['middle', 'other'] }, other: { jumps: ['last'] } } as const;
    expect(processOf(either).between('last')).toEqual(['first']);
    const joined = { ...CHAIN, first: { jumps: ['middle', 'other'] }, other: { jumps: ['middle'] } } as const;
    expect(processOf(joined).between('last')).toEqual(['first', 'middle']);
    const round = { first: { jumps: ['middle'] }, middle: { jumps: ['first', 'last'] } } as const;
    expect(processOf(round).between('last')).toEqual(['first', 'middle']);
  });

  it('are found behind a stub of the linker', () => {
    expect(processOf(CHAIN, 'gcc', 'stub').between('last')).toEqual(['first', 'middle']);
  });

  it.each<[string, Partial<Record<Name, HandFunction>>]>([
    ['a function may have jumps that are not listed', { ...CHAIN, middle: { jumps: ['last'], incomplete: true } }],
    ['a jump leads through a register', { ...CHAIN, middle: { jumps: ['last'], indirect: true } }],
    [
      'another way may have jumps that are not listed',
      { ...CHAIN, first: { jumps: ['middle', 'other'] }, other: { incomplete: true } },
    ],
    ['no way leads there', { first: { jumps: ['other'] } }],
  ])('are not told where %s', (_, functions) => {
    expect(processOf(functions).between('last')).toEqual([]);
  });

  it('are not told of a caller that was only guessed, or interrupted', () => {
    expect(processOf(CHAIN).between('last', { trust: 'scan' })).toEqual([]);
    expect(processOf(CHAIN).between('last', { interrupted: true })).toEqual([]);
  });
});

describe('a direct jump', () => {
  const at = runtimeAddress(0x1000n);
  it.each<[string, number[], boolean, bigint | undefined]>([
    ['jmp rel32', [0xe9, 0x10, 0, 0, 0, 0], false, 0x1015n],
    ['jmp rel8 backwards', [0xeb, 0xfe, 0, 0, 0, 0], false, 0x1000n],
    ['je rel32', [0x0f, 0x84, 0x10, 0, 0, 0], false, 0x1016n],
    ['jne rel8', [0x75, 0x10, 0, 0, 0, 0], false, 0x1012n],
    ['jmp *%rax', [0xff, 0xe0, 0, 0, 0, 0], false, undefined],
    ['what ends in jmp rel32', [0x90, 0xe9, 0x10, 0, 0, 0], true, 0x1016n],
    ['what ends in je rel32', [0x0f, 0x84, 0x10, 0, 0, 0], true, 0x1016n],
    ['what ends in jmp rel8', [0x90, 0x90, 0x90, 0x90, 0xeb, 0x10], true, 0x1016n],
    ['what ends in no jump', [0x90, 0x90, 0x90, 0x90, 0xff, 0xe0], true, undefined],
  ])('%s', (_, bytes, behind, expected) => {
    expect(jumpTarget(Uint8Array.from(bytes), at, behind)).toBe(expected);
  });
});
