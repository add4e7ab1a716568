import { runtimeAddress } from '../../base/addresses.js';
import { functionStartOf } from '../../unwind/coherence.js';
import { cfaAt, cfiRowAt, cfiRowOf } from '../../unwind/rules/cfiRule.js';
import type { StackFrame } from '../../unwind/stackFrame.js';
import { stepOut } from '../../unwind/stackwalker.js';
import { checkReturnAddress, isCode } from '../../unwind/unwindContext.js';
import { type CandidateStack, shifted } from '../candidateStacks.js';
import { isReturnAt, readCall } from '../callReading.js';
import { type CallRecord, callRecords } from '../callRecords.js';
import { restoreFit } from '../calleeSaved.js';
import { flagsFitReturn } from '../flagWitness.js';
import { type Evidence, frameAt, instruction, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOf, nameOfReturn, type RuleContext, slotName, wordAt } from '../ruleContext.js';
import { shapeOf } from '../functionShape.js';
import { plainReturn } from '../plainReturn.js';
import { misalignedAccess } from './misalignedStackAccess.js';
import { frameSizeBelowFramePointer } from './prologue.js';

const RULE = 'stack-pointer-shift';

/** In the order of likelihood: one push or pop too many, then more. */
const SHIFTS = [-8, 8, -16, 16, -24, 24, -32, 32, -40, 40, -48, 48, -56, 56, -64, 64];

/**
 * Demonstrates that %rsp was off by a small amount: with it, the stack makes no sense; moved by that amount, a return address lies
 * where one must, behind a call to the very function, and the rest of the stack follows.
 */
export function stackPointerShift(rule: RuleContext): Finding | undefined {
  if (!isCode(rule.unwind, rule.pc)) return afterReturn(rule);
  if (isReturnAt(rule, rule.pc) === true) return atReturn(rule);
  return insideFunction(rule) ?? misalignedAccess(rule);
}

/** The return popped the wrong word and went there: pc is that word. */
function afterReturn(rule: RuleContext): Finding | undefined {
  const { pc, sp } = rule;
  const popped = wordAt(rule, sp - 8n);
  if (popped !== pc) return undefined;
  const plain = plainReturn(rule);
  if (plain === 'holds') return undefined;
  // A return leaves a multiple of 16 as a rule; where it does not, an odd number of words is likely.
  const odd = sp % 16n === 8n;
  const records = callRecords(rule);
  if (!odd && plain === 'unknown' && records.length === 0) return undefined;
  const readings: Reading[] = [];
  for (const shift of SHIFTS) {
    if ((shift % 16 !== 0) !== odd) continue;
    const reading = readShift(rule, shift, records);
    if (reading === 'called') return undefined;
    if (reading !== undefined) readings.push(reading);
  }
  const [best, second] = readings.sort((a, b) => b.rank - a.rank);
  if (best === undefined) {
    const top = wordAt(rule, sp);
    const unknown = top !== undefined && checkReturnAddress(rule.unwind, top).kind === 'unknown';
    return unknown ? withoutCode(rule, top) : undefined;
  }
  const { shift, stack, place, address, evidence, callee } = best;
  const finding = found(rule, shift, stack, place, address, [...poppedEvidence(rule, shift), ...evidence], callee);
  if (second === undefined || best.rank - second.rank > CLOSE) return finding;
  // The same words can be what either function left; which of the two had the wrong stack pointer is then a guess.
  const doubt: Evidence = {
    rule: RULE,
    text: `a shift of ${second.shift > 0 ? '+' : ''}${second.shift}${second.callee === undefined ? '' : ` in ${nameOf(rule, second.callee)}`} fits the same words as well`,
    weight: -0.1,
    refs: [slot(runtimeAddress(second.place))],
  };
  return { ...finding, confidence: Math.min(finding.confidence, 0.9), evidence: [...finding.evidence, doubt] };
}

/** Ranks that differ by less do not tell two readings apart. */
const CLOSE = 0.2;

/** One shift that gives a whole stack. */
interface Reading {
  readonly shift: number;
  readonly rank: number;
  readonly stack: CandidateStack;
  readonly place: bigint;
  readonly address: bigint;
  readonly evidence: readonly Evidence[];
  readonly callee: bigint | undefined;
}

/**
 * The stack under one shift.
 *
 * @returns `called` when the pc was reached by a call, so that nothing is shifted; `undefined` when the shift gives no whole stack
 */
function readShift(rule: RuleContext, shift: number, records: readonly CallRecord[]): Reading | 'called' | undefined {
  const { pc, sp } = rule;
  const place = sp - 8n - BigInt(shift);
  const address = wordAt(rule, place);
  const check = address === undefined ? undefined : checkReturnAddress(rule.unwind, address);
  if (address === undefined || check?.kind !== 'call') return undefined;
  const evidence: Evidence[] = [];
  let callee: bigint | undefined = check.site.target;
  if (shift === -8) {
    // The same picture as a call to this address: what that call could lead to decides.
    const reading = readCall(rule, check.site);
    if (reading.kind === 'led') return 'called';
    callee ??= reading.callee;
    if (reading.kind === 'cannotTell' && !isSavedFramePointer(rule, pc)) {
      // Neither the call nor the code of what it called is known: the frame that was just left may still tell.
      const left = justLeft(rule);
      if (left === undefined) return undefined;
      callee = left;
    }
    if (reading.kind === 'ledElsewhere') {
      evidence.push({
        rule: RULE,
        text: `before the return address at ${slotName(rule, place)} stands ${reading.how}: nobody called 0x${pc.toString(16)}`,
        weight: 0.8,
        refs: [slot(runtimeAddress(place)), instruction(check.site.address)],
      });
    }
  }
  const record = records.findIndex(
    ({ caller, cfa }) => cfa === place + 8n && (callee === undefined || callee === caller),
  );
  callee ??= records[record]?.caller ?? calledBelow(rule, place);
  const first: StackFrame = {
    pc: runtimeAddress(callee ?? 0n),
    registers: rule.crash.registers,
    trust: 'callTarget',
    rejected: ['its pc was lost at the return'],
    interrupted: true,
    ...(callee === undefined ? {} : { calledFunction: callee as StackFrame['pc'] }),
  };
  const stack = crashFrameFirst(rule, shifted(rule, shift, place, address, first), callee !== undefined);
  const { outermost, broken, score } = stack.coherence;
  if (!outermost && score < 0.6) return undefined;
  const far = Math.abs(shift) > 8;
  if (far && !(outermost && broken === 0)) return undefined;
  if (callee !== undefined && shapeOf(rule, callee)?.heals === true) return undefined;
  const fit = callee === undefined ? undefined : restoreFit(rule, callee, place + 8n, shift);
  // Registers that no restore can have left speak against the shift; a shift that keeps the alignment needs them as witnesses.
  if (fit !== undefined && fit.saved > 0 && fit.consistent < fit.saved) return undefined;
  const recorded = record === 0 && (fit === undefined || fit.saved === 0 || fit.matching > 0);
  if (far && !recorded && (fit?.witnesses ?? 0) < (pc === 0n && shift % 16 === 0 ? 2 : 1)) return undefined;
  if (!fitsCaller(rule, stack, place)) return undefined;
  if (fit !== undefined && fit.saved > 0 && fit.matching === fit.saved) {
    evidence.push({
      rule: RULE,
      text: `the ${fit.saved === 1 ? 'register' : `${fit.saved} registers`} that ${nameOf(rule, callee ?? 0n)} restores before its return hold what lies ${Math.abs(shift)} bytes ${shift < 0 ? 'below' : 'above'} their slots`,
      weight: 0.7,
      refs: [register(rule.unwind.architecture.stackPointer)],
    });
  }
  const flags = callee === undefined ? undefined : flagsFitReturn(rule, callee);
  // How the restored registers fit tells too low from too high, where both give a whole stack.
  const fitting = fit === undefined || fit.saved === 0 ? 0.5 : fit.matching / fit.saved;
  const rank =
    fitting * 2 +
    (outermost ? 1 : 0) -
    (flags === false ? 1 : 0) +
    (callee === undefined ? 0 : 0.2) +
    (record === 0 ? 0.7 : 0) -
    Math.abs(shift) / 40 -
    (shift > 0 ? 0.01 : 0);
  return { shift, rank, stack, place, address, evidence, callee };
}

/** Whether the stack pointer that a return to this place leaves is where the caller's prologue puts it, as far as that is known. */
function fitsCaller(rule: RuleContext, stack: CandidateStack, place: bigint): boolean {
  const caller = stack.walk.frames.find((frame) => !frame.interrupted && frame.pc !== 0n);
  const expected = caller === undefined ? undefined : frameSizeBelowFramePointer(rule, caller);
  return expected === undefined || expected === place + 8n;
}

/**
 * The function that was called from before an indirect call's return address: named by the return address of a call that it made in
 * turn, still on the stack at a distance that the function has at one of its calls.
 */
function calledBelow(rule: RuleContext, place: bigint): bigint | undefined {
  for (let slotBelow = place - 8n; slotBelow >= place - FRAME_JUST_LEFT; slotBelow -= 8n) {
    const word = wordAt(rule, slotBelow);
    if (word === undefined || checkReturnAddress(rule.unwind, word).kind !== 'call') continue;
    const start = calledFrom(rule, word);
    const shape = start === undefined ? undefined : shapeOf(rule, start);
    if (shape === undefined) continue;
    if (shape.callOffsets.has(place - slotBelow) || shape.framePointerCalls > 0) return start;
  }
  return undefined;
}

/**
 * The function whose frame lies just below the stack pointer, named by the return address of a call it made, when the registers show
 * that it restored them one word too low, and not in place, as it would have before a tail jump.
 */
function justLeft(rule: RuleContext): bigint | undefined {
  for (let slotBelow = rule.sp - 16n; slotBelow >= rule.sp - FRAME_JUST_LEFT; slotBelow -= 8n) {
    const word = wordAt(rule, slotBelow);
    if (word === undefined || checkReturnAddress(rule.unwind, word).kind !== 'call') continue;
    const start = calledFrom(rule, word);
    if (start === undefined) continue;
    const low = restoreFit(rule, start, rule.sp + 8n, -8);
    const inPlace = restoreFit(rule, start, rule.sp + 8n, 0);
    return low.saved > 0 && low.matching === low.saved && inPlace.matching < inPlace.saved ? start : undefined;
  }
  return undefined;
}

const FRAME_JUST_LEFT = 512n;

/** The wrong word is not an address the processor can go to, so the return itself faulted. */
function atReturn(rule: RuleContext): Finding | undefined {
  const { sp, pc } = rule;
  const first: StackFrame = {
    pc: runtimeAddress(pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
  };
  const start = functionStartOf(rule.unwind, first) ?? rule.symbolizer.locate(first.pc).functionStart;
  const top = wordAt(rule, sp);
  // What set the stack pointer anew right before this return has undone any shift.
  if (start !== undefined && shapeOf(rule, start)?.heals === true) return undefined;
  if (top === undefined || (start !== undefined && checkReturnAddress(rule.unwind, top).kind === 'call'))
    return undefined;
  for (const shift of SHIFTS) {
    const place = sp - BigInt(shift);
    const address = wordAt(rule, place);
    const check = address === undefined ? undefined : checkReturnAddress(rule.unwind, address);
    if (address === undefined || check?.kind !== 'call') continue;
    const chained = check.site.target !== undefined && check.site.target === start;
    if (!chained && check.site.target !== undefined && !isStubTo(rule, check.site.target, start)) continue;
    if (shift % 16 === 0 && (!chained || calledFrom(rule, address) === start)) continue;
    const stack = shifted(rule, shift, place, address, first);
    if (!stack.coherence.outermost && stack.coherence.score < 0.5) continue;
    const evidence: Evidence[] = [
      {
        rule: RULE,
        text: `the instruction at ${nameOf(rule, pc)} is a return, and ${slotName(rule, sp)} holds 0x${top.toString(16)}, which is no return address`,
        weight: 0.5,
        refs: [instruction(runtimeAddress(pc)), slot(runtimeAddress(sp))],
      },
    ];
    if (sp % 16n === 0n) evidence.push(alignmentEvidence(rule, 'at a return %rsp is 8 modulo 16; here it is 0'));
    return found(rule, shift, stack, place, address, evidence, start);
  }
  return undefined;
}

/** The function had not returned yet, but where its call-frame information puts the return address there is none. */
function insideFunction(rule: RuleContext): Finding | undefined {
  let frame: StackFrame = {
    pc: runtimeAddress(rule.pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
  };
  const inner: StackFrame[] = [];
  for (let index = 0; index < 16; index++) {
    const cfa = cfaAt(rule.unwind, frame);
    const row = cfiRowOf(rule.unwind, frame);
    if (cfa === undefined || typeof row === 'string' || row.signalFrame) return undefined;
    // The outermost frame has no return address to miss.
    if (row.rules.get(row.returnAddressRegister)?.kind === 'undefined') return undefined;
    const here = wordAt(rule, cfa - 8n);
    const byStackPointer =
      row.cfa.kind === 'registerOffset' && row.cfa.register === rule.unwind.architecture.dwarfStackPointer;
    const valid = here !== undefined && (isCode(rule.unwind, here - 1n) || here === 0n);
    if (!valid && byStackPointer) return shiftedFrame(rule, frame, inner, cfa);
    const step = stepOut(rule.unwind, frame, 'called');
    if (step.kind !== 'caller' || step.frame.trust !== 'cfi') return undefined;
    inner.push({ ...frame, cfa: step.cfa });
    frame = step.frame;
  }
  return undefined;
}

function shiftedFrame(
  rule: RuleContext,
  frame: StackFrame,
  inner: readonly StackFrame[],
  cfa: bigint,
): Finding | undefined {
  const start = functionStartOf(rule.unwind, frame);
  for (const shift of SHIFTS) {
    const place = cfa - 8n - BigInt(shift);
    const address = wordAt(rule, place);
    const check = address === undefined ? undefined : checkReturnAddress(rule.unwind, address);
    if (address === undefined || check?.kind !== 'call') continue;
    const chained =
      check.site.target !== undefined && (check.site.target === start || isStubTo(rule, check.site.target, start));
    const misaligned = cfa % 16n === 8n && shift % 16 !== 0;
    if (!chained && (check.site.target !== undefined || !misaligned)) continue;
    if (shift % 16 === 0 && calledFrom(rule, address) === start) continue;
    const own = shifted(rule, shift, place, address, frame);
    const stack = { ...own, walk: { ...own.walk, frames: [...inner, ...own.walk.frames] } };
    if (!stack.coherence.outermost && stack.coherence.score < 0.5) continue;
    const evidence: Evidence[] = [
      {
        rule: RULE,
        text: `call-frame information of ${nameOf(rule, frame.pc)} puts the return address at ${slotName(rule, cfa - 8n)}, where there is none`,
        weight: 0.5,
        refs: [frameAt(inner.length), slot(runtimeAddress(cfa - 8n))],
      },
    ];
    return found(rule, shift, stack, place, address, evidence, start);
  }
  return undefined;
}

/** With frame pointers the word popped as return address is the saved frame pointer: recognisable without any code. */
function withoutCode(rule: RuleContext, address: bigint): Finding | undefined {
  if (!isSavedFramePointer(rule, rule.pc)) return undefined;
  const first: StackFrame = {
    pc: runtimeAddress(rule.pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
  };
  const stack = shifted(rule, -8, rule.sp, address, first);
  return {
    ...found(rule, -8, stack, rule.sp, address, poppedEvidence(rule, -8), undefined),
    confidence: 0.8,
    missing: ['the code before the return address is not known: whether a call stands there was not checked'],
  };
}

/** A word that points at a frame record above: another frame pointer, and a return address after it. */
function isSavedFramePointer(rule: RuleContext, word: bigint): boolean {
  const next = wordAt(rule, word);
  const address = wordAt(rule, word + 8n);
  if (next === undefined || address === undefined || word < rule.sp || word % 16n !== 0n) return false;
  const { kind } = checkReturnAddress(rule.unwind, address);
  return (kind === 'call' || kind === 'unknown') && (next === 0n || next > word || wordAt(rule, next) === undefined);
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
  shift: number,
  stack: CandidateStack,
  place: bigint,
  address: bigint,
  evidence: readonly Evidence[],
  functionStart: bigint | undefined,
): Finding {
  const { stackPointer } = rule.unwind.architecture;
  const where = functionStart === undefined ? 'the function that returned' : nameOf(rule, functionStart);
  const size = Math.abs(shift);
  const { coherence } = stack;
  const chain = coherence.outermost ? 'up to the outermost frame' : `for ${stack.walk.frames.length - 1} frames`;
  return {
    label: 'misaligned-stack',
    kind: 'rsp-shift',
    shift,
    confidence: Math.abs(shift) === 8 ? (coherence.outermost ? 0.97 : 0.88) : coherence.outermost ? 0.85 : 0.7,
    account: `%${stackPointer} was ${size} bytes too ${shift < 0 ? 'low' : 'high'} when ${where} returned: the true return address lies at ${slotName(rule, place)}, and from there the stack is whole.`,
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

/** Start of the function that holds a return address: by call-frame information, which stripped files keep too, else by symbol. */
function calledFrom(rule: RuleContext, address: bigint): bigint | undefined {
  const place = runtimeAddress(address - 1n);
  const row = cfiRowAt(rule.unwind, place);
  const bias = rule.unwind.modules.find(place)?.bias;
  if (row !== undefined && bias !== undefined) return BigInt.asUintN(64, row.functionStart + bias);
  return rule.symbolizer.locate(place).functionStart;
}

/** Whether a call target is a linkage stub that leads to `start`, or at least is no function of its own. */
function isStubTo(rule: RuleContext, target: bigint, start: bigint | undefined): boolean {
  if (start === undefined) return true;
  const reading = readCall(
    { ...rule, pc: start },
    { address: runtimeAddress(target), length: 5, target: runtimeAddress(target) },
  );
  return reading.kind === 'led' || reading.callee === start;
}

/** The crash's own frame stays on top of the reconstructed ones. */
function crashFrameFirst(rule: RuleContext, stack: CandidateStack, named: boolean): CandidateStack {
  const top: StackFrame = {
    pc: runtimeAddress(rule.pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
    cfa: runtimeAddress(rule.sp),
  };
  const [lost, ...rest] = stack.walk.frames;
  const frames =
    named && lost !== undefined
      ? [top, { ...lost, pc: runtimeAddress(0n), interrupted: false }, ...rest]
      : [top, ...rest];
  return { ...stack, walk: { ...stack.walk, frames } };
}
