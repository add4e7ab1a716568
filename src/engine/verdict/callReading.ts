import type { CallOperand, CallSite } from '../arch/architecture.js';
import { runtimeAddress } from '../base/addresses.js';
import { cfiRowAt } from '../unwind/rules/cfiRule.js';
import { isCode } from '../unwind/unwindContext.js';
import { addressOf } from './effectiveAddress.js';
import { jumpsOf, pointerOf } from './functionJumps.js';
import { type RuleContext, wordAt } from './ruleContext.js';

/**
 * Whether the call before a return address can have led to where the processor is now.
 * - `led`: an indirect call, or a tail jump in the called function, whose operand is the pc
 * - `ledElsewhere`: the call's target is known and neither it nor a jump in it leads to the pc
 * - `cannotTell`: code or registers that would decide are missing
 */
export interface CallReading {
  readonly kind: 'led' | 'ledElsewhere' | 'cannotTell';
  /** How, in words. */
  readonly how: string;
  /** Start of the function that was called, when known. */
  readonly callee?: bigint;
  /** The tail jump that led to the pc. */
  readonly jump?: bigint;
}

export function readCall(rule: RuleContext, site: CallSite): CallReading {
  if (site.target === undefined) return readIndirect(rule, site);
  if (site.target === rule.pc) return { kind: 'led', how: 'a direct call to that address' };
  return readCallee(rule, site.target, 'a direct call');
}

function readIndirect(rule: RuleContext, site: CallSite): CallReading {
  const value = site.operand === undefined ? undefined : valueOf(rule, site.operand);
  if (value === undefined) return { kind: 'cannotTell', how: 'an indirect call whose operand cannot be read any more' };
  if (value === rule.pc) return { kind: 'led', how: 'an indirect call whose operand still holds that address' };
  if (!isCode(rule.unwind, value)) return { kind: 'cannotTell', how: 'an indirect call whose operand changed since' };
  return readCallee(rule, value, 'an indirect call');
}

function valueOf(rule: RuleContext, operand: CallOperand): bigint | undefined {
  const { registers } = rule.crash;
  if (operand.kind === 'register') return registers.get(operand.register);
  const address = operand.address ?? addressOf(operand, registers);
  return address === undefined ? undefined : (wordAt(rule, address) ?? untouched(rule, address));
}

/**
 * The kernel leaves out anonymous memory that was never written: it is still zero. Known only where other anonymous memory, the
 * stack, was dumped, so that no filter left it out (fs/coredump.c, vma_dump_size).
 */
function untouched(rule: RuleContext, address: bigint): bigint | undefined {
  const { core } = rule.unwind;
  const segment = core.segmentAt(address);
  const stack = core.segmentAt(rule.sp);
  const anonymous = !rule.core.files.some((file) => address >= file.start && address < file.end);
  return segment?.filesz === 0n && segment.writable && anonymous && stack !== undefined && stack.filesz > 0n
    ? 0n
    : undefined;
}

const MOST_HOPS = 3;

function readCallee(rule: RuleContext, callee: bigint, call: string, hops = 0): CallReading {
  const jumps = jumpsOf(rule, callee);
  if (jumps === undefined) return { kind: 'cannotTell', how: `${call} to a function whose code is not known`, callee };
  for (const jump of jumps.indirect) {
    const value = pointerOf(rule, jump);
    if (value === rule.pc)
      return {
        kind: 'led',
        how: `${call} to a function with a jump through a pointer that still holds that address`,
        callee,
        jump: jump.address,
      };
  }
  // A linkage stub is nothing but such a jump: what it leads to is the function that was called.
  const [only] = jumps.indirect;
  if (jumps.isStub && only !== undefined && hops < MOST_HOPS) {
    const value = pointerOf(rule, only);
    if (value !== undefined && isCode(rule.unwind, value)) return readCallee(rule, value, call, hops + 1);
  }
  if (jumps.pushed.some((pushed) => pointerOf(rule, pushed) === rule.pc)) {
    return { kind: 'led', how: `${call} to a function that pushes an address and returns to it`, callee };
  }
  for (const target of jumps.outside) {
    if (target === rule.pc) return { kind: 'led', how: `${call} to a function with a jump to that address`, callee };
    if (hops >= MOST_HOPS) break;
    const further = readCallee(rule, target, call, hops + 1);
    if (further.kind === 'led') return { ...further, callee };
  }
  return { kind: 'ledElsewhere', how: `${call} to a function without a jump to that address`, callee };
}

/** The function that a direct call leads to: its target, or what the linkage stub there jumps to. */
export function functionCalled(rule: RuleContext, target: bigint): bigint {
  let called = target;
  for (let hops = 0; hops < MOST_HOPS; hops++) {
    const jumps = jumpsOf(rule, called);
    const [only] = jumps?.isStub === true ? jumps.indirect : [];
    const value = only === undefined ? undefined : pointerOf(rule, only);
    if (value === undefined || !isCode(rule.unwind, value)) break;
    called = value;
  }
  return called;
}

/** Whether a function may end in a jump elsewhere, so that another one returns in its stead. */
export function mayJumpOn(rule: RuleContext, start: bigint): boolean {
  const jumps = jumpsOf(rule, start);
  return jumps === undefined || jumps.indirect.length > 0 || jumps.outside.length > 0;
}

/**
 * Whether a function may end in a jump, direct or over others, to the one that starts at `goal`.
 *
 * @param throughPointers a jump through a pointer may lead there, too
 */
export function mayJumpTo(rule: RuleContext, start: bigint, goal: bigint, throughPointers: boolean, hops = 0): boolean {
  const jumps = jumpsOf(rule, start);
  if (jumps === undefined || (throughPointers && jumps.indirect.length > 0) || hops > MOST_HOPS) return true;
  return jumps.outside.some((target) => {
    // Split-off parts jump back into the middle of what they were split from.
    const at = startOf(rule, target) ?? target;
    return at === goal || (at !== start && mayJumpTo(rule, at, goal, throughPointers, hops + 1));
  });
}

function startOf(rule: RuleContext, address: bigint): bigint | undefined {
  const row = cfiRowAt(rule.unwind, runtimeAddress(address));
  const bias = rule.unwind.modules.find(address)?.bias;
  return row === undefined || bias === undefined ? undefined : BigInt.asUintN(64, row.functionStart + bias);
}
