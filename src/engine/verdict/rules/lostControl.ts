import { runtimeAddress } from '../../base/addresses.js';
import { checkReturnAddress, isCode } from '../../unwind/unwindContext.js';
import { addressText, classifyAddress } from '../addressClass.js';
import { afterTransfer, asCalled, asReturned } from '../candidateStacks.js';
import { readCall } from '../callReading.js';
import { isReturnAt } from '../functionCode.js';
import { type Evidence, instruction, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { addressOf } from '../effectiveAddress.js';
import { OF_THE_STACK, poppedWord } from '../poppedWord.js';
import { pointerPattern } from '../pointerPattern.js';
import { printable } from '../printable.js';
import { decodeAt, nameOf, nameOfReturn, type RuleContext, slotName, wordAt } from '../ruleContext.js';
import {
  atACall,
  calledUnaligned,
  MAY_HOLD,
  notAtACall,
  OVERWRITTEN,
  type PlainReturn,
  plainReturn,
} from '../plainReturn.js';
import { afterLongjmp, jumpedBack } from '../longjmpReturn.js';
import { keepsFramePointers } from '../stackInPlace.js';
import { intendedPad, withPad } from '../cleanupPad.js';
import { exceptionInFlight } from './exceptionInFlight.js';
import { FRAME_OVERWRITTEN, unwindTransferRace } from './unwindTransferRace.js';

const RULE = 'lost-control';

/**
 * Control went, or was about to go, where there is no code, but not to 0: a smashed return address, a wild jump or call, or the race
 * with a word that was not zero.
 */
export function lostControl(rule: RuleContext): Finding | undefined {
  if (isCode(rule.unwind, rule.pc)) return isReturnAt(rule, rule.pc) === true ? badReturn(rule) : badTransfer(rule);
  const popped = wordAt(rule, rule.sp - 8n);
  const top = wordAt(rule, rule.sp);
  const check = top === undefined ? undefined : checkReturnAddress(rule.unwind, top);
  const reading = check?.kind === 'call' ? readCall(rule, check.site) : undefined;
  const address = classifyAddress(rule, rule.pc);
  const race = raced(rule);
  if (race !== undefined) return race;
  const returned = plainReturn(rule);
  const refuted = returned === 'refuted';
  const plain = popped === rule.pc && reading?.kind !== 'led' && (rule.sp % 16n === 0n || MAY_HOLD.has(returned));
  if (reading?.kind === 'led' || (check?.kind === 'call' && popped !== rule.pc)) {
    return wildJump(
      rule,
      `${nameOfReturn(rule, top ?? 0n)} called ${goneTo(address, rule.pc)}`,
      reading?.kind === 'led' ? 0.95 : popped === undefined || rule.sp % 16n !== 8n ? 0.8 : 0.92,
      [
        {
          rule: RULE,
          text: `${slotName(rule, rule.sp)} holds the return address ${nameOfReturn(rule, top ?? 0n)}${reading === undefined ? '' : `, behind ${reading.how}`}`,
          weight: 0.8,
          refs: [slot(runtimeAddress(rule.sp))],
        },
        ...(popped === undefined || popped === rule.pc ? [] : [notReturned(rule, popped)]),
      ],
    );
  }
  if (plain) {
    const below = runtimeAddress(rule.sp - 8n);
    const target = jumpedBack(rule, rule.sp);
    return returnToWild(rule, rule.pc, surenessOf(returned), asReturned(rule), [
      {
        rule: RULE,
        text: `${slotName(rule, below)} holds the address that was gone to: a return popped it`,
        weight: 0.7,
        refs: [slot(below), register('rip')],
      },
      rule.sp % 16n === 0n
        ? { rule: RULE, text: '%rsp is a multiple of 16, as after a return', weight: 0.4, refs: [register('rsp')] }
        : calledUnaligned(rule, RULE),
      ...(target === undefined ? [] : [afterLongjmp(rule, RULE, target)]),
      ...(refuted ? [notAtACall(rule, RULE)] : []),
      ...(returned === 'holds' && rule.sp % 16n === 0n ? [atACall(rule, RULE)] : []),
    ]);
  }
  if (popped === rule.pc) return undecided(rule, goneTo(address, rule.pc));
  const evidence: Evidence[] = [
    { rule: RULE, text: '%rip points to no executable memory', weight: 0.6, refs: [register('rip')] },
  ];
  if (popped !== undefined) evidence.push(notReturned(rule, popped));
  const sure = popped === undefined ? 0.7 : check?.kind === 'unknown' ? unreadCall(rule) : 0.92;
  return wildJump(rule, `Control went to ${goneTo(address, rule.pc)}`, sure, evidence);
}

/**
 * How sure a call through a bad pointer is where the call cannot be read: with a moved stack pointer a function reads another word than the
 * pointer that it means to call, and a callee that does not find the stack pointer 8 modulo 16 was called with one, or by a rare function.
 */
function unreadCall(rule: RuleContext): number {
  if (rule.sp % 16n !== 8n) return 0.7;
  return keepsFramePointers(rule) ? 0.92 : 0.88;
}

/** The return faulted itself: its target is not canonical, or the stack pointer is wild. */
function badReturn(rule: RuleContext): Finding | undefined {
  const top = wordAt(rule, rule.sp);
  if (top === undefined || rule.unwind.architecture.isCanonical(top)) return undefined;
  const race = raced(rule);
  if (race !== undefined) return race;
  const returned = plainReturn(rule, rule.sp + 8n);
  // At a return the stack pointer is 8 modulo 16, or its caller is one of the few that do not keep the stack aligned.
  const off = rule.sp % 16n === 0n && !MAY_HOLD.has(returned);
  return returnToWild(rule, top, off ? 0.6 : surenessOf(returned), asCalled(rule), [
    {
      rule: RULE,
      text: `the return at ${nameOf(rule, rule.pc)} found 0x${top.toString(16)} at ${slotName(rule, rule.sp)}, which is no address`,
      weight: 0.9,
      refs: [instruction(runtimeAddress(rule.pc)), slot(runtimeAddress(rule.sp))],
    },
  ]);
}

/** A call or jump through a pointer that is no canonical address faults itself; nothing was pushed. */
function badTransfer(rule: RuleContext): Finding | undefined {
  const decoded = decodeAt(rule, rule.pc);
  if (decoded === undefined || (decoded.flow !== 'indirectCall' && decoded.flow !== 'indirectJump')) return undefined;
  const operand = decoded.memory.find((candidate) => candidate.access === 'read');
  const place = operand === undefined ? undefined : addressOf(operand, rule.crash.registers);
  const target =
    decoded.throughRegister === undefined
      ? place === undefined
        ? undefined
        : wordAt(rule, place)
      : rule.crash.registers.get(decoded.throughRegister);
  if (target === undefined || rule.unwind.architecture.isCanonical(target)) return undefined;
  const text = addressText('noncanonical', target);
  const evidence: Evidence = {
    rule: RULE,
    text: `${decoded.text} at %rip leads to ${text}`,
    weight: 0.9,
    refs: [
      instruction(runtimeAddress(rule.pc)),
      ...(decoded.throughRegister === undefined ? [] : [register(decoded.throughRegister)]),
    ],
  };
  return wildJump(rule, `${nameOf(rule, rule.pc)} went to ${text}`, 0.95, [evidence], target);
}

/** Where control went: of memory that is there, that nothing may run in it. */
function goneTo(address: ReturnType<typeof classifyAddress>, target: bigint): string {
  return address === 'protected'
    ? `0x${target.toString(16)}, which is mapped but not executable`
    : addressText(address, target);
}

/** A return leaves the address it went to below the stack pointer. */
function notReturned(rule: RuleContext, popped: bigint): Evidence {
  const below = runtimeAddress(rule.sp - 8n);
  return {
    rule: RULE,
    text: `no return led there: ${slotName(rule, below)}, from where it would have been popped, holds 0x${popped.toString(16)}`,
    weight: 0.6,
    refs: [slot(below)],
  };
}

function raced(rule: RuleContext): Finding | undefined {
  const inFlight = exceptionInFlight(rule);
  const pad = intendedPad(rule, inFlight);
  const race = unwindTransferRace(rule, inFlight);
  // Without the signal's own frame: the restore pushes its target and returns to it, so that word still lies below the stack pointer.
  if (race === undefined || (race.frame === undefined && wordAt(rule, rule.sp - 8n) !== rule.pc)) return undefined;
  return {
    label: 'other',
    kind: 'unwind-transfer-race',
    confidence: race.strength,
    account: `A signal arrived while the unwinder was restoring a context: %rsp had moved already, so the kernel wrote the signal frame over the target that was read next.`,
    evidence: race.evidence,
    missing: race.frame === undefined ? [FRAME_OVERWRITTEN] : [],
    stack: afterTransfer(rule, pad),
    ...(race.knownBug === undefined ? {} : { knownBug: race.knownBug }),
    ...(inFlight === undefined ? {} : { exception: withPad(inFlight, pad) }),
  };
}

/** Where nothing measures the caller's frame a large shift, which pops any word at all, stays possible. */
function surenessOf(returned: PlainReturn): number {
  return returned === 'unknown' ? Math.min(0.88, OVERWRITTEN.unknown) : OVERWRITTEN[returned];
}

/** How sure an overwritten return address can be where an exception was on its way to a landing pad. */
const IN_FLIGHT_AT_MOST = 0.7;

/** How sure an overwritten return address can be where the word is one that lies on stacks anyway. */
const OF_THE_STACK_AT_MOST = 0.45;

function returnToWild(
  rule: RuleContext,
  target: bigint,
  confidence: number,
  stack: Finding['stack'],
  evidence: Evidence[],
): Finding {
  const address = classifyAddress(rule, target);
  const text = printable(target);
  const pattern = pointerPattern(target);
  if (pattern !== undefined) evidence.push({ rule: RULE, text: `the address ${pattern}`, weight: 0.4, refs: [] });
  const word = poppedWord(rule, target, isCode(rule.unwind, rule.pc) ? rule.sp + 8n : rule.sp);
  const ofTheStack = OF_THE_STACK.has(word);
  if (ofTheStack) {
    const what = word === 'frame' ? 'is a saved frame pointer' : 'points into the stack in use';
    evidence.push({
      rule: RULE,
      text: `the word ${what}: a stack pointer that had been moved pops such a word, and hardly anybody writes it over a return address`,
      weight: -0.5,
      refs: [slot(runtimeAddress(target))],
    });
  }
  const inFlight = exceptionInFlight(rule);
  if (inFlight !== undefined) evidence.push({ ...inFlight.evidence, weight: -0.4 });
  return {
    label: 'other',
    kind: 'return-to-wild',
    confidence: Math.min(
      confidence,
      ofTheStack ? OF_THE_STACK_AT_MOST : 1,
      inFlight === undefined ? 1 : IN_FLIGHT_AT_MOST,
    ),
    ...(address === undefined ? {} : { address }),
    account: `A function returned to ${goneTo(address, target)}: its return address had been overwritten on the stack${text === undefined ? '' : ' with text'}.`,
    evidence,
    missing: [],
    ...(stack === undefined ? {} : { stack }),
  };
}

function wildJump(
  rule: RuleContext,
  what: string,
  confidence: number,
  evidence: readonly Evidence[],
  target = rule.pc,
): Finding {
  const address = classifyAddress(rule, target);
  const pattern = pointerPattern(target);
  return {
    label: 'other',
    kind: 'wild-jump',
    confidence,
    ...(address === undefined ? {} : { address }),
    account: `${what}: a corrupt code pointer.`,
    evidence:
      pattern === undefined
        ? evidence
        : [...evidence, { rule: RULE, text: `the address ${pattern}`, weight: 0.4, refs: [] }],
    missing: [],
    stack: asCalled(rule),
  };
}

/** A popped address on a stack that is off by a word: a shift, or a wild call; only code tells. */
function undecided(rule: RuleContext, where: string): Finding {
  return {
    label: 'other',
    kind: 'unknown',
    confidence: 0.5,
    account: `Control went to ${where}, and what led there could not be decided.`,
    evidence: [
      {
        rule: RULE,
        text: `${slotName(rule, rule.sp - 8n)} holds that address, as if a return had popped it, but %rsp is 8 modulo 16: a shifted stack, or a call through a wild pointer`,
        weight: 0.1,
        refs: [slot(runtimeAddress(rule.sp - 8n)), register('rsp')],
      },
    ],
    missing: [
      'the binary that made the call: its code before the return address would decide between a call and a shifted return',
    ],
    stack: asCalled(rule),
  };
}
