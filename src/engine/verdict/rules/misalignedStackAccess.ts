import { runtimeAddress } from '../../base/addresses.js';
import { SIGSEGV } from '../../core/signals.js';
import type { Instruction } from '../../arch/disassembler.js';
import { asCalled, type CandidateStack } from '../candidateStacks.js';
import { functionStartOf, linkBetween } from '../../unwind/coherence.js';
import { cfaAt, cfiRowOf } from '../../unwind/rules/cfiRule.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import { checkReturnAddress } from '../../unwind/unwindContext.js';
import { frameAt, instruction, register } from '../evidence.js';
import { type Access, accessesOf } from '../effectiveAddress.js';
import type { Finding } from '../finding.js';
import { decodeAt, nameOf, type RuleContext } from '../ruleContext.js';
import { shapeOf } from '../functionShape.js';

const RULE = 'misaligned-stack-access';
const SI_KERNEL = 0x80;

/**
 * An aligned instruction faulted on a stack address while every return address is in place: %rsp was off already when the function
 * was called. The frame in whose body that happened is the first whose own frame address is a multiple of 16 again.
 */
export function misalignedAccess(rule: RuleContext): Finding | undefined {
  // A misaligned operand is a general protection fault; a page fault with an address is not one, and needs no decoding here.
  const { signal } = rule.crash;
  if (signal?.faultAddress !== undefined && signal.number === SIGSEGV && signal.code !== SI_KERNEL) return undefined;
  const decoded = decodeAt(rule, rule.pc);
  if (decoded === undefined || decoded.requiredAlignment === 0) return undefined;
  const { stackPointer, framePointer } = rule.unwind.architecture;
  const access = accessesOf(decoded, rule.crash.registers).find(
    (candidate) =>
      candidate.address % BigInt(decoded.requiredAlignment) !== 0n &&
      (candidate.operand.base === stackPointer || candidate.operand.base === framePointer),
  );
  if (access === undefined) return undefined;
  const stack = asCalled(rule);
  const { frames } = stack.walk;
  const culprit = firstAligned(rule, frames);
  if (culprit === undefined) return somewhereBelow(rule, decoded, access, stack);
  const frame = frames[culprit];
  const below = frames[culprit - 1];
  if (frame === undefined) return undefined;
  // rsp as it is in the culprit's body: its callee's frame address, or the crash's own rsp when it is the innermost.
  const actual = below === undefined ? rule.sp : cfaAt(rule.unwind, below);
  const expected = bodyStackPointer(rule, frame);
  const measured =
    actual === undefined || expected === undefined ? undefined : Number(BigInt.asIntN(64, actual - expected));
  const plausible = measured !== undefined && measured !== 0 && Math.abs(measured) <= 64 && measured % 16 !== 0;
  // Without the prologue only the remainder is known: a word too low is the likelier of the two.
  const shift = plausible ? measured : -8;
  const where = nameOf(rule, frame.pc);
  return {
    label: 'misaligned-stack',
    kind: 'rsp-shift',
    shift,
    confidence: plausible ? 0.93 : 0.75,
    address: 'misaligned',
    account: `%${stackPointer} was ${plausible ? `${Math.abs(shift)} bytes too ${shift < 0 ? 'low' : 'high'}` : 'off by an odd number of words'} in the body of ${where}; ${decoded.text} then met a stack address that is not a multiple of ${decoded.requiredAlignment}.`,
    evidence: [
      {
        rule: RULE,
        text: `${decoded.text} needs a multiple of ${decoded.requiredAlignment} and got 0x${access.address.toString(16)}`,
        weight: 0.6,
        refs: [instruction(runtimeAddress(rule.pc)), register(access.operand.base ?? stackPointer)],
      },
      {
        rule: RULE,
        text: `frame addresses are multiples of 16 from ${where} outwards, and 8 modulo 16 inside it`,
        weight: 0.7,
        refs: [frameAt(culprit)],
      },
      ...(plausible
        ? [
            {
              rule: RULE,
              text: `the prologue of ${where} leaves %${stackPointer} at 0x${(expected ?? 0n).toString(16)}; it was 0x${(actual ?? 0n).toString(16)}`,
              weight: 0.7,
              refs: [frameAt(culprit)],
            },
          ]
        : []),
    ],
    missing: plausible ? [] : ['how far %rsp was off could not be read from the prologue: 8 too low is assumed'],
    stack: { ...stack, id: 'asCalled' },
  };
}

/**
 * A compiler lets an instruction demand alignment of a place it names by the stack pointer only where the stack is aligned by convention:
 * it was off when the function was entered, wherever that began.
 */
function somewhereBelow(
  rule: RuleContext,
  decoded: Instruction,
  access: Access,
  stack: CandidateStack,
): Finding | undefined {
  const { stackPointer } = rule.unwind.architecture;
  const here = stack.walk.frames[0];
  const cfa = here === undefined ? undefined : cfaAt(rule.unwind, here);
  // A frame whose own address is a multiple of 16 was called on an aligned stack; and a frame pointer may be what is wrong.
  if (access.operand.base !== stackPointer || (cfa !== undefined && cfa % 16n === 0n)) return undefined;
  const where = nameOf(rule, rule.pc);
  // Where no return address lies by the call-frame information, the function was hardly called: it may have been returned into.
  const above = cfa === undefined ? undefined : rule.unwind.memory.word(runtimeAddress(cfa - 8n));
  const kind = above === undefined ? 'notCode' : checkReturnAddress(rule.unwind, above).kind;
  const called = kind === 'call' || kind === 'unknown';
  return {
    label: 'misaligned-stack',
    kind: 'rsp-shift',
    confidence: called ? 0.92 : 0.8,
    address: 'misaligned',
    account: `%${stackPointer} was off by an odd number of words when the function of ${where} was called: ${decoded.text} then met a stack address that is not a multiple of ${decoded.requiredAlignment}.`,
    evidence: [
      {
        rule: RULE,
        text: `${decoded.text} needs a multiple of ${decoded.requiredAlignment} and got 0x${access.address.toString(16)}, which is measured from %${stackPointer} itself: the compiler counts on a stack that callers keep aligned`,
        weight: 0.8,
        refs: [instruction(runtimeAddress(rule.pc)), register(stackPointer)],
      },
    ],
    missing: [
      `in which caller %${stackPointer} was moved, and how far, is not known: no frame above it could be measured`,
    ],
    stack,
  };
}

/** Where a function that keeps a frame pointer has its stack pointer between prologue and epilogue. */
function bodyStackPointer(rule: RuleContext, frame: StackFrame): bigint | undefined {
  const start = functionStartOf(rule.unwind, frame);
  const depth = start === undefined ? undefined : shapeOf(rule, start)?.framePointerDepth;
  const framePointer = frame.registers.get(rule.unwind.architecture.framePointer);
  return depth === undefined || framePointer === undefined ? undefined : framePointer - depth;
}

/** Index of the first frame whose frame address is aligned although everything below it is not; `undefined` when none is proven. */
function firstAligned(rule: RuleContext, frames: readonly StackFrame[]): number | undefined {
  for (let index = 0; index < Math.min(frames.length, 16); index++) {
    const frame = frames[index];
    const above = frames[index + 1];
    if (frame === undefined || frame.signalFrame !== undefined) return undefined;
    if (index > 0 && frame.trust !== 'cfi') return undefined;
    const cfa = cfaAt(rule.unwind, frame);
    const row = cfiRowOf(rule.unwind, frame);
    if (cfa === undefined || typeof row === 'string') return undefined;
    if (cfa % 16n === 0n) {
      const byFramePointer = !(
        row.cfa.kind === 'registerOffset' && row.cfa.register === rule.unwind.architecture.dwarfStackPointer
      );
      const linked = above === undefined || linkBetween(rule.unwind, frame, above) !== 'broken';
      // An aligned frame whose own stack pointer is aligned too is a healthy one: the data, not the stack, was misaligned.
      return byFramePointer && linked ? index : undefined;
    }
  }
  return undefined;
}
