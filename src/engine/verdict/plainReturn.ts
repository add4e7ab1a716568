import { runtimeAddress } from '../base/addresses.js';
import { linkBetween } from '../unwind/coherence.js';
import type { StackFrame } from '../unwind/stackFrame.js';
import { stepOut } from '../unwind/stackwalker.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { type Evidence, register } from './evidence.js';
import { jumpedBack } from './longjmpReturn.js';
import { mayJumpOn } from './callReading.js';
import { calledAt } from './calledFunction.js';
import { shapeOf } from './functionShape.js';
import { type RuleContext, wordAt } from './ruleContext.js';

export type PlainReturn = 'holds' | 'longjmp' | 'leftover' | 'refuted' | 'unknown' | 'unread';

/** What a stack pointer that is no multiple of 16 needs for a plain return. */
export const MAY_HOLD: ReadonlySet<PlainReturn> = new Set(['holds', 'longjmp', 'leftover']);

/** How sure an overwritten return address is by that: without code a shift by a multiple of 16 cannot be excluded. */
export const OVERWRITTEN: Readonly<Record<PlainReturn, number>> = {
  holds: 0.92,
  longjmp: 0.92,
  leftover: 0.8,
  unknown: 0.92,
  refuted: 0.75,
  unread: 0.92,
};

/**
 * Whether a plain return, with the stack pointer in order, can have led here: then the caller's frame starts at the stack pointer, and
 * the distance to its own return address is one that the caller has at one of its calls. gcc keeps stacks of local functions
 * aligned to 8 only, so the remainder modulo 16 alone proves nothing.
 *
 * @param stackPointer as it is behind the return
 * @returns `longjmp` when it holds for a frame to which longjmp had gone back; `leftover` when it holds for a return address farther out, and a nearer one must then be left over from earlier; `refuted` when the nearest return address belongs to a function that has no call at that distance; `unread` when the code
 *   before it is not known
 */
export function plainReturn(rule: RuleContext, stackPointer = rule.sp): PlainReturn {
  if (jumpedBack(rule, stackPointer) !== undefined) return 'longjmp';
  let answer: 'refuted' | 'unknown' = 'unknown';
  /** The nearest return address that refutes a plain return is no leftover. */
  let isLive = false;
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  const aboveFramePointer = framePointer === undefined ? undefined : framePointer + 8n;
  for (let i = 0; i < SLOTS; i++) {
    const place = stackPointer + BigInt(8 * i);
    const address = wordAt(rule, place);
    if (address === undefined) break;
    const check = checkReturnAddress(rule.unwind, address);
    if (check.kind === 'unknown' && answer === 'unknown') return 'unread';
    if (check.kind !== 'call') continue;
    // Which function an indirect call led to is not known: any distance can be right, and what lies farther up is not the caller's.
    const called = calledAt(rule, check.site, address);
    if (called === undefined) {
      if (place === aboveFramePointer) return answer === 'refuted' ? 'leftover' : 'holds';
      return isLive ? 'refuted' : 'unknown';
    }
    const shape = shapeOf(rule, called);
    if (shape === undefined) continue;
    const cfa = place + 8n;
    if (shape.callOffsets.has(cfa - stackPointer)) return answer === 'refuted' ? 'leftover' : 'holds';
    if (shape.unmeasuredCalls > 0 && place === aboveFramePointer) return 'unknown';
    // A function without calls is nobody's caller, unless it jumped on to one that has some.
    const calls = shape.callOffsets.size > 0;
    if (!calls && (shape.unmeasuredCalls > 0 || mayJumpOn(rule, called))) continue;
    if (answer !== 'refuted') isLive = isOfLiveFrame(rule, place, address);
    answer = 'refuted';
  }
  return answer;
}

/**
 * Whether a return address was left by the last call of a function that has not returned: its own return address lies where its call-frame
 * information puts it, behind a direct call of that very function. What an earlier call left over has the return address of a later one there.
 */
function isOfLiveFrame(rule: RuleContext, place: bigint, address: bigint): boolean {
  const { programCounter, stackPointer } = rule.unwind.architecture;
  const frame: StackFrame = {
    pc: runtimeAddress(address),
    registers: rule.crash.registers.with({ [programCounter]: address, [stackPointer]: place + 8n }),
    trust: 'context',
    rejected: [],
    interrupted: false,
  };
  const step = stepOut(rule.unwind, frame, 'called');
  return (
    step.kind === 'caller' && step.frame.trust === 'cfi' && linkBetween(rule.unwind, frame, step.frame) === 'chained'
  );
}

/** What to say where a plain return holds although the stack pointer is no multiple of 16. */
export function calledUnaligned(rule: RuleContext, name: string): Evidence {
  const { stackPointer } = rule.unwind.architecture;
  return {
    rule: name,
    text: `%${stackPointer} is 8 modulo 16, and the caller on the stack has a call at just this distance: a plain return leaves it so`,
    weight: 0.4,
    refs: [register(stackPointer)],
  };
}

/** What to say where the stack pointer is a multiple of 16, and the caller's frame begins just there. */
export function atACall(rule: RuleContext, name: string): Evidence {
  const { stackPointer } = rule.unwind.architecture;
  return {
    rule: name,
    text: `the caller on the stack makes calls with its frame at just this distance from %${stackPointer}: the stack pointer is where a return leaves it`,
    weight: 0.4,
    refs: [register(stackPointer)],
  };
}

/** What to say where no function on the stack has its stack pointer at this distance when it calls. */
export function notAtACall(rule: RuleContext, name: string): Evidence {
  const { stackPointer } = rule.unwind.architecture;
  return {
    rule: name,
    text: `no function whose return address lies above has its frame at this distance from %${stackPointer}: a frame is missing, or the stack pointer was moved`,
    weight: -0.3,
    refs: [register(stackPointer)],
  };
}

const SLOTS = 64;
