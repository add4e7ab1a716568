import { describe, expect, it } from 'vitest';
import type { StackFrame, Walk } from '../../../src/engine/unwind/stackFrame.js';
import { framePointerRule } from '../../../src/engine/unwind/rules/framePointerRule.js';
import { scanRule } from '../../../src/engine/unwind/rules/scanRule.js';
import { runtimeAddress } from '../../../src/engine/base/addresses.js';
import { absent, type MemoryView } from '../../../src/engine/base/memoryView.js';
import { findSignalFrames } from '../../../src/engine/unwind/signalFrames.js';
import { walkStack } from '../../../src/engine/unwind/stackwalker.js';
import { checkReturnAddress } from '../../../src/engine/unwind/unwindContext.js';
import { prstatus } from '../../writers/coreNotes.js';
import type { HandLoad } from '../../writers/elfCore.js';
import { type HandSignalFrame, writeSignalFrame } from '../../writers/signalFrame.js';
import { openProcess, registers } from '../process.js';

const CODE = 0x40_0000n;
const HIDDEN = 0x50_0000n;
const STACK = 0x7ffd_0000_0000n;
const ALTERNATE = 0x7f00_0000_0000n;
/** Behind a call, in code that is known. */
const RETURN = CODE + 0x102n;
const RETURN_2 = CODE + 0x202n;
/** In code that is known, but behind no call. */
const NO_CALL = CODE + 0x180n;

function code(): HandLoad {
  const bytes = new Uint8Array(4096).fill(0x90);
  for (const at of [RETURN, RETURN_2]) bytes.set([0xff, 0xd0], Number(at - CODE) - 2);
  return { vaddr: CODE, bytes, flags: 'rx' };
}

/** A stack of 4 KiB with the given words, by offset. */
function stack(words: Readonly<Record<number, bigint>>, base = STACK): HandLoad {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  for (const [offset, value] of Object.entries(words)) view.setBigUint64(Number(offset), value, true);
  return { vaddr: base, bytes };
}

function contextOf(loads: readonly HandLoad[]) {
  const hidden: HandLoad = { vaddr: HIDDEN, memsz: 4096n, flags: 'rx' };
  return openProcess({ notes: [prstatus(1)], loads: [code(), hidden, ...loads] }).context;
}

function walk(loads: readonly HandLoad[], values: Readonly<Record<string, bigint>>, limit = 64): Walk {
  return walkStack(contextOf(loads), registers({ rip: CODE + 8n, ...values }), { limit });
}

function frame(values: Readonly<Record<string, bigint>>, interrupted = false): StackFrame {
  const all = registers({ rip: RETURN, ...values });
  return { pc: runtimeAddress(all.get('rip') ?? 0n), registers: all, trust: 'context', rejected: [], interrupted };
}

describe('a presumed return address', () => {
  const context = contextOf([stack({})]);

  it.each([
    ['behind a call', RETURN, 'call'],
    ['behind no call', NO_CALL, 'notACall'],
    ['in code whose bytes are not there', HIDDEN + 16n, 'unknown'],
    ['in the stack', STACK + 16n, 'notCode'],
    ['in the first page', 8n, 'notCode'],
    ['nowhere', 0xdead_0000n, 'notCode'],
    ['at the very start of code', CODE, 'notCode'],
    ['just behind the end of code', HIDDEN + 4096n, 'unknown'],
  ])('%s', (_, address, kind) => {
    expect(checkReturnAddress(context, address).kind).toBe(kind);
  });

  it('behind a direct call to what is no code is none', () => {
    const load = code();
    load.bytes?.set([0xe8, 0xff, 0xff, 0xff, 0x7f], 0x2fb);
    const { context: other } = openProcess({ notes: [prstatus(1)], loads: [load] });
    expect(checkReturnAddress(other, CODE + 0x300n).kind).toBe('notACall');
  });

  it('is looked at once, unless some of the bytes before it may still come', () => {
    // call *0x10(%rip) is six bytes long; as long as the first of them are not fetched the rest are no call.
    const load = code();
    load.bytes?.set([0xff, 0x15, 0x10, 0, 0, 0], 0x3fa);
    const { context: other } = openProcess({ notes: [prstatus(1)], loads: [load] });
    let fetched = false;
    let reads = 0;
    const memory: MemoryView = {
      read: (address, length) => {
        reads++;
        const hidden = !fetched && address < CODE + 0x3fcn;
        return hidden ? absent('notFetched') : other.memory.read(address, length);
      },
      word: (address) => other.memory.word(address),
    };
    const remembering = { ...other, memory, checked: new Map() };
    expect(checkReturnAddress(remembering, CODE + 0x400n).kind).toBe('notACall');
    fetched = true;
    expect(checkReturnAddress(remembering, CODE + 0x400n).kind).toBe('call');
    const before = reads;
    expect(checkReturnAddress(remembering, CODE + 0x400n)).toEqual(checkReturnAddress(other, CODE + 0x400n));
    expect(reads).toBe(before);
  });
});

describe('by frame pointer', () => {
  const chain = stack({ 0x100: STACK + 0x200n, 0x108: RETURN, 0x200: 0n, 0x208: RETURN_2 });

  it('the chain is followed, and its end is not guessed at', () => {
    const { frames } = walk([chain], { rsp: STACK + 0x80n, rbp: STACK + 0x100n });
    expect(frames.slice(0, 3).map(({ pc, trust }) => [pc, trust])).toEqual([
      [CODE + 8n, 'context'],
      [RETURN, 'framePointer'],
      [RETURN_2, 'framePointer'],
    ]);
    expect(frames[0]?.cfa).toBe(STACK + 0x110n);
    expect(frames[1]?.registers.get('rsp')).toBe(STACK + 0x110n);
    expect(frames[1]?.registers.get('rbp')).toBe(STACK + 0x200n);
    // A register that the rule does not recover is not known.
    expect(frames[1]?.registers.has('rbx')).toBe(false);
  });

  it('a saved 0 below a return address of 0 is the end', () => {
    const end = stack({ 0x100: 0n, 0x108: 0n });
    expect(walk([end], { rsp: STACK + 0x80n, rbp: STACK + 0x100n })).toMatchObject({ stop: 'outermost' });
  });

  it('a caller in code that is not in the core is believed', () => {
    const [, caller] = walk([stack({ 0x100: 0n, 0x108: HIDDEN + 16n })], {
      rsp: STACK + 0x80n,
      rbp: STACK + 0x100n,
    }).frames;
    expect(caller).toMatchObject({ pc: HIDDEN + 16n, trust: 'framePointer' });
  });

  it.each<[string, Readonly<Record<string, bigint>>, RegExp]>([
    ['it is not known', { rsp: STACK }, /not known/],
    ['it is 0', { rsp: STACK, rbp: 0n }, /is 0/],
    ['it is not aligned', { rsp: STACK, rbp: STACK + 0x101n }, /not aligned/],
    ['it points below the stack pointer', { rsp: STACK + 0x200n, rbp: STACK + 0x100n }, /above the stack pointer/],
    ['it points very far above', { rsp: STACK, rbp: STACK + 0x1000_0000n }, /above the stack pointer/],
    ['it points to another mapping', { rsp: STACK, rbp: STACK + 0x1000n }, /outside the stack/],
    ['what lies above it is no code', { rsp: STACK, rbp: STACK + 0x300n }, /not executable/],
    ['what lies above it is behind no call', { rsp: STACK, rbp: STACK + 0x400n }, /no call comes before/],
    ['the return address is 0 and the saved one is not', { rsp: STACK, rbp: STACK + 0x500n }, /is 0/],
  ])('it is rejected, with the reason: %s', (_, values, reason) => {
    const context = contextOf([
      stack({ 0x308: 0x1234_5678n, 0x408: NO_CALL, 0x500: STACK + 0x600n }),
      { vaddr: STACK + 0x1000n, bytes: new Uint8Array(64) },
    ]);
    const result = framePointerRule(context, frame(values));
    expect(result.kind).toBe('rejected');
    expect(result.kind === 'rejected' ? result.reason : '').toMatch(reason);
  });

  it('in memory that was not dumped is rejected, not read as zero', () => {
    const context = contextOf([{ vaddr: STACK, memsz: 4096n }]);
    expect(framePointerRule(context, frame({ rsp: STACK, rbp: STACK + 0x100n }))).toEqual({
      kind: 'rejected',
      reason: '[%rbp] is not in the core',
    });
  });
});

describe('by scanning', () => {
  it('the nearest word behind a call is taken, words behind none are passed over', () => {
    const context = contextOf([stack({ 0x10: NO_CALL, 0x18: STACK + 8n, 0x20: RETURN, 0x28: RETURN_2 })]);
    const result = scanRule(context, frame({ rsp: STACK, rbp: STACK + 0x400n }));
    expect(result).toMatchObject({ kind: 'caller', cfa: STACK + 0x28n, frame: { pc: RETURN, trust: 'scan' } });
    expect(result.kind === 'caller' ? result.frame.registers.get('rbp') : undefined).toBe(STACK + 0x400n);
  });

  it('a frame pointer that was passed is not kept', () => {
    const result = scanRule(contextOf([stack({ 0x20: RETURN })]), frame({ rsp: STACK, rbp: STACK + 8n }));
    expect(result.kind === 'caller' ? result.frame.registers.has('rbp') : undefined).toBe(false);
  });

  it('it says why when it finds nothing', () => {
    const context = contextOf([stack({})]);
    expect(scanRule(context, frame({ rsp: STACK }))).toMatchObject({ kind: 'rejected', reason: /no return address/ });
    expect(scanRule(context, frame({ rsp: STACK + 4n }))).toMatchObject({ kind: 'rejected', reason: /aligned/ });
    expect(scanRule(context, frame({ rsp: 0x1000n }))).toEqual({ kind: 'stop', stop: 'unreadable-stack' });
  });

  it('a frame found so tells why the stronger rules did not find it', () => {
    const [, caller] = walk([stack({ 0x20: RETURN })], { rsp: STACK, rbp: 0n }).frames;
    expect(caller?.trust).toBe('scan');
    expect(caller?.rejected).toEqual([expect.stringMatching(/module/), expect.stringMatching(/%rbp is 0/)]);
  });
});

describe('a pc that is no code', () => {
  it('was called: the return address is on top', () => {
    const { frames } = walk([stack({ 0x100: RETURN })], { rip: 0n, rsp: STACK + 0x100n });
    expect(frames[1]).toMatchObject({ pc: RETURN, trust: 'context' });
    expect(frames[1]?.registers.get('rsp')).toBe(STACK + 0x108n);
  });

  it('or was returned to, if so told: the top is not taken', () => {
    const context = contextOf([stack({ 0x100: RETURN, 0x108: RETURN_2, 0x180: 0n, 0x188: RETURN_2 })]);
    const values = registers({ rip: 0n, rsp: STACK + 0x100n, rbp: STACK + 0x180n });
    const { frames } = walkStack(context, values, { limit: 8, lastTransfer: 'returned' });
    expect(frames[1]).toMatchObject({ pc: RETURN_2, trust: 'framePointer' });
  });
});

describe('every walk ends', () => {
  it('at its limit', () => {
    const words: Record<number, bigint> = {};
    for (let at = 0x100; at < 0xf00; at += 16)
      Object.assign(words, { [at]: STACK + BigInt(at + 16), [at + 8]: RETURN });
    expect(walk([stack(words)], { rsp: STACK + 0x80n, rbp: STACK + 0x100n }, 10)).toMatchObject({
      stop: 'frame-limit',
    });
    expect(walk([stack(words)], { rsp: STACK + 0x80n, rbp: STACK + 0x100n }, 10).frames).toHaveLength(10);
  });

  it('where frame pointers run in a circle', () => {
    const circle = stack({ 0x100: STACK + 0x200n, 0x108: RETURN, 0x200: STACK + 0x100n, 0x208: RETURN_2 });
    const { frames } = walk([circle], { rsp: STACK + 0x80n, rbp: STACK + 0x100n }, 1000);
    expect(frames.length).toBeLessThan(10);
  });

  it('without registers at once', () => {
    const context = contextOf([]);
    expect(walkStack(context, registers({}), { limit: 8 })).toEqual({ frames: [], stop: 'no-architecture' });
  });
});

describe('through a signal frame', () => {
  const interrupted: HandSignalFrame['registers'] = { rip: CODE + 0x40n, rsp: STACK + 0xf00n, rbp: 0n };
  const shape: HandSignalFrame = { registers: interrupted, trampoline: HIDDEN + 0x20n, stateSize: 576 };

  function withFrame(from: bigint, base: bigint, moreLoads: readonly HandLoad[] = []) {
    const written = writeSignalFrame(from, shape);
    const load = stack({}, base);
    load.bytes?.set(written.bytes, Number(written.address - base));
    return { written, context: contextOf([load, ...moreLoads]) };
  }

  /** Registers of a handler that the kernel called: the trampoline's address is on top of its frame. */
  const handler = (frameAt: bigint) => registers({ rip: CODE + 8n, rsp: frameAt - 64n, rbp: frameAt - 8n });

  it('the walk goes on where the signal interrupted, with all registers', () => {
    const { written, context } = withFrame(STACK + 0xf00n, STACK);
    const { frames } = walkStack(context, handler(written.address), { limit: 8 });
    expect(frames.slice(0, 3).map(({ pc, trust }) => [pc, trust])).toEqual([
      [CODE + 8n, 'context'],
      [HIDDEN + 0x20n, 'framePointer'],
      [CODE + 0x40n, 'signalFrame'],
    ]);
    expect(frames[2]).toMatchObject({ interrupted: true, signalFrame: { address: written.address } });
    expect(frames[2]?.registers.get('rsp')).toBe(STACK + 0xf00n);
  });

  it('it is crossed from an alternate stack, whichever of the two lies higher', () => {
    for (const base of [ALTERNATE, STACK + 0x10_0000n]) {
      const { written, context } = withFrame(base + 0xf00n, base, [stack({ 0xf08: RETURN })]);
      const { frames } = walkStack(context, handler(written.address), { limit: 8 });
      expect(frames[2]).toMatchObject({ pc: CODE + 0x40n, trust: 'signalFrame' });
      // On the other stack the walk goes on.
      expect(frames[3]).toMatchObject({ pc: RETURN, trust: 'scan' });
    }
  });

  it('below the stack pointer frames are stale, above it active', () => {
    const { written, context } = withFrame(STACK + 0xf00n, STACK);
    const below = findSignalFrames(context, STACK + 0xf00n, []);
    expect(below.stale.map(({ address }) => address)).toEqual([written.address]);
    expect(below.active).toEqual([]);
    const above = findSignalFrames(context, written.address - 128n, []);
    expect(above.active.map(({ address }) => address)).toEqual([written.address]);
    expect(above.stale).toEqual([]);
  });

  it('a frame whose trampoline is no code is none', () => {
    const written = writeSignalFrame(STACK + 0xf00n, { ...shape, trampoline: STACK + 8n });
    const load = stack({});
    load.bytes?.set(written.bytes, Number(written.address - STACK));
    expect(findSignalFrames(contextOf([load]), STACK + 0xf00n, [])).toEqual({ active: [], stale: [] });
  });
});
