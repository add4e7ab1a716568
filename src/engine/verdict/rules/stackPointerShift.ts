import { runtimeAddress } from '../../base/addresses.js';
import { functionStartOf } from '../../unwind/coherence.js';
import { cfaAt, cfiRowOf } from '../../unwind/rules/cfiRule.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import { stepOut } from '../../unwind/stackwalker.js';
import { checkReturnAddress, isCode, isSignalTrampoline } from '../../unwind/unwindContext.js';
import { type CandidateStack, shifted } from '../candidateStacks.js';
import { mayHaveCalled } from '../calledFunction.js';
import { isReturnAt } from '../functionCode.js';
import { type Evidence, frameAt, instruction, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOf, nameOfReturn, type RuleContext, slotName, wordAt } from '../ruleContext.js';
import { shapeOf } from '../functionShape.js';
import { isSavedFramePointer, MOVED_UNCHECKED, poppedWord } from '../poppedWord.js';
import { type ShiftReading, type WeighedReturn, weighReturn } from '../shiftReadings.js';
import { type PlainReturn, plainReturn } from '../plainReturn.js';
import { uncheckedShifts } from '../shiftsWithoutCode.js';
import { framePointerShift } from './framePointerShift.js';
import { misalignedAccess } from './misalignedStackAccess.js';
import { unalignedStackPointer } from './unalignedStackPointer.js';

const RULE = 'stack-pointer-shift';

/** What a look for a shift found: a demonstrated one, or one that cannot be excluded where the return address may have been overwritten. */
export interface ShiftOutcome {
  readonly finding?: Finding;
  readonly doubt?: ShiftDoubt;
  /** A frame that has no return address where one must lie, and that no shift mends. */
  readonly broken?: BrokenFrame;
}

export interface BrokenFrame {
  readonly evidence: Evidence;
  /** What lies there is a return address, but another function's: nothing was written over it. */
  readonly isForeign: boolean;
}

export interface ShiftDoubt {
  /** 0 to 1: how likely a shift is. */
  readonly probability: number;
  readonly evidence: Evidence;
  readonly stack: CandidateStack;
}

/**
 * Demonstrates that %rsp was off by a small amount: with it, the stack makes no sense; moved by that amount, a return address lies
 * where one must, behind a call to the very function, and the rest of the stack follows.
 */
export function stackPointerShift(rule: RuleContext): ShiftOutcome {
  const outcome = byReturnAddresses(rule);
  const unaligned = unalignedStackPointer(rule, () => outcome.finding);
  return unaligned === undefined ? outcome : { finding: unaligned };
}

/** Where the process was at the crash. */
function crashFrame(rule: RuleContext): StackFrame {
  return {
    pc: runtimeAddress(rule.pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
  };
}

function byReturnAddresses(rule: RuleContext): ShiftOutcome {
  if (!isCode(rule.unwind, rule.pc)) return afterReturn(rule);
  if (isReturnAt(rule, rule.pc) === true) return atReturn(rule);
  const inside = insideFunction(rule, crashFrame(rule));
  const finding = inside?.finding ?? misalignedAccess(rule);
  return finding === undefined ? (inside ?? {}) : { finding };
}

/** The return popped the wrong word and went there: pc is that word. */
function afterReturn(rule: RuleContext): ShiftOutcome {
  const { pc, sp } = rule;
  if (wordAt(rule, sp - 8n) !== pc) return inCaller(rule);
  const weighed = weighReturn(rule, { after: sp, known: undefined, restored: true });
  if (weighed === 'called') return inCaller(rule);
  if (weighed === 'no reading') return withoutCode(rule);
  if (!weighed.demonstrated && !isLikeliest(rule, weighed)) return doubtful(rule, weighed, sp);
  const evidenceOf = (reading: ShiftReading): Evidence[] => poppedEvidence(rule, reading.shift);
  const complete = (stack: CandidateStack, { callee }: ShiftReading): CandidateStack =>
    crashFrameFirst(rule, stack, callee !== undefined);
  return { finding: chosen(rule, weighed, evidenceOf, complete) };
}

/**
 * Behind a return that found a word that nobody called, a stack pointer that is 8 modulo 16 was moved, unless the caller keeps it so: then
 * a shift need not be shown to be the likeliest account.
 */
function isLikeliest(rule: RuleContext, { best, probability }: WeighedReturn): boolean {
  const top = wordAt(rule, rule.sp);
  const check = top === undefined ? undefined : checkReturnAddress(rule.unwind, top);
  // A call through a register leaves 0 in it; one through memory may have read what has changed since.
  const called = rule.pc === 0n && check?.kind === 'call' && check.site.operand?.kind !== 'register';
  return rule.sp % 16n === 8n && best.shift % 16 !== 0 && !called && probability >= 0.5;
}

/** The wrong word is not an address the processor can go to, so the return itself faulted. */
function atReturn(rule: RuleContext): ShiftOutcome {
  const { sp, pc } = rule;
  const first = crashFrame(rule);
  const start = functionStartOf(rule.unwind, first) ?? rule.symbolizer.locate(first.pc).functionStart;
  const top = wordAt(rule, sp);
  // What set the stack pointer anew, right before this return or to change stacks, has undone any shift.
  const shape = start === undefined ? undefined : shapeOf(rule, start);
  if (shape?.heals === true || shape?.switches === true) return {};
  if (top === undefined || (start !== undefined && checkReturnAddress(rule.unwind, top).kind === 'call')) return {};
  const weighed = weighReturn(rule, { after: sp + 8n, known: start, restored: true });
  if (typeof weighed === 'string') return unchecked(rule, sp + 8n);
  if (!weighed.demonstrated) return doubtful(rule, weighed, sp + 8n);
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: `the instruction at ${nameOf(rule, pc)} is a return, and ${slotName(rule, sp)} holds 0x${top.toString(16)}, which is no return address`,
      weight: 0.5,
      refs: [instruction(runtimeAddress(pc)), slot(runtimeAddress(sp))],
    },
  ];
  if (sp % 16n === 0n) evidence.push(alignmentEvidence(rule, 'at a return %rsp is 8 modulo 16; here it is 0'));
  const complete = (stack: CandidateStack): CandidateStack => withFirst(stack, first, []);
  return { finding: chosen(rule, weighed, () => evidence, complete) };
}

/** Less likely than this, a shift is not worth saying. */
const WORTH_SAYING = 0.05;

function doubtful(rule: RuleContext, { best, probability }: WeighedReturn, after: bigint): ShiftOutcome {
  if (probability < UNCHECKED) {
    const other = unchecked(rule, after);
    if (other.doubt !== undefined || probability < WORTH_SAYING) return other;
  }
  const { shift, callee, place, address, stack } = best;
  const evidence: Evidence = {
    rule: RULE,
    text: `a stack pointer ${Math.abs(shift)} bytes too ${shift < 0 ? 'low' : 'high'}${callee === undefined ? '' : ` in ${nameOf(rule, callee)}`} is not excluded: ${slotName(rule, place)} holds the return address ${nameOfReturn(rule, address)}`,
    weight: -Math.min(0.5, probability),
    refs: [slot(runtimeAddress(place))],
  };
  return { doubt: { probability, evidence, stack } };
}

/** How sure it can be where another function, two words further, would have left the same words. */
const TWO_WORDS_APART = 0.88;

/** How sure the amount of a large shift can be. */
const LARGE = 0.88;

/** How sure a shift can be that is the likeliest account, but that nothing shows. */
const UNSHOWN = 0.75;

/** The likeliest reading, with what it leaves open. */
function chosen(
  rule: RuleContext,
  weighed: WeighedReturn,
  evidenceOf: (reading: ShiftReading) => readonly Evidence[],
  complete: (stack: CandidateStack, reading: ShiftReading) => CandidateStack,
): Finding {
  const { best, others } = weighed;
  const finding = found(rule, best, complete(best.stack, best), [...evidenceOf(best), ...best.evidence]);
  // The same words can be what either function left; which of the two had the wrong stack pointer is then a guess.
  const doubts = others.map((other): Evidence => ({
    rule: RULE,
    text: `a shift of ${signed(other.shift)}${other.callee === undefined ? '' : ` in ${nameOf(rule, other.callee)}`} fits the same words ${other.score > best.score - 1 ? 'as well' : 'too, if less well'}`,
    weight: -0.1,
    refs: [slot(runtimeAddress(other.place))],
  }));
  return {
    ...finding,
    confidence: Math.min(
      finding.confidence,
      weighed.probability,
      weighed.demonstrated ? 1 : UNSHOWN,
      others.some(({ shift }) => Math.abs(shift - best.shift) === 16) ? TWO_WORDS_APART : 1,
      // Words that the program had given up, and shifts that leave the alignment: the amount is then the likeliest one, no more.
      Math.abs(best.shift) > 8 && (best.shift > 0 || best.shift % 16 === 0) ? LARGE : 1,
    ),
    evidence: [...finding.evidence, ...doubts],
    ...(others.length === 0 ? {} : { alternatives: others.map((other) => complete(other.stack, other)) }),
  };
}

/** Nothing returned there: the caller of what is no code is still running, with its return address in its place or not. */
function inCaller(rule: RuleContext): ShiftOutcome {
  const { programCounter, stackPointer } = rule.unwind.architecture;
  const top = wordAt(rule, rule.sp);
  if (top === undefined || checkReturnAddress(rule.unwind, top).kind !== 'call') return {};
  const registers = rule.crash.registers.with({ [programCounter]: top, [stackPointer]: rule.sp + 8n });
  const caller: StackFrame = { pc: runtimeAddress(top), registers, trust: 'context', rejected: [], interrupted: false };
  return insideFunction(rule, caller, [{ ...crashFrame(rule), cfa: runtimeAddress(rule.sp + 8n) }]) ?? {};
}

/**
 * The function of a frame had not returned yet, but where its call-frame information puts the return address there is none.
 *
 * @param below frames that it called
 */
function insideFunction(
  rule: RuleContext,
  innermost: StackFrame,
  below: readonly StackFrame[] = [],
): ShiftOutcome | undefined {
  let frame = innermost;
  const inner: StackFrame[] = [...below];
  for (let index = 0; index < 16; index++) {
    const cfa = cfaAt(rule.unwind, frame);
    const row = cfiRowOf(rule.unwind, frame);
    if (cfa === undefined || typeof row === 'string' || row.signalFrame) return undefined;
    // The outermost frame has no return address to miss.
    if (row.rules.get(row.returnAddressRegister)?.kind === 'undefined') return undefined;
    const here = wordAt(rule, cfa - 8n);
    const byStackPointer =
      row.cfa.kind === 'registerOffset' && row.cfa.register === rule.unwind.architecture.dwarfStackPointer;
    const valid = here !== undefined && isCode(rule.unwind, here - 1n) && mayBeIts(rule, here, frame);
    if (!valid && byStackPointer) {
      const finding = shiftedFrame(rule, frame, inner, cfa);
      if (finding !== undefined) return { finding };
      return here === undefined || (here === 0n && isLast(rule, cfa))
        ? undefined
        : { broken: brokenFrame(rule, frame, inner.length, cfa) };
    }
    const measured = valid ? framePointerShift(rule, frame, inner.length) : undefined;
    if (measured !== undefined) {
      const met = misalignedAccess(rule);
      return { finding: met !== undefined && met.shift === measured.shift ? met : measured };
    }
    const step = stepOut(rule.unwind, frame, 'called');
    if (step.kind !== 'caller' || step.frame.trust !== 'cfi') return undefined;
    // Fibers begin with an address that nobody called. Unwinders write landing pads over return addresses: what stands before a pad is other
    // code, of which the row of call-frame information is another.
    if (checkReturnAddress(rule.unwind, step.frame.pc).kind === 'notACall')
      return isSignalTrampoline(rule.unwind, step.frame.pc) || isLast(rule, cfa)
        ? undefined
        : { broken: brokenFrame(rule, frame, inner.length, cfa) };
    inner.push({ ...frame, cfa: step.cfa });
    frame = step.frame;
  }
  return undefined;
}

/** Whether a word may be the return address of the function of a frame. */
function mayBeIts(rule: RuleContext, returnAddress: bigint, frame: StackFrame): boolean {
  const start = functionStartOf(rule.unwind, frame);
  return start === undefined || mayHaveCalled(rule, returnAddress, start);
}

/** The stacks of threads and fibers that were made by hand end in a 0 or the like: no return addresses lie behind it. */
function isLast(rule: RuleContext, cfa: bigint): boolean {
  for (let i = 0n; i < BEHIND; i++) {
    const word = wordAt(rule, cfa + 8n * i);
    if (word === undefined) return true;
    if (checkReturnAddress(rule.unwind, word).kind === 'call') return false;
  }
  return true;
}

const BEHIND = 256n;

function brokenFrame(rule: RuleContext, frame: StackFrame, index: number, cfa: bigint): BrokenFrame {
  const here = wordAt(rule, cfa - 8n);
  const isForeign = here !== undefined && checkReturnAddress(rule.unwind, here).kind === 'call';
  const found = isForeign ? `lies that of another function, ${nameOfReturn(rule, here)}` : 'there is none';
  return {
    isForeign,
    evidence: {
      rule: RULE,
      text: `call-frame information of ${nameOf(rule, frame.pc)} puts the return address at ${slotName(rule, cfa - 8n)}, where ${found}: the stack is damaged, or the stack pointer was moved, and what was read from there may be wrong because of it`,
      weight: -0.3,
      refs: [frameAt(index), slot(runtimeAddress(cfa - 8n))],
    },
  };
}

function shiftedFrame(
  rule: RuleContext,
  frame: StackFrame,
  inner: readonly StackFrame[],
  cfa: bigint,
): Finding | undefined {
  const start = functionStartOf(rule.unwind, frame);
  if (start === undefined || shapeOf(rule, start)?.switches === true) return undefined;
  const weighed = weighReturn(rule, { after: cfa, known: start, restored: false });
  if (typeof weighed === 'string' || !weighed.demonstrated) return undefined;
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: `call-frame information of ${nameOf(rule, frame.pc)} puts the return address at ${slotName(rule, cfa - 8n)}, where there is none`,
      weight: 0.5,
      refs: [frameAt(inner.length), slot(runtimeAddress(cfa - 8n))],
    },
  ];
  return chosen(
    rule,
    weighed,
    () => evidence,
    (stack) => withFirst(stack, frame, inner),
  );
}

/** The function that is off is known by its pc: it takes the place of the one that only a call target named. */
function withFirst(stack: CandidateStack, frame: StackFrame, inner: readonly StackFrame[]): CandidateStack {
  const [named, ...outer] = stack.walk.frames;
  const own = { ...frame, ...(named?.cfa === undefined ? {} : { cfa: named.cfa }) };
  return { ...stack, walk: { ...stack.walk, frames: [...inner, own, ...outer] } };
}

/**
 * Nothing before the presumed return addresses can be read. With frame pointers the word popped is the saved one, recognisable without any
 * code; else a stack pointer that is 8 modulo 16 after a return has been moved by an odd number of words, if it was a return.
 */
function withoutCode(rule: RuleContext): ShiftOutcome {
  const { pc, sp } = rule;
  if (sp % 16n === 0n) return unchecked(rule, sp);
  const possible = uncheckedShifts(rule, sp);
  const unread = possible.filter(({ address }) => checkReturnAddress(rule.unwind, address).kind === 'unknown');
  const [nearest] = possible;
  if (nearest === undefined || unread.length === 0) return {};
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  const low = possible.find(({ shift }) => shift === -8);
  const high = possible.find(({ shift }) => shift === 8);
  const saved = low !== undefined && isSavedFramePointer(rule, pc) ? low : undefined;
  const tooLate = high !== undefined && framePointer === high.address ? high : undefined;
  // A call through a null pointer leaves its return address on top; a 0 below it is then no more than a coincidence, and not a rare one.
  if (saved === undefined && tooLate === undefined && pc === 0n && low !== undefined) return {};
  const best = saved ?? tooLate ?? nearest;
  const first = crashFrame(rule);
  const stack = shifted(rule, best.shift, best.place, best.address, first);
  const others = possible.filter((other) => other !== best);
  const sure = saved !== undefined || tooLate !== undefined;
  const size = Math.abs(best.shift);
  const { stackPointer } = rule.unwind.architecture;
  const wrong = `${size} bytes too ${best.shift < 0 ? 'low' : 'high'}`;
  return {
    finding: {
      label: 'misaligned-stack',
      kind: 'rsp-shift',
      shift: best.shift,
      account: `%${stackPointer} was ${wrong} when a function returned: by the words on the stack its return address lies at ${slotName(rule, best.place)}.`,
      evidence: [
        {
          rule: RULE,
          text: `${slotName(rule, best.place)} points into executable memory, 0x${best.address.toString(16)}: with %${stackPointer} ${wrong} that is the return address, and %${stackPointer} is a multiple of 16 behind it`,
          weight: 0.7,
          refs: [slot(runtimeAddress(best.place)), register(stackPointer)],
        },
        ...poppedEvidence(rule, best.shift),
      ],
      stack,
      confidence: sure ? 0.85 : others.length === 0 ? 0.75 : 0.65,
      missing: [
        'the code before the return address is not known: whether a call stands there was not checked',
        ...others.map((other) => `a shift of ${signed(other.shift)} would fit the same words`),
      ],
    },
  };
}

const CANNOT_TELL: ReadonlySet<PlainReturn> = new Set(['unknown', 'unread']);

/** A shift less likely than this is weighed against one that nothing could check. */
const UNCHECKED = 0.32;

/** A shift that keeps the alignment leaves the same picture as an overwritten return address, for whoever cannot measure frames. */
function unchecked(rule: RuleContext, after: bigint): ShiftOutcome {
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  // A frame pointer restored from its slot was restored in place, unless the stack pointer was off before it was saved.
  const inPlace = framePointer === wordAt(rule, after - 16n) && isSavedFramePointer(rule, framePointer ?? 0n);
  const moved = MOVED_UNCHECKED[poppedWord(rule, wordAt(rule, after - 8n) ?? 0n, after)];
  const [nearest] = CANNOT_TELL.has(plainReturn(rule, after)) ? uncheckedShifts(rule, after) : [];
  if (nearest === undefined) return {};
  const { shift, place, address } = nearest;
  const known = checkReturnAddress(rule.unwind, address).kind === 'call';
  const evidence: Evidence = {
    rule: RULE,
    text: `${slotName(rule, place)} holds ${known ? `${nameOfReturn(rule, address)}, behind a call, and nothing measures the frames here` : `0x${address.toString(16)}, which points into code that cannot be read`}: if it is the return address, a stack pointer ${Math.abs(shift)} bytes too ${shift < 0 ? 'low' : 'high'} explains the crash as well`,
    weight: -0.3,
    refs: [slot(runtimeAddress(place))],
  };
  const first = crashFrame(rule);
  return {
    doubt: {
      probability: inPlace ? moved / 2 : moved,
      evidence,
      stack: shifted(rule, shift, place, address, first),
    },
  };
}

function signed(shift: number): string {
  return `${shift > 0 ? '+' : ''}${shift}`;
}

function poppedEvidence(rule: RuleContext, shift: number): Evidence[] {
  const { pc, sp } = rule;
  const evidence: Evidence[] = [];
  if (sp % 16n === 8n) {
    const name = rule.unwind.architecture.stackPointer;
    evidence.push(
      alignmentEvidence(rule, `after a return %${name} is a multiple of 16 as a rule; here it is 8 modulo 16`),
    );
  }
  const below = runtimeAddress(sp - 8n);
  if (shift === -8 && isSavedFramePointer(rule, pc)) {
    evidence.push({
      rule: RULE,
      text: `the word popped at ${slotName(rule, below)} is a saved frame pointer, 0x${pc.toString(16)}: the return address is the next one`,
      weight: 0.8,
      refs: [slot(below), register('rip')],
    });
  } else {
    evidence.push({
      rule: RULE,
      text: `${slotName(rule, below)} holds the address that was gone to: a return popped it`,
      weight: 0.3,
      refs: [slot(below)],
    });
  }
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  if (shift === 8 && framePointer !== undefined && framePointer === wordAt(rule, sp - 16n)) {
    evidence.push({
      rule: RULE,
      text: `%${rule.unwind.architecture.framePointer} holds a return address, 0x${framePointer.toString(16)}: it was popped one word too late`,
      weight: 0.8,
      refs: [register(rule.unwind.architecture.framePointer), slot(runtimeAddress(sp - 16n))],
    });
  }
  return evidence;
}

function alignmentEvidence(rule: RuleContext, text: string): Evidence {
  return { rule: RULE, text, weight: 0.3, refs: [register(rule.unwind.architecture.stackPointer)] };
}

function found(
  rule: RuleContext,
  reading: Pick<ShiftReading, 'shift' | 'place' | 'address' | 'callee'>,
  stack: CandidateStack,
  evidence: readonly Evidence[],
): Finding {
  const { shift, place, address, callee } = reading;
  const { stackPointer } = rule.unwind.architecture;
  const where = callee === undefined ? 'a function' : nameOf(rule, callee);
  const size = Math.abs(shift);
  const { coherence } = stack;
  // What was only found by looking for return addresses does not show that the stack is the right one.
  const whole = coherence.outermost && coherence.scanned === 0;
  const chain = whole
    ? 'up to the outermost frame'
    : coherence.outermost
      ? `up to the outermost frame, but for ${coherence.scanned} of its frames, which were only looked for`
      : `for ${stack.walk.frames.length - 1} frames`;
  return {
    label: 'misaligned-stack',
    kind: 'rsp-shift',
    shift,
    confidence: whole ? 0.97 : 0.88,
    account: `%${stackPointer} was ${size} bytes too ${shift < 0 ? 'low' : 'high'} when ${where} returned: its return address lies at ${slotName(rule, place)}, and from there the stack ${whole ? 'is whole' : 'goes on'}.`,
    evidence: [
      {
        rule: RULE,
        text: `${slotName(rule, place)} holds the return address ${nameOfReturn(rule, address)}; with %${stackPointer} moved by ${-shift} the stack is coherent ${chain}`,
        weight: 0.9,
        refs: [slot(runtimeAddress(place)), register(stackPointer)],
      },
      ...evidence,
    ],
    missing: [],
    stack,
  };
}

/** The crash's own frame stays on top of the reconstructed ones. */
function crashFrameFirst(rule: RuleContext, stack: CandidateStack, named: boolean): CandidateStack {
  const top: StackFrame = { ...crashFrame(rule), cfa: runtimeAddress(rule.sp) };
  const [lost, ...rest] = stack.walk.frames;
  const frames =
    named && lost !== undefined
      ? [top, { ...lost, pc: runtimeAddress(0n), interrupted: false }, ...rest]
      : [top, ...rest];
  return { ...stack, walk: { ...stack.walk, frames } };
}
