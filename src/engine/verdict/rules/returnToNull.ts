import { runtimeAddress } from '../../base/addresses.js';
import { afterTransfer, asCalled, asReturned } from '../candidateStacks.js';
import { readCall } from '../callReading.js';
import { type Evidence, register, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { nameOfReturn, type RuleContext, slotName, wordAt } from '../ruleContext.js';
import { checkReturnAddress } from '../../unwind/unwindContext.js';
import { atACall, calledUnaligned, MAY_HOLD, notAtACall, OVERWRITTEN, plainReturn } from '../plainReturn.js';
import { afterLongjmp, jumpedBack } from '../longjmpReturn.js';
import { intendedPad, withPad } from '../cleanupPad.js';
import { keepsFramePointers } from '../stackInPlace.js';
import { exceptionInFlight } from './exceptionInFlight.js';
import { freshStack, type Restored, restoredContext, switchedStack } from './contextRestore.js';
import { FRAME_OVERWRITTEN, unwindTransferRace } from './unwindTransferRace.js';

const RULE = 'return-to-null';

/** rip is 0: by a return or a context restore, by a call, or by a jump. */
export function ripIsNull(rule: RuleContext): Finding | undefined {
  if (rule.pc !== 0n) return undefined;
  const jumped = longjmpToNull(rule);
  if (jumped !== undefined) return jumped;
  const context = restoredContext(rule);
  if (context !== undefined && exceptionInFlight(rule) === undefined) return contextRestored(rule, context);
  const top = wordAt(rule, rule.sp);
  const popped = wordAt(rule, rule.sp - 8n);
  const check = top === undefined ? undefined : checkReturnAddress(rule.unwind, top);
  if (check?.kind === 'call') {
    const reading = readCall(rule, check.site);
    if (reading.kind === 'led') return nullCall(rule, top ?? 0n, reading.how, 0.97);
    // No return popped that 0, so somebody jumped: functions that end in a jump through a pointer leave no other trace.
    if (rule.sp % 16n === 8n && popped !== undefined && popped !== 0n) {
      const how = `${reading.how}; yet no return led to 0, for ${slotName(rule, rule.sp - 8n)}, from where it would have been popped, holds 0x${popped.toString(16)}: what was called, or what that went on to, jumped there`;
      return nullCall(rule, top ?? 0n, how, 0.92);
    }
    if (rule.sp % 16n === 8n) {
      const text =
        reading.kind === 'cannotTell' ? reading.how : `${reading.how}, yet no shift of %rsp makes the stack whole`;
      const indirect = check.site.target === undefined;
      if (popped === 0n && MAY_HOLD.has(plainReturn(rule))) return returned(rule);
      // An indirect call right before the return address, on a stack aligned as on entry: what else should have called NULL?
      return indirect ? nullCall(rule, top ?? 0n, text, popped === 0n ? 0.75 : 0.85) : undecided(rule, text);
    }
  }
  // A return would have popped the 0 from there: so somebody called, or jumped.
  if (check?.kind === 'unknown' && rule.sp % 16n === 8n && popped !== undefined && popped !== 0n) {
    const how = `code that cannot be read; no return led to 0, for ${slotName(rule, rule.sp - 8n)}, from where it would have been popped, holds 0x${popped.toString(16)}`;
    // A moved stack pointer makes a function read another word than the pointer that it means to call.
    return nullCall(rule, top ?? 0n, how, keepsFramePointers(rule) ? 0.9 : 0.88);
  }
  const switched = popped === 0n && rule.sp % 8n === 0n ? switchedStack(rule) : undefined;
  if (switched !== undefined && exceptionInFlight(rule) === undefined) return contextRestored(rule, switched);
  const fresh = popped === 0n && check?.kind !== 'unknown' ? freshStack(rule) : undefined;
  if (fresh !== undefined) return contextRestored(rule, fresh);
  if (rule.sp % 16n === 8n && popped === 0n && MAY_HOLD.has(plainReturn(rule))) return returned(rule);
  if (rule.sp % 16n === 8n)
    return check?.kind === 'unknown'
      ? undecided(rule, 'the code before the return address is not known')
      : undecided(rule, 'no return address lies at the stack pointer');
  if (popped === 0n) return check?.kind === 'unknown' ? perhapsCalled(rule, returned(rule)) : returned(rule);
  return undecided(
    rule,
    popped === undefined
      ? 'the word below the stack pointer is not in the core'
      : `the word below the stack pointer is 0x${popped.toString(16)}, not 0: nothing was popped`,
  );
}

/**
 * A caller's frame hardly begins with an address of code. If that is a return address, 0 was called with a stack pointer that had been moved,
 * and the 0 below it lay there before, as much of what lies below a stack does.
 */
function perhapsCalled(rule: RuleContext, finding: Finding): Finding {
  if (finding.kind !== 'zeroed-return-address') return finding;
  const text = `${slotName(rule, rule.sp)} points into code that cannot be read: if it is a return address, 0 was called, and the stack pointer had been moved before`;
  return {
    ...finding,
    confidence: Math.min(finding.confidence, PERHAPS_CALLED),
    evidence: [...finding.evidence, { rule: RULE, text, weight: -0.3, refs: [slot(runtimeAddress(rule.sp))] }],
  };
}

const PERHAPS_CALLED = 0.8;

function returned(rule: RuleContext): Finding {
  const inFlight = exceptionInFlight(rule);
  const pad = intendedPad(rule, inFlight);
  const race = unwindTransferRace(rule, inFlight);
  const stack = afterTransfer(rule, pad);
  const below = runtimeAddress(rule.sp - 8n);
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: `${slotName(rule, below)} is 0: the return address that was popped`,
      weight: 0.6,
      refs: [slot(below), register('rip')],
    },
    rule.sp % 16n === 0n
      ? {
          rule: RULE,
          text: '%rsp is a multiple of 16, as after a return; after a call it would be 8 modulo 16',
          weight: 0.6,
          refs: [register('rsp')],
        }
      : calledUnaligned(rule, RULE),
  ];
  const exception = inFlight === undefined ? {} : { exception: withPad(inFlight, pad) };
  if (race !== undefined) {
    return {
      label: 'return-to-null',
      kind: 'unwind-transfer-race',
      confidence: race.strength,
      account: `A signal arrived while the unwinder was restoring a context: %rsp had moved already, so the kernel wrote the signal frame over the target that was read next, and it read 0.`,
      evidence: [...race.evidence, ...evidence],
      missing: race.frame === undefined ? [FRAME_OVERWRITTEN] : [],
      stack,
      ...(race.knownBug === undefined ? {} : { knownBug: race.knownBug }),
      ...exception,
    };
  }
  if (inFlight !== undefined) evidence.push(inFlight.evidence);
  const restore = inFlight !== undefined;
  const plain = plainReturn(rule);
  const target = restore ? undefined : jumpedBack(rule, rule.sp);
  if (target !== undefined) evidence.push(afterLongjmp(rule, RULE, target));
  if (!restore && plain === 'refuted') evidence.push(notAtACall(rule, RULE));
  if (!restore && plain === 'holds' && rule.sp % 16n === 0n) evidence.push(atACall(rule, RULE));
  return {
    label: 'return-to-null',
    kind: restore ? 'context-restore-to-null' : 'zeroed-return-address',
    confidence: restore ? 0.7 : OVERWRITTEN[plain],
    account: restore
      ? 'Control was being transferred to a landing pad, and went to address 0 instead.'
      : target === undefined
        ? 'A function returned, and the return address it popped was 0: something had overwritten it on the stack.'
        : `longjmp went back to ${nameOfReturn(rule, target)}, whose frame was no longer in order: the return address that it popped was 0.`,
    evidence,
    missing: [],
    stack,
    ...exception,
  };
}

function contextRestored(rule: RuleContext, restored: Restored): Finding {
  return {
    label: 'return-to-null',
    kind: 'context-restore-to-null',
    confidence: restored.weight,
    account: restored.account,
    evidence: [restored.evidence],
    missing: [],
    stack: asReturned(rule),
  };
}

function nullCall(rule: RuleContext, address: bigint, how: string, confidence: number): Finding {
  return {
    label: 'other',
    kind: 'null-call',
    confidence,
    address: 'null',
    account: `A call through a null pointer: ${nameOfReturn(rule, address)} called address 0.`,
    evidence: [
      {
        rule: RULE,
        text: `${slotName(rule, rule.sp)} holds the return address ${nameOfReturn(rule, address)}, behind ${how}`,
        weight: 0.9,
        refs: [slot(runtimeAddress(rule.sp))],
      },
      ...(rule.sp % 16n === 8n
        ? [{ rule: RULE, text: '%rsp is 8 modulo 16, as right after a call', weight: 0.3, refs: [register('rsp')] }]
        : []),
    ],
    missing: [],
    stack: asCalled(rule),
  };
}

/** glibc's __longjmp jumps through %rdx with the new stack pointer in %r8 and the new frame pointer in %r9 (sysdeps/x86_64/__longjmp.S). */
function longjmpToNull(rule: RuleContext): Finding | undefined {
  const { registers } = rule.crash;
  if (registers.get('rdx') !== 0n || registers.get('r8') !== rule.sp || registers.get('r9') !== registers.get('rbp'))
    return undefined;
  if (rule.sp % 16n !== 0n) return undefined;
  return {
    label: 'return-to-null',
    kind: 'context-restore-to-null',
    confidence: 0.9,
    account: 'longjmp was given a buffer whose saved address is 0, and went there.',
    evidence: [
      {
        rule: RULE,
        text: '%r8 equals %rsp, %r9 equals %rbp and %rdx equals %rip: the registers longjmp jumps with',
        weight: 0.9,
        refs: [register('r8'), register('r9'), register('rdx')],
      },
    ],
    missing: [],
    stack: asReturned(rule),
  };
}

function undecided(rule: RuleContext, reason: string): Finding {
  return {
    label: 'other',
    kind: 'unknown',
    confidence: 0.5,
    address: 'null',
    account: `Execution reached address 0, and what led there could not be decided: ${reason}.`,
    evidence: [
      { rule: RULE, text: '%rip is 0', weight: 0.5, refs: [register('rip')] },
      {
        rule: RULE,
        text: `either a function was called through a null pointer, or a return popped 0 from a shifted stack: ${reason}`,
        weight: 0,
        refs: [slot(runtimeAddress(rule.sp))],
      },
    ],
    missing: [
      'the binary that made the call: its code before the return address would decide between a call and a shifted return',
    ],
    stack: asCalled(rule),
  };
}
