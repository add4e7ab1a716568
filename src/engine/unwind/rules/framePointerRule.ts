import { runtimeAddress } from '../../base/addresses.js';
import { at } from '../../base/memoryView.js';
import { RegisterSet } from '../../arch/registerSet.js';
import type { StackFrame } from '../stackFrame.js';
import { checkReturnAddress, isHandlerReturn, stackWord, type UnwindContext } from '../unwindContext.js';
import { isGoroutineEnd, isInjectedCall } from '../functionSymbol.js';
import { rejected, type StepResult } from './stepResult.js';

/** Farther than any frame but one with a huge array: a frame pointer beyond is taken for something else. */
const LARGEST_FRAME = 16n * 1024n * 1024n;

/**
 * The frame pointer points at the caller's saved one, and the return address lies above it. Believed only when it points above the
 * stack pointer into the same mapping and the word above it can be a return address; where the stack pointer points to no memory at all,
 * if the word follows a call.
 */
export function framePointerRule(context: UnwindContext, frame: StackFrame): StepResult {
  const { architecture, memory } = context;
  const stackPointer = frame.registers.get(architecture.stackPointer);
  const framePointer = frame.registers.get(architecture.framePointer);
  if (framePointer === undefined) return rejected(`%${architecture.framePointer} is not known here`);
  if (framePointer === 0n) return rejected(`%${architecture.framePointer} is 0`);
  const word = BigInt(architecture.stackWord);
  if (framePointer % word !== 0n) return rejected(`%${architecture.framePointer} is not aligned`);
  const misplaced = stackPointer === undefined ? undefined : placeProblem(context, stackPointer, framePointer);
  if (misplaced !== undefined) return rejected(`%${architecture.framePointer} ${misplaced}`);
  const base = runtimeAddress(framePointer);
  const saved = stackWord(context, base);
  const pc = stackWord(context, at(base, word));
  if (saved === undefined || pc === undefined) {
    const { rest } = memory.read(base, 2 * architecture.stackWord);
    return rest === 'notFetched'
      ? { kind: 'stop', stop: 'not-fetched' }
      : rejected(`[%${architecture.framePointer}] is not in the core`);
  }
  if (pc === 0n)
    return saved === 0n
      ? { kind: 'stop', stop: 'outermost' }
      : rejected('the return address above the frame pointer is 0');
  const check = checkReturnAddress(context, pc);
  // Without a stack pointer to measure by, the code must vouch for it.
  const stackLost = stackPointer !== undefined && context.core.segmentAt(stackPointer) === undefined;
  if (stackLost && check.kind !== 'call') return rejected(`no known call comes before 0x${pc.toString(16)}`);
  if (check.kind === 'notCode') return rejected(`0x${pc.toString(16)} above the frame pointer is not executable`);
  const injected = check.kind === 'notACall' && isInjectedCall(context, frame);
  if (
    check.kind === 'notACall' &&
    !injected &&
    !isHandlerReturn(context, framePointer + word, pc) &&
    !isGoroutineEnd(context, pc)
  )
    return rejected(`no call comes before 0x${pc.toString(16)} above the frame pointer`);
  const registers = new RegisterSet([
    [architecture.programCounter, pc],
    [architecture.stackPointer, framePointer + 2n * word],
    [architecture.framePointer, saved],
  ]);
  return {
    kind: 'caller',
    cfa: at(base, 2n * word),
    frame: { pc: runtimeAddress(pc), registers, trust: 'framePointer', rejected: [], interrupted: injected },
  };
}

/** Why a frame pointer cannot be one, as far as its place tells; a stack pointer that leads nowhere says nothing. */
function placeProblem(context: UnwindContext, stackPointer: bigint, framePointer: bigint): string | undefined {
  const segment = context.core.segmentAt(stackPointer);
  if (segment === undefined) return undefined;
  if (framePointer < stackPointer || framePointer - stackPointer > LARGEST_FRAME)
    return 'does not point above the stack pointer';
  return context.core.segmentAt(framePointer) === segment ? undefined : 'points outside the stack';
}
