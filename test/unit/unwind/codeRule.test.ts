import { describe, expect, it } from 'vitest';
import { x86_64 } from '../../../src/engine/arch/x86_64/x86_64.js';
import { StackDepths } from '../../../src/engine/unwind/stackDepths.js';
import { walkStack } from '../../../src/engine/unwind/stackwalker.js';
import { isHandlerReturn, type UnwindContext } from '../../../src/engine/unwind/unwindContext.js';
import { createIcedDisassembler } from '../../../src/io/icedDisassembler.js';
import { fileNote, prstatus } from '../../writers/coreNotes.js';
import { type HandSymbol, TEXT, writeBinary } from '../../writers/elfBinary.js';
import type { HandLoad } from '../../writers/elfCore.js';
import { writeSignalFrame } from '../../writers/signalFrame.js';
import { openProcess, provider, registers } from '../process.js';

const BASE = 0x40_0000n;
const CODE = BASE + BigInt(TEXT);
const MAPPED = [
  { start: BASE, end: CODE, path: '/app' },
  { start: CODE, end: CODE + 0x1000n, page: 1n, path: '/app' },
];
const STACK = 0x7ffd_0000_0000n;
const disassembler = createIcedDisassembler();

/** A program at `/app` with code at offsets and no call-frame information, and a stack with words at offsets. */
function contextOf(
  code: Readonly<Record<number, string>>,
  symbols: readonly HandSymbol[],
  stack: Readonly<Record<number, bigint>>,
  more: readonly HandLoad[] = [],
): UnwindContext {
  const text = new Uint8Array(4096).fill(0xcc);
  for (const [at, hex] of Object.entries(code)) text.set(Buffer.from(hex.replaceAll(' ', ''), 'hex'), Number(at));
  const file = writeBinary({ text, symbols });
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  for (const [offset, value] of Object.entries(stack)) view.setBigUint64(Number(offset), value, true);
  const { context } = openProcess(
    {
      notes: [prstatus(1), fileNote(MAPPED)],
      loads: [
        { vaddr: BASE, bytes: file.subarray(0, 0x1000), flags: 'r' },
        { vaddr: CODE, bytes: text, flags: 'rx' },
        { vaddr: STACK, bytes },
        ...more,
      ],
    },
    provider({ '/app': file }),
  );
  return { ...context, depths: new StackDepths(x86_64, context.memory, disassembler) };
}

function symbol(name: string, offset: number, size = 0x40): HandSymbol {
  return { name, value: BigInt(TEXT + offset), size };
}

function walk(context: UnwindContext, offset: number, values: Readonly<Record<string, bigint>>) {
  return walkStack(context, registers({ rip: CODE + BigInt(offset), rsp: STACK, ...values }), { limit: 16 });
}

/** call to the instruction at offset 0x100, from 0x200; returns to 0x205. */
const CALL_AT_200 = { 0x200: 'e8 fbfeffff' };
const RETURN = CODE + 0x205n;

describe('a frame by what the code did to the stack', () => {
  it('of a function that has pushed nothing yet: its caller is on top, and keeps the frame pointer', () => {
    const context = contextOf({ 0x100: '90 90 90', ...CALL_AT_200 }, [symbol('leaf', 0x100)], {
      0: RETURN,
      0x100: STACK + 0x200n,
      0x108: CODE + 0x205n,
    });
    const [, caller] = walk(context, 0x101, { rbp: STACK + 0x100n, rbx: 7n }).frames;
    expect(caller).toMatchObject({ pc: RETURN, trust: 'context', interrupted: false });
    expect(caller?.registers.get('rsp')).toBe(STACK + 8n);
    expect(caller?.registers.get('rbp')).toBe(STACK + 0x100n);
    expect(caller?.registers.get('rbx')).toBe(7n);
  });

  it('of one without frame pointer: what it pushed is given back', () => {
    // push rbx; push rbp; sub 0x10
    const context = contextOf({ 0x100: '53 55 4883ec10 90', ...CALL_AT_200 }, [symbol('f', 0x100)], {
      0x10: 0xb9n,
      0x18: 0xbbn,
      0x20: RETURN,
    });
    const [, caller] = walk(context, 0x106, { rbp: 1n, rbx: 2n }).frames;
    expect(caller).toMatchObject({ pc: RETURN, trust: 'context' });
    expect(['rsp', 'rbx', 'rbp'].map((name) => caller?.registers.get(name))).toEqual([STACK + 0x28n, 0xbbn, 0xb9n]);
  });

  it('of a stripped one: the call behind the return address names where it starts', () => {
    const context = contextOf({ 0x100: '50 50 90', ...CALL_AT_200 }, [], { 8: RETURN + 1n, 0x10: RETURN });
    expect(walk(context, 0x102, {}).frames[1]).toMatchObject({ pc: RETURN, trust: 'context' });
    // At another depth than that function's code makes, the same word is only a guess.
    const elsewhere = contextOf({ 0x100: '50 50 90', ...CALL_AT_200 }, [], { 0x18: RETURN });
    expect(walk(elsewhere, 0x102, {}).frames[1]).toMatchObject({ pc: RETURN, trust: 'scan' });
  });

  it('is not believed when no call comes before the word it leads to, nor for the part of a function that is jumped into', () => {
    const code = { 0x100: '90 90', ...CALL_AT_200 };
    const stray = contextOf(code, [symbol('leaf', 0x100)], { 0: CODE + 0x300n, 8: RETURN });
    expect(walk(stray, 0x101, {}).frames[1]).toMatchObject({ pc: RETURN, trust: 'scan' });
    const cold = contextOf({ 0x140: '90 90', ...CALL_AT_200 }, [symbol('leaf.cold', 0x140)], { 8: RETURN });
    expect(walk(cold, 0x141, {}).frames[1]).toMatchObject({ trust: 'scan' });
  });

  it('leaves it to the frame pointer once the function has set its own', () => {
    const code = { 0x100: '55 4889e5 90', ...CALL_AT_200 };
    const context = contextOf(code, [symbol('f', 0x100)], { 0x40: 0n, 0x48: RETURN });
    expect(walk(context, 0x104, { rbp: STACK + 0x40n }).frames[1]).toMatchObject({ trust: 'framePointer' });
  });
});

describe('the runtime of Go', () => {
  it('goes on in a function that nothing called: what was interrupted is its caller', () => {
    const code = { 0x100: '55 4889e5 90', 0x180: '90 90 90 90' };
    const words = { 0x40: STACK + 0x80n, 0x48: CODE + 0x182n };
    const symbols = [symbol('runtime.sigpanic', 0x100), symbol('main.work', 0x180)];
    const [, caller] = walk(contextOf(code, symbols, words), 0x104, { rbp: STACK + 0x40n }).frames;
    expect(caller).toMatchObject({ pc: CODE + 0x182n, trust: 'framePointer', interrupted: true });
    // Of any other function that is no frame.
    const other = contextOf(code, [symbol('main.sigpanic', 0x100), symbol('main.work', 0x180)], words);
    expect(walk(other, 0x104, { rbp: STACK + 0x40n }).frames).toHaveLength(1);
  });

  it('ends the stack of a goroutine in goexit', () => {
    const code = { 0x100: '55 4889e5 90', 0x180: '90 e800000000' };
    const symbols = [symbol('main.work', 0x100), symbol('runtime.goexit.abi0', 0x180)];
    const context = contextOf(code, symbols, { 0x40: STACK + 0x80n, 0x48: CODE + 0x181n });
    const { frames, stop } = walk(context, 0x104, { rbp: STACK + 0x40n });
    expect(frames.map(({ pc }) => pc)).toEqual([CODE + 0x104n, CODE + 0x181n]);
    expect(stop).toBe('outermost');
  });
});

describe('the return address of a signal handler', () => {
  const SIGNAL_STACK = STACK + 0x10_0000n;

  function handled(trampoline: string, magic = true) {
    const written = writeSignalFrame(SIGNAL_STACK + 0x2000n, {
      registers: { rip: CODE + 0x300n, rsp: STACK + 0x80n },
      trampoline: CODE + 0x100n,
    });
    const bytes = new Uint8Array(0x2000);
    bytes.set(written.bytes, Number(written.address - SIGNAL_STACK));
    if (!magic) bytes.fill(0, Number(written.state - SIGNAL_STACK) + 464, Number(written.state - SIGNAL_STACK) + 488);
    const load: HandLoad = { vaddr: SIGNAL_STACK, bytes };
    return { slot: written.address, context: contextOf({ 0x100: trampoline }, [], {}, [load]) };
  }

  it.each([
    ['mov $15, %rax; syscall', '48c7c00f000000 0f05'],
    ['mov $15, %eax; syscall', 'b80f000000 0f05'],
  ])('is one without extended state too, where the code is %s', (_, code) => {
    const { slot, context } = handled(code, false);
    expect(isHandlerReturn(context, slot, CODE + 0x100n)).toBe(true);
    expect(isHandlerReturn(context, slot + 8n, CODE + 0x100n)).toBe(false);
  });

  it('is told by the shape of the frame where the code is another', () => {
    const other = 'b801000000 0f05';
    const whole = handled(other);
    expect(isHandlerReturn(whole.context, whole.slot, CODE + 0x100n)).toBe(true);
    const stateless = handled(other, false);
    expect(isHandlerReturn(stateless.context, stateless.slot, CODE + 0x100n)).toBe(false);
  });
});
