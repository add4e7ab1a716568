import type { Instruction } from '../../arch/disassembler.js';
import { runtimeAddress } from '../../base/addresses.js';
import { SIGSEGV } from '../../core/signals.js';
import { cfaAt } from '../../unwind/rules/cfiRule.js';
import { checkReturnAddress } from '../../unwind/unwindContext.js';
import type { Place } from '../../values/addressSpace.js';
import type { Access } from '../effectiveAddress.js';
import { type Evidence, instruction, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOf, type RuleContext, wordAt } from '../ruleContext.js';

const RULE = 'stack-overflow';
const SI_KERNEL = 0x80;
/** AT_RANDOM lies on the main stack, above everything that runs (fs/binfmt_elf.c). */
const AT_RANDOM = 25;

/** The thread ran off the low end of its stack: an access below the stack's lowest page, near %rsp or within a frame that reaches there. */
export function stackOverflow(
  rule: RuleContext,
  decoded: Instruction | undefined,
  accesses: readonly Access[],
): Finding | undefined {
  const { signal } = rule.crash;
  if (signal?.number !== SIGSEGV) return undefined;
  // With a handler and no alternate stack there is no room for its frame: the kernel forces the signal and drops the address.
  const forced = signal.code === SI_KERNEL;
  const given = forced ? undefined : signal.faultAddress;
  const fault = given ?? refusedOnStack(rule, decoded, accesses);
  if (fault === undefined) return forced ? noRoom(rule, decoded) : undefined;
  if (!isForbiddenHere(rule, fault)) return undefined;
  // What shows the frame that steps over a guard says more than that a stack lies behind it.
  const stack = stackRightAbove(rule, fault) ?? stackOfFrame(rule, fault) ?? stackAbove(rule, fault);
  if (stack === undefined) return undefined;
  return finding(rule, decoded, stack, given === undefined ? 0.9 : 0.95, [
    {
      rule: RULE,
      text: `${given === undefined ? 'the instruction reaches' : 'the fault at'} 0x${fault.toString(16)}${given === undefined ? ', which' : ''} lies below the stack's lowest page 0x${stack.place.start.toString(16)}, and %rsp is 0x${rule.sp.toString(16)}`,
      weight: 0.9,
      refs: [register('rsp')],
    },
    ...(stack.frame === undefined ? [] : [stack.frame]),
    ...(forced
      ? [
          {
            rule: RULE,
            text: 'the kernel gives no address: it found no room on the stack for the frame of the handler, and ended the process',
            weight: 0.4,
            refs: [],
          },
        ]
      : []),
  ]);
}

interface OverrunStack {
  readonly place: Place;
  /** How it is known to be the thread's stack, where %rsp alone does not say. */
  readonly frame?: Evidence;
}

/** Nothing is mapped there, or nothing that may be touched. */
function isForbiddenHere(rule: RuleContext, address: bigint): boolean {
  const place = rule.space().find(address);
  return place === undefined || (!place.readable && !place.writable);
}

/** The address of an access to the stack that leaves what is mapped: through its pointers, or from %rsp up to where the frame begins. */
function refusedOnStack(
  rule: RuleContext,
  decoded: Instruction | undefined,
  accesses: readonly Access[],
): bigint | undefined {
  if (decoded === undefined) return undefined;
  const { architecture } = rule.unwind;
  const refused = accesses.filter(({ address }) => architecture.isCanonical(address) && isForbiddenHere(rule, address));
  const { stackPointer, framePointer } = architecture;
  const through = refused.find(({ operand: { base } }) => base === stackPointer || base === framePointer);
  if (through !== undefined || refused.length === 0) return through?.address;
  const base = frameBase(rule);
  return refused.find(({ address }) => base !== undefined && address >= rule.sp - RED_ZONE && address < base)?.address;
}

const RED_ZONE = 128n;

/** The stack above the fault, be it behind a guard, when %rsp is at its low end or a step below it. */
function stackAbove(rule: RuleContext, fault: bigint): OverrunStack | undefined {
  const distance = fault - rule.sp;
  if (distance <= -BELOW_SP || distance >= ABOVE_SP) return undefined;
  const place = rule.space().find(fault);
  const spPlace = rule.space().find(rule.sp);
  const stack =
    spPlace !== undefined && (spPlace.readable || spPlace.writable)
      ? spPlace
      : usableAbove(rule, place === undefined ? fault : place.end - 1n);
  if (stack === undefined || fault >= stack.start) return undefined;
  // A fault far below the lowest page the stack has is a wild access, unless the stack pointer went there too.
  if (stack.start - fault > GUARD && rule.sp >= stack.start) return undefined;
  if (rule.sp >= stack.start + LOW_END || !isStackOf(rule, stack)) return undefined;
  return { place: stack };
}

/** The same, unless a guard lies between. */
function stackRightAbove(rule: RuleContext, fault: bigint): OverrunStack | undefined {
  const { above } = rule.space().neighbours(fault);
  return above === undefined || (!above.readable && !above.writable) ? undefined : stackAbove(rule, fault);
}

/** The next mapping above that may be touched; a frame larger than the guard of the stack steps over it. */
function usableAbove(rule: RuleContext, address: bigint): Place | undefined {
  const { above } = rule.space().neighbours(address);
  if (above === undefined || above.readable || above.writable) return above;
  const behind = rule.space().neighbours(above.end - 1n).above;
  return behind?.start === above.end ? behind : undefined;
}

const BELOW_SP = 64n * 1024n;
const ABOVE_SP = 16n << 20n;
const GUARD = 1n << 20n;
const LOW_END = 64n * 1024n;
/** Largest step below a stack by one frame that is still taken for its overflow without a look at the frame. */
const LARGEST_STEP = 64n << 20n;

/**
 * Whether a mapping is the stack that the thread ran on: it holds what the kernel put on the main stack, the thread's control block,
 * the frame pointer, or the frame of the function at the pc; and %rsp is not a world away from it.
 */
function isStackOf(rule: RuleContext, place: Place): boolean {
  if (place.start - rule.sp > LARGEST_STEP) return false;
  const holds = (mark: bigint | undefined): boolean => mark !== undefined && mark >= place.start && mark < place.end;
  const { registers } = rule.crash;
  return (
    place.role === 'stack' ||
    holds(rule.core.auxv.get(AT_RANDOM)) ||
    holds(registers.get('fs_base')) ||
    holds(registers.get(rule.unwind.architecture.framePointer)) ||
    holds(frameBase(rule))
  );
}

/** The mapping in which the crashed function's frame begins, when the frame reaches from there down beyond the fault. */
function stackOfFrame(rule: RuleContext, fault: bigint): OverrunStack | undefined {
  const base = frameBase(rule);
  const place = base === undefined ? undefined : rule.space().find(base - 8n);
  if (base === undefined || place === undefined || !place.writable || place.executable || place.role === 'module')
    return undefined;
  if (fault >= place.start || fault < rule.sp - BELOW_SP || rule.sp >= place.start) return undefined;
  if (base - rule.sp > LARGEST_FRAME) return undefined;
  return {
    place,
    frame: {
      rule: RULE,
      text: `the frame of ${nameOf(rule, rule.pc)} begins at 0x${base.toString(16)} on that stack and reaches down to %rsp: ${sizeText(base - rule.sp)}, more than the stack had left`,
      weight: 0.7,
      refs: [slot(runtimeAddress(base - 8n)), register('rsp')],
    },
  };
}

/** A frame beyond it is no array that somebody meant: the stack pointer was lost. */
const LARGEST_FRAME = 1n << 30n;

/** The canonical frame address at the crash, if a return address behind a call lies where it must; by the frame pointer without rows. */
function frameBase(rule: RuleContext): bigint | undefined {
  const framePointer = rule.crash.registers.get(rule.unwind.architecture.framePointer);
  const byPointer = framePointer === undefined ? undefined : framePointer + 16n;
  const cfa =
    cfaAt(rule.unwind, {
      pc: runtimeAddress(rule.pc),
      registers: rule.crash.registers,
      trust: 'context',
      rejected: [],
      interrupted: true,
    }) ?? byPointer;
  const returnAddress = cfa === undefined ? undefined : wordAt(rule, cfa - 8n);
  return returnAddress !== undefined && checkReturnAddress(rule.unwind, returnAddress).kind === 'call'
    ? cfa
    : undefined;
}

/**
 * The signal was forced and the instruction explains nothing: %rsp stands so near the stack's low end that no signal frame fits, which
 * kills at the next signal, be it a fault or any other that has a handler.
 */
function noRoom(rule: RuleContext, decoded: Instruction | undefined): Finding | undefined {
  const place = rule.space().find(rule.sp) ?? usableAbove(rule, rule.sp);
  if (place === undefined || !place.writable || rule.sp - place.start >= FRAME_SIZE || !isStackOf(rule, place))
    return undefined;
  if (place.start - rule.sp > LOW_END || !isForbiddenHere(rule, place.start - 1n)) return undefined;
  if (decoded !== undefined && decoded.memory.length === 0 && decoded.flow === 'next') return undefined;
  const below = rule.sp < place.start;
  return finding(rule, decoded, { place }, below ? 0.88 : 0.75, [
    {
      rule: RULE,
      text: below
        ? `%rsp is 0x${rule.sp.toString(16)}, below the stack's lowest page 0x${place.start.toString(16)}`
        : `%rsp is ${rule.sp - place.start} bytes above the low end of its stack, 0x${place.start.toString(16)}; a signal frame needs about a thousand and more`,
      weight: 0.7,
      refs: [register('rsp')],
    },
  ]);
}

/** A signal frame with AVX-512 state, and the red zone. */
const FRAME_SIZE = 4096n;

function finding(
  rule: RuleContext,
  decoded: Instruction | undefined,
  { place }: OverrunStack,
  confidence: number,
  evidence: readonly Evidence[],
): Finding {
  const frames = rule.crash.walk.frames.length;
  const low = rule.sp < place.start ? rule.sp : place.start;
  const deep = frames > DEEP;
  return {
    label: 'other',
    kind: 'stack-overflow',
    confidence,
    address: 'guard',
    account: `The stack ran out at ${nameOf(rule, rule.pc)}: ${sizeText(place.end - low)} were in use${deep ? ', in a deep recursion' : ''}.`,
    evidence: [
      ...evidence,
      ...(decoded === undefined
        ? []
        : [
            {
              rule: RULE,
              text: `${decoded.text} uses the stack`,
              weight: decoded.memory.some(({ base }) => base === 'rsp') ? 0.4 : 0.1,
              refs: [instruction(runtimeAddress(rule.pc))],
            },
          ]),
      ...(deep ? [{ rule: RULE, text: `${frames} frames were walked without an end`, weight: 0.4, refs: [] }] : []),
    ],
    missing: [],
  };
}

const DEEP = 100;

function sizeText(bytes: bigint): string {
  return bytes < 16n << 20n ? `${bytes / 1024n} KiB` : `${bytes >> 20n} MiB`;
}
