import { runtimeAddress } from '../../base/addresses.js';
import { at } from '../../base/memoryView.js';
import { RegisterSet } from '../../arch/registerSet.js';
import type { StackFrame } from '../stackFrame.js';
import { checkReturnAddress, type UnwindContext } from '../unwindContext.js';
import { rejected, type StepResult } from './stepResult.js';

/** Farther than any frame but one with a huge array: a frame pointer beyond is taken for something else. */
const LARGEST_FRAME = 16n * 1024n * 1024n;

/**
 * The frame pointer points at the caller's saved one, and the return address lies above it. Believed only when it points above the
 * stack pointer into the same mapping and the word above it can be a return address.
 */
export function framePointerRule(context: UnwindContext, frame: StackFrame): StepResult {
  const { architecture, memory } = context;
  const stackPointer = frame.registers.get(architecture.stackPointer);
  const framePointer = frame.registers.get(architecture.framePointer);
  if (framePointer === undefined) return rejected(`%${architecture.framePointer} is not known here`);
  if (framePointer === 0n) return rejected(`%${architecture.framePointer} is 0`);
  if (framePointer % 8n !== 0n) return rejected(`%${architecture.framePointer} is not aligned`);
  if (stackPointer !== undefined && (framePointer < stackPointer || framePointer - stackPointer > LARGEST_FRAME)) {
    return rejected(`%${architecture.framePointer} does not point above the stack pointer`);
  }
  if (stackPointer !== undefined && context.core.segmentAt(framePointer) !== context.core.segmentAt(stackPointer)) {
    return rejected(`%${architecture.framePointer} points outside the stack`);
  }
  const base = runtimeAddress(framePointer);
  const saved = memory.word(base);
  const pc = memory.word(at(base, 8));
  if (saved === undefined || pc === undefined) {
    const { rest } = memory.read(base, 16);
    return rest === 'notFetched'
      ? { kind: 'stop', stop: 'not-fetched' }
      : rejected(`[%${architecture.framePointer}] is not in the core`);
  }
  if (pc === 0n)
    return saved === 0n
      ? { kind: 'stop', stop: 'outermost' }
      : rejected('the return address above the frame pointer is 0');
  const check = checkReturnAddress(context, pc);
  if (check.kind === 'notCode') return rejected(`0x${pc.toString(16)} above the frame pointer is not executable`);
  if (check.kind === 'notACall') return rejected(`no call comes before 0x${pc.toString(16)} above the frame pointer`);
  const registers = new RegisterSet([
    [architecture.programCounter, pc],
    [architecture.stackPointer, framePointer + 16n],
    [architecture.framePointer, saved],
  ]);
  return {
    kind: 'caller',
    cfa: at(base, 16),
    frame: { pc: runtimeAddress(pc), registers, trust: 'framePointer', rejected: [], interrupted: false },
  };
}
