import type { RegisterSet } from '../arch/registerSet.js';
import { runtimeAddress } from '../base/addresses.js';
import type { LastTransfer } from './knownSteps.js';
import { cfiRule } from './rules/cfiRule.js';
import { codeRule } from './rules/codeRule.js';
import { framePointerRule } from './rules/framePointerRule.js';
import { scanRule } from './rules/scanRule.js';
import { signalFrameRule } from './rules/signalFrameRule.js';
import type { StepResult } from './rules/stepResult.js';
import type { StackFrame, UnwindStop, Walk } from './stackFrame.js';
import { isCode, isPlausibleReturnAddress, stackWord, type UnwindContext } from './unwindContext.js';

export interface WalkOptions {
  /** At most so many frames. */
  readonly limit: number;
  /**
   * What to take the innermost frame for when its pc is no code: `called`, the return address is at the stack pointer; `returned`,
   * it was popped and the caller's frame starts at the stack pointer.
   */
  readonly lastTransfer?: LastTransfer;
}

/** Walks the stack from a thread's registers outwards. Never throws; ends for one of the reasons of `UnwindStop`. */
export function walkStack(context: UnwindContext, registers: RegisterSet, options: WalkOptions): Walk {
  const pc = registers.get(context.architecture.programCounter);
  if (pc === undefined) return { frames: [], stop: 'no-architecture' };
  const first: StackFrame = { pc: runtimeAddress(pc), registers, trust: 'context', rejected: [], interrupted: true };
  return walkOn(context, first, options);
}

/** Walks outwards from a frame that is already known; the frame is the first of the result. */
export function walkOn(context: UnwindContext, first: StackFrame, options: WalkOptions): Walk {
  const frames: StackFrame[] = [first];
  for (let frame = first; ;) {
    if (frames.length >= options.limit) return { frames, stop: 'frame-limit' };
    const step = stepOut(context, frame, frames.length === 1 ? (options.lastTransfer ?? 'called') : 'called');
    if (step.kind !== 'caller') return { frames, stop: step.kind === 'stop' ? step.stop : 'no-rule' };
    frame.cfa = step.cfa;
    if (goesNowhere(context, frame, step.frame)) return { frames, stop: 'repeated-cfa' };
    frames.push(step.frame);
    frame = step.frame;
  }
}

/** The caller of a frame by the strongest rule that applies, with the reasons against the stronger ones. */
export function stepOut(context: UnwindContext, frame: StackFrame, lastTransfer: LastTransfer): StepResult {
  const { steps } = context;
  const take = (): StepResult => takeStep(context, frame, lastTransfer);
  return steps === undefined ? take() : steps.from(frame, lastTransfer, take);
}

function takeStep(context: UnwindContext, frame: StackFrame, lastTransfer: LastTransfer): StepResult {
  const lost = frame.interrupted && !isCode(context, frame.pc);
  const rules: readonly Rule[] = lost
    ? lastTransfer === 'called'
      ? [returnAddressOnTop, framePointerRule, scanRule]
      : [framePointerRule, scanRule]
    : [signalFrameRule, cfiRule, codeRule, framePointerRule, scanRule];
  const reasons: string[] = [];
  for (const rule of rules) {
    const result = rule(context, frame);
    if (result.kind === 'caller')
      return reasons.length === 0
        ? result
        : { kind: 'caller', cfa: result.cfa, frame: { ...result.frame, rejected: reasons } };
    if (result.kind === 'stop') return result;
    if (result.reason !== '') reasons.push(result.reason);
  }
  return { kind: 'stop', stop: 'no-rule' };
}

type Rule = (context: UnwindContext, frame: StackFrame) => StepResult;

/** A call to an address without code: the return address is still where the call put it. */
function returnAddressOnTop(context: UnwindContext, frame: StackFrame): StepResult {
  const { architecture } = context;
  const stackPointer = frame.registers.get(architecture.stackPointer);
  const inRegister = architecture.returnAddress === 'register';
  const pc = inRegister
    ? frame.registers.get('x30')
    : stackPointer === undefined
      ? undefined
      : stackWord(context, stackPointer);
  if (stackPointer === undefined || pc === undefined)
    return { kind: 'rejected', reason: 'the word at the stack pointer is not in the core' };
  if (!isPlausibleReturnAddress(context, pc))
    return { kind: 'rejected', reason: 'the word at the stack pointer is no return address' };
  const cfa = runtimeAddress(inRegister ? stackPointer : stackPointer + BigInt(architecture.stackWord));
  const registers = frame.registers.with({ [architecture.programCounter]: pc, [architecture.stackPointer]: cfa });
  return {
    kind: 'caller',
    cfa,
    frame: { pc: runtimeAddress(pc), registers, trust: 'context', rejected: [], interrupted: false },
  };
}

/** The stack must shrink from frame to frame, except where a signal switched stacks. */
function goesNowhere(context: UnwindContext, frame: StackFrame, caller: StackFrame): boolean {
  if (caller.signalFrame !== undefined) return false;
  const { stackPointer } = context.architecture;
  const below = frame.registers.get(stackPointer);
  const above = caller.registers.get(stackPointer);
  // A stack pointer that was lost is no measure either.
  if (below === undefined || above === undefined || context.core.segmentAt(below) === undefined) return false;
  return above < below || (above === below && caller.pc === frame.pc);
}

/** Every reason a walk can give, in words. */
export function stopText(stop: UnwindStop): string {
  switch (stop) {
    case 'outermost':
      return 'outermost frame';
    case 'repeated-cfa':
      return 'the next frame would not lie above this one';
    case 'frame-limit':
      return 'frame limit reached';
    case 'unreadable-stack':
      return 'the stack goes on in memory that is not in this core';
    case 'not-fetched':
      return 'the stack goes on in memory that was not fetched';
    case 'no-rule':
      return 'no rule finds a caller';
    case 'no-architecture':
      return 'registers of this architecture are not decoded';
  }
}
