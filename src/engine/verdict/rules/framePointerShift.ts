import { functionStartOf } from '../../unwind/coherence.js';
import { cfaAt, cfiRowOf } from '../../unwind/rules/cfiRule.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import { asCalled } from '../candidateStacks.js';
import { type Evidence, frameAt, register } from '../evidence.js';
import type { Finding } from '../finding.js';
import { shapeOf } from '../functionShape.js';
import { nameOf, type RuleContext } from '../ruleContext.js';

const RULE = 'frame-pointer-shift';

/** Further away the stack pointer is elsewhere altogether, or the code was misread. */
const FARTHEST = 64n;

/**
 * The stack pointer of a frame that keeps a frame pointer, against where its code has left it: what was pushed and subtracted since the
 * frame pointer was set. Return addresses that lie in their places say nothing of it, since they are found through the frame pointer.
 *
 * @param frame one whose return address lies where its call-frame information has it
 * @param index of the frame, the innermost is 0
 * @returns `undefined` when the stack pointer is in its place, or the code does not tell where that is
 */
export function framePointerShift(rule: RuleContext, frame: StackFrame, index: number): Finding | undefined {
  const { architecture, depths } = rule.unwind;
  const row = cfiRowOf(rule.unwind, frame);
  if (typeof row === 'string' || row.cfa.kind !== 'registerOffset') return undefined;
  if (architecture.dwarfRegisters[row.cfa.register] !== architecture.framePointer) return undefined;
  const start = functionStartOf(rule.unwind, frame);
  const cfa = cfaAt(rule.unwind, frame);
  const actual = frame.registers.get(architecture.stackPointer);
  if (start === undefined || cfa === undefined || actual === undefined) return undefined;
  const told = depths?.at(start, frame.pc);
  if (told?.depth === undefined || !told.hasFramePointer || shapeOf(rule, start)?.switches === true) return undefined;
  const expected = cfa - BigInt(architecture.stackWord) - told.depth;
  const distance = actual - expected;
  if (distance === 0n || distance > FARTHEST || distance < -FARTHEST) return undefined;
  return finding(rule, frame, index, Number(distance), expected, actual);
}

function finding(
  rule: RuleContext,
  frame: StackFrame,
  index: number,
  shift: number,
  expected: bigint,
  actual: bigint,
): Finding {
  const { stackPointer, framePointer } = rule.unwind.architecture;
  const where = nameOf(rule, frame.pc);
  const size = Math.abs(shift);
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: `by what ${where} has pushed and subtracted since it set %${framePointer}, %${stackPointer} is 0x${expected.toString(16)} there; it was 0x${actual.toString(16)}`,
      weight: 0.9,
      refs: [frameAt(index), register(stackPointer), register(framePointer)],
    },
  ];
  return {
    label: 'misaligned-stack',
    kind: 'rsp-shift',
    shift,
    confidence: 0.95,
    account: `%${stackPointer} was ${size} bytes too ${shift < 0 ? 'low' : 'high'} in the body of ${where}: calls made from there wrote over its own words, or read others than were meant.`,
    evidence,
    missing: [],
    stack: asCalled(rule),
  };
}
