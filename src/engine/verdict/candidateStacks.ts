import { runtimeAddress } from '../base/addresses.js';
import { type Coherence, coherenceOf } from '../unwind/coherence.js';
import type { StackFrame, Walk } from '../unwind/stackFrame.js';
import { walkOn, walkStack } from '../unwind/stackwalker.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
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
 * Where the lost caller returns to: above the frame pointer when that leads to a coherent stack, else the nearest slot from which
 * the rest of the stack makes the most sense.
 */
function nextReturnAddress(rule: RuleContext): NextReturn | undefined {
  const found: { next: NextReturn; score: number }[] = [];
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  const weigh = (next: NextReturn): number => {
    const rest = walkOn(rule.unwind, returnedTo(rule, next.address, next.cfa, next.framePointer, next.trust), {
      limit: FRAMES,
    });
    return coherenceOf(rule.unwind, rest).score;
  };
  if (framePointer !== undefined && framePointer >= rule.sp && framePointer % 8n === 0n) {
    const address = wordAt(rule, framePointer + 8n);
    const { kind } = address === undefined ? { kind: 'notCode' } : checkReturnAddress(rule.unwind, address);
    if (address !== undefined && (kind === 'call' || kind === 'unknown')) {
      const next: NextReturn = {
        address,
        cfa: framePointer + 16n,
        framePointer: wordAt(rule, framePointer),
        trust: 'framePointer',
      };
      // A frame pointer that leads to a coherent stack is as good as it gets.
      const score = weigh(next) + 0.3;
      found.push({ next, score });
    }
  }
  for (let i = 0; i < SLOTS && found.length < 8; i++) {
    const slot = rule.sp + BigInt(8 * i);
    const address = wordAt(rule, slot);
    if (address === undefined) break;
    if (checkReturnAddress(rule.unwind, address).kind !== 'call') continue;
    const next: NextReturn = { address, cfa: slot + 8n, framePointer, trust: 'scan' };
    // Return addresses lie 8 below a multiple of 16; others are leftovers. Nearer ones are likelier.
    const misplaced = slot % 16n === 8n ? 0 : 0.5;
    found.push({ next, score: weigh(next) - misplaced - i / 1000 });
  }
  return found.reduce<{ next: NextReturn; score: number } | undefined>(
    (a, b) => (a === undefined || b.score > a.score ? b : a),
    undefined,
  )?.next;
}
