import { runtimeAddress } from '../base/addresses.js';
import { cfaAt, cfiRowOf } from '../unwind/rules/cfiRule.js';
import type { StackFrame } from '../unwind/stackFrame.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { type Evidence, register } from './evidence.js';
import { nameOfReturn, type RuleContext } from './ruleContext.js';

/**
 * Where longjmp had gone back to when the function there returned, and found a bad word: glibc's __longjmp jumps through %rdx with the new stack
 * pointer in %r8 and the new frame pointer in %r9 (sysdeps/x86_64/__longjmp.S), and a short function leaves them there. Of a function that
 * had returned since setjmp the frame may hold anything.
 *
 * @param after the stack pointer behind the return
 * @returns the address behind the call of setjmp
 */
export function jumpedBack(rule: RuleContext, after: bigint): bigint | undefined {
  const { registers } = rule.crash;
  const { programCounter, stackPointer, framePointer } = rule.unwind.architecture;
  const [target, sp, fp] = [registers.get('rdx'), registers.get('r8'), registers.get('r9')];
  if (target === undefined || sp === undefined || fp === undefined || sp >= after) return undefined;
  const { kind } = checkReturnAddress(rule.unwind, target);
  if (kind !== 'call' && kind !== 'unknown') return undefined;
  const frame: StackFrame = {
    pc: runtimeAddress(target),
    registers: registers.with({ [programCounter]: target, [stackPointer]: sp, [framePointer]: fp }),
    trust: 'context',
    rejected: [],
    interrupted: false,
  };
  const cfa = typeof cfiRowOf(rule.unwind, frame) === 'string' ? fp + ABOVE_FRAME_POINTER : cfaAt(rule.unwind, frame);
  return cfa === after ? target : undefined;
}

/** The saved frame pointer and the return address. */
const ABOVE_FRAME_POINTER = 16n;

/** What to say where a function returned to which longjmp had gone back. */
export function afterLongjmp(rule: RuleContext, name: string, target: bigint): Evidence {
  return {
    rule: name,
    text: `%rdx, %r8 and %r9 are still those with which longjmp went back to ${nameOfReturn(rule, target)}: the frame it restored ends at just this %rsp, so it was that function's return, and its frame had been left, or written over, since setjmp`,
    weight: 0.6,
    refs: [register('rdx'), register('r8'), register('r9')],
  };
}
