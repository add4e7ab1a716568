import { runtimeAddress } from '../../base/addresses.js';
import { RegisterSet } from '../../arch/registerSet.js';
import type { StackDepth } from '../stackDepths.js';
import { isOutermost, isPart, symbolOf } from '../functionSymbol.js';
import type { StackFrame } from '../stackFrame.js';
import { checkReturnAddress, isHandlerReturn, isPlausibleReturnAddress, type UnwindContext } from '../unwindContext.js';
import { rejected, type StepResult } from './stepResult.js';

/**
 * The function's own code, where there is no call-frame information: what it pushed and subtracted up to the pc tells how far above
 * the stack pointer its return address is. Finds the callers of functions that have made no frame yet, take theirs down, or never
 * make one; where the function keeps a frame pointer that rule is the surer one.
 *
 * Where a function starts is known from its symbol, or from the call that is behind a return address and leads to it.
 */
export function codeRule(context: UnwindContext, frame: StackFrame): StepResult {
  const symbol = symbolOf(context, frame);
  if (!frame.interrupted && symbol !== undefined && isOutermost(symbol)) return { kind: 'stop', stop: 'outermost' };
  const stackPointer = frame.registers.get(context.architecture.stackPointer);
  if (stackPointer === undefined || context.depths === undefined) return rejected('');
  if (stackPointer % 8n !== 0n) return rejected('the stack pointer is not aligned to 8');
  const read = symbol === undefined || isPart(symbol) ? undefined : context.depths.at(symbol.start, frame.pc);
  if (read?.hasFramePointer === true) return rejected('');
  const found =
    read?.depth === undefined ? byCall(context, frame, stackPointer) : { ...read, slot: stackPointer + read.depth };
  if (found === undefined) return rejected('the code does not tell where the return address is');
  return callerAt(context, frame, found);
}

interface Found extends Pick<StackDepth, 'saved'> {
  /** Where the return address lies. */
  readonly slot: bigint;
}

function callerAt(context: UnwindContext, frame: StackFrame, { slot, saved }: Found): StepResult {
  const { architecture, memory } = context;
  const pc = memory.word(runtimeAddress(slot));
  if (pc === undefined) {
    const { rest } = memory.read(runtimeAddress(slot), 8);
    return rest === 'notFetched'
      ? { kind: 'stop', stop: 'not-fetched' }
      : rejected(`the code leads to 0x${slot.toString(16)}, which is not in the core`);
  }
  if (!isPlausibleReturnAddress(context, pc) && !isHandlerReturn(context, slot, pc))
    return rejected(`the code leads to 0x${pc.toString(16)}, which is no return address`);
  const values = new Map([
    [architecture.programCounter, pc],
    [architecture.stackPointer, slot + 8n],
  ]);
  for (const number of architecture.calleeSaved) {
    const register = architecture.dwarfRegisters[number];
    if (register === undefined) continue;
    const place = saved.get(register);
    const value = place === undefined ? frame.registers.get(register) : memory.word(runtimeAddress(slot - place));
    if (value !== undefined) values.set(register, value);
  }
  return {
    kind: 'caller',
    cfa: runtimeAddress(slot + 8n),
    frame: {
      pc: runtimeAddress(pc),
      registers: new RegisterSet(values),
      trust: 'context',
      rejected: [],
      interrupted: false,
    },
  };
}

/** Words above the stack pointer among which a stripped function's return address is looked for. */
const WORDS = 64;

/** The return address behind a direct call to a function that, as its code goes, has its return address just there. */
function byCall(context: UnwindContext, frame: StackFrame, stackPointer: bigint): Found | undefined {
  // Once for a stack is cheap; a stack made to do harm has a hundred thousand frames.
  if (!frame.interrupted) return undefined;
  for (let i = 0; i < WORDS; i++) {
    const slot = stackPointer + BigInt(8 * i);
    const word = context.memory.word(runtimeAddress(slot));
    if (word === undefined) return undefined;
    const check = checkReturnAddress(context, word);
    if (check.kind !== 'call' || check.site.target === undefined || check.site.target > frame.pc) continue;
    const read = context.depths?.at(check.site.target, frame.pc);
    if (read?.depth === BigInt(8 * i) && !read.hasFramePointer) return { slot, saved: read.saved };
  }
  return undefined;
}
