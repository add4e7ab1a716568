import { runtimeAddress } from '../base/addresses.js';
import { type Coherence, coherenceOf } from '../unwind/coherence.js';
import { codeWordsInRow } from '../unwind/codeWords.js';
import type { StackFrame, Walk } from '../unwind/stackFrame.js';
import { walkOn, walkStack } from '../unwind/stackwalker.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { shapeOf } from './functionShape.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/** One reading of the stack: which transfer came last, and the frames that follow from it. */
export interface CandidateStack {
  /** `asCalled`, `asReturned`, `shift-8`... */
  readonly id: string;
  readonly why: string;
  /** Registers that differ from the crash's. */
  readonly changed: Readonly<Record<string, bigint>>;
  readonly walk: Walk;
  readonly coherence: Coherence;
}

/** Frames of a candidate: enough to judge it; the chosen one is walked on for display. */
const FRAMES = 256;

/** The last transfer pushed a return address, or there was none: the walk as any debugger would do it. */
export function asCalled(rule: RuleContext): CandidateStack {
  const walk = walkStack(rule.unwind, rule.crash.registers, { limit: FRAMES, lastTransfer: 'called' });
  return candidate(rule, 'asCalled', 'the registers are taken as they are', {}, walk);
}

/**
 * The last transfer was a return or a context restore: the return address is gone, and with it the caller's pc. The caller is named by
 * the call before the next return address.
 */
export function asReturned(rule: RuleContext): CandidateStack {
  const first: StackFrame = {
    pc: runtimeAddress(rule.pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
    cfa: runtimeAddress(rule.sp),
  };
  const why = 'the return address was popped; the caller is named by the call before the next return address';
  const next = nextReturnAddress(rule);
  if (next === undefined) return candidate(rule, 'asReturned', why, {}, { frames: [first], stop: 'no-rule' });
  const { address, cfa, framePointer, trust } = next;
  const check = checkReturnAddress(rule.unwind, address);
  const lost: StackFrame = {
    pc: runtimeAddress(0n),
    registers: rule.crash.registers.with({ [rule.unwind.architecture.programCounter]: undefined }),
    trust: 'callTarget',
    rejected: ['its pc was popped and overwritten'],
    interrupted: false,
    cfa: runtimeAddress(cfa),
    ...(check.kind === 'call' && check.site.target !== undefined ? { calledFunction: check.site.target } : {}),
  };
  const rest = walkOn(rule.unwind, returnedTo(rule, address, cfa, framePointer, trust), { limit: FRAMES });
  const frames = lost.calledFunction === undefined ? [first, ...rest.frames] : [first, lost, ...rest.frames];
  return candidate(rule, 'asReturned', why, {}, { frames, stop: rest.stop });
}

/**
 * Control was on its way to a landing pad, whose address is known: with it as pc the stack is walked by call-frame information, and
 * nothing of it is guessed.
 */
export function asTransferred(rule: RuleContext, landingPad: bigint): CandidateStack {
  const { programCounter } = rule.unwind.architecture;
  const first: StackFrame = {
    pc: runtimeAddress(rule.pc),
    registers: rule.crash.registers,
    trust: 'context',
    rejected: [],
    interrupted: true,
    cfa: runtimeAddress(rule.sp),
  };
  const pad: StackFrame = {
    pc: runtimeAddress(landingPad),
    registers: rule.crash.registers.with({ [programCounter]: landingPad }),
    trust: 'context',
    rejected: ['not reached: the transfer to this landing pad went wrong'],
    interrupted: true,
  };
  const rest = walkOn(rule.unwind, pad, { limit: FRAMES });
  const walk: Walk = { frames: [first, ...rest.frames], stop: rest.stop };
  return candidate(
    rule,
    'rip=intended',
    'the pc is taken for the landing pad that the exception was on its way to',
    { [programCounter]: landingPad },
    walk,
  );
}

/** The stack after a failed transfer: through the landing pad when that gives a whole stack, else as after a return. */
export function afterTransfer(rule: RuleContext, landingPad: bigint | undefined): CandidateStack {
  const returned = asReturned(rule);
  if (landingPad === undefined) return returned;
  const transferred = asTransferred(rule, landingPad);
  return transferred.coherence.outermost || transferred.coherence.score >= returned.coherence.score
    ? transferred
    : returned;
}

/**
 * The stack as it would be had the stack pointer been `shift` lower at the return that went wrong.
 *
 * @param slot where the true return address then lies
 * @param first the frame in which the return was, when its pc is known
 */
export function shifted(
  rule: RuleContext,
  shift: number,
  slot: bigint,
  address: bigint,
  first: StackFrame,
): CandidateStack {
  const { architecture } = rule.unwind;
  const cfa = slot + 8n;
  const savedBelow = wordAt(rule, slot - 8n);
  const current = rule.crash.registers.get(architecture.framePointer);
  const walks = [...new Set([current, savedBelow])].map((framePointer) => {
    const rest = walkOn(rule.unwind, returnedTo(rule, address, cfa, framePointer, 'context'), { limit: FRAMES });
    const walk: Walk = { frames: [{ ...first, cfa: runtimeAddress(cfa) }, ...rest.frames], stop: rest.stop };
    return { walk, coherence: coherenceOf(rule.unwind, walk) };
  });
  const best = walks.reduce((a, b) => (b.coherence.score > a.coherence.score ? b : a));
  const sign = shift < 0 ? '-' : '+';
  return {
    id: `shift${sign}${Math.abs(shift)}`,
    why: `%${architecture.stackPointer} is taken as ${Math.abs(shift)} bytes too ${shift < 0 ? 'low' : 'high'}`,
    changed: { [architecture.stackPointer]: BigInt.asUintN(64, rule.sp - BigInt(shift)) },
    ...best,
  };
}

function candidate(
  rule: RuleContext,
  id: string,
  why: string,
  changed: Record<string, bigint>,
  walk: Walk,
): CandidateStack {
  return { id, why, changed, walk, coherence: coherenceOf(rule.unwind, walk) };
}

/** The caller's frame just after a return to `address`. */
function returnedTo(
  rule: RuleContext,
  address: bigint,
  cfa: bigint,
  framePointer: bigint | undefined,
  trust: StackFrame['trust'],
): StackFrame {
  const { programCounter, stackPointer, framePointer: frameRegister } = rule.unwind.architecture;
  const registers = rule.crash.registers.with({
    [programCounter]: address,
    [stackPointer]: cfa,
    [frameRegister]: framePointer,
  });
  return { pc: runtimeAddress(address), registers, trust, rejected: [], interrupted: false };
}

interface NextReturn {
  readonly address: bigint;
  readonly cfa: bigint;
  readonly framePointer: bigint | undefined;
  readonly trust: StackFrame['trust'];
}

/** Slots above the stack pointer that are tried for the lost caller's return address. */
const SLOTS = 512;

/**
 * Where the lost caller returns to. A frame pointer that leads to a whole stack decides; else the nearest slot from which the rest of
 * the stack is whole; else the one from which it makes the most sense.
 */
function nextReturnAddress(rule: RuleContext): NextReturn | undefined {
  const weigh = (next: NextReturn): Coherence => {
    const rest = walkOn(rule.unwind, returnedTo(rule, next.address, next.cfa, next.framePointer, next.trust), {
      limit: FRAMES,
    });
    return coherenceOf(rule.unwind, rest);
  };
  let best: { next: NextReturn; score: number } | undefined;
  const candidates: NextReturn[] = [];
  for (const next of nextReturnCandidates(rule)) {
    if (candidates.push(next) >= MOST_TRIED) break;
  }
  // The lost caller made a call with its stack pointer here: a function with a call at just this distance is the one.
  const measured = candidates.find((next) => isAtCallDistance(rule, next) && weigh(next).broken === 0);
  if (measured !== undefined) return measured;
  for (const next of candidates) {
    const coherence = weigh(next);
    if (coherence.outermost && coherence.broken === 0 && coherence.scanned === 0) return next;
    if (best === undefined || coherence.score > best.score) best = { next, score: coherence.score };
  }
  return best?.next;
}

function isAtCallDistance(rule: RuleContext, next: NextReturn): boolean {
  const check = checkReturnAddress(rule.unwind, next.address);
  const called = check.kind === 'call' ? check.site.target : undefined;
  const shape = called === undefined ? undefined : shapeOf(rule, called);
  return shape?.callOffsets.has(next.cfa - rule.sp) === true;
}

const MOST_TRIED = 16;

function* nextReturnCandidates(rule: RuleContext): Iterable<NextReturn> {
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  const aligned = framePointer !== undefined && framePointer >= rule.sp && framePointer % 16n === 0n;
  const above = aligned ? wordAt(rule, framePointer + 8n) : undefined;
  if (aligned && above !== undefined) {
    const { kind } = checkReturnAddress(rule.unwind, above);
    const saved = wordAt(rule, framePointer);
    if (kind === 'call' || kind === 'unknown') {
      yield { address: above, cfa: framePointer + 16n, framePointer: saved, trust: 'framePointer' };
    }
  }
  for (const { place: slot, word: address } of codeWordsInRow(rule.unwind, rule.sp, SLOTS)) {
    // Return addresses lie 8 below a multiple of 16; what lies elsewhere is left over.
    if (slot % 16n !== 8n) continue;
    if (checkReturnAddress(rule.unwind, address).kind !== 'call') continue;
    yield { address, cfa: slot + 8n, framePointer, trust: 'scan' };
    // A frame pointer that the lost caller pushed below its return address, when the register itself was overwritten.
    const pushed = framePointer === 0n ? wordAt(rule, slot - 8n) : undefined;
    if (pushed !== undefined && pushed > slot && pushed % 16n === 0n)
      yield { address, cfa: slot + 8n, framePointer: pushed, trust: 'scan' };
  }
}
