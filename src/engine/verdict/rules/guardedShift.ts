import { runtimeAddress } from '../../base/addresses.js';
import { functionStartOf } from '../../unwind/coherence.js';
import { cfaAt } from '../../unwind/rules/cfiRule.js';
import { lookupAddress, type StackFrame } from '../../unwind/stackFrame.js';
import { checkReturnAddress } from '../../unwind/unwindContext.js';
import { shifted } from '../candidateStacks.js';
import { mayHaveCalled } from '../calledFunction.js';
import { frameAt, slot } from '../evidence.js';
import type { Finding } from '../finding.js';
import { workedOut } from '../functionCode.js';
import { FactKey } from '../../modules/imageFacts.js';
import { nameOf, nameOfReturn, type RuleContext, slotName, wordAt } from '../ruleContext.js';
import { SHIFTS } from '../shiftReadings.js';

const RULE = 'guarded-shift';

/** Frames from the abort outwards among which the function lies that found its guard word changed. */
const NEAR = 12;
/** Where the guard's value is kept, from %fs on (glibc sysdeps/x86_64/nptl/tls.h, musl arch/x86_64/pthread_arch.h). */
const GUARD = 0x28n;

/**
 * A function ended the process because of a guard word that had changed, but it only looked in the wrong place: as far off as the guard's
 * own value lies, there lies a return address where one must. Nothing overflowed; the stack pointer was moved.
 */
export function guardedShift(rule: RuleContext): Finding | undefined {
  const base = rule.crash.registers.get('fs_base');
  const guard = base === undefined ? undefined : wordAt(rule, base + GUARD);
  if (guard === undefined || guard === 0n) return undefined;
  for (const [index, frame] of rule.crash.walk.frames.slice(0, NEAR).entries()) {
    if (frame.signalFrame !== undefined) return undefined;
    const found = inFrame(rule, guard, frame, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inFrame(rule: RuleContext, guard: bigint, frame: StackFrame, index: number): Finding | undefined {
  const { stackPointer } = rule.unwind.architecture;
  const start = functionStartOf(rule.unwind, frame);
  const sp = frame.registers.get(stackPointer);
  const cfa = cfaAt(rule.unwind, frame);
  if (start === undefined || sp === undefined || cfa === undefined) return undefined;
  // Where the return address is in its place so is the stack pointer, and a guard word found farther up is that of a caller.
  const inPlace = linkAt(rule, cfa - 8n, start);
  for (const displacement of guardSlots(rule, start)) {
    const place = sp + displacement;
    if (place >= cfa || wordAt(rule, place) === guard) continue;
    const possible = SHIFTS.filter((shift) => wordAt(rule, place - BigInt(shift)) === guard).flatMap((shift) => {
      const at = cfa - 8n - BigInt(shift);
      const address = wordAt(rule, at);
      const link = linkAt(rule, at, start);
      return address !== undefined && link > inPlace && link >= leastLink(shift) ? [{ shift, at, address }] : [];
    });
    const [only] = possible;
    if (only === undefined || possible.length > 1) continue;
    const { shift, at, address } = only;
    const where = nameOf(rule, lookupAddress(frame));
    const wrong = `${Math.abs(shift)} bytes too ${shift < 0 ? 'low' : 'high'}`;
    return {
      label: 'misaligned-stack',
      kind: 'rsp-shift',
      shift,
      confidence: 0.93,
      account: `%${stackPointer} was ${wrong} in ${where}, which therefore looked for its guard word in the wrong place, and ended the process: nothing had overflowed there.`,
      evidence: [
        {
          rule: RULE,
          text: `${where} keeps its guard word at %${stackPointer}+0x${displacement.toString(16)}, ${slotName(rule, place)}, where it is not; its value, unchanged, lies at ${slotName(rule, place - BigInt(shift))}`,
          weight: 0.8,
          refs: [frameAt(index), slot(runtimeAddress(place)), slot(runtimeAddress(place - BigInt(shift)))],
        },
        {
          rule: RULE,
          text: `just as far off, at ${slotName(rule, at)}, lies the return address ${nameOfReturn(rule, address)}`,
          weight: 0.7,
          refs: [slot(runtimeAddress(at))],
        },
      ],
      missing: [],
      stack: shifted(rule, shift, at, address, frame),
    };
  }
  return undefined;
}

/**
 * How surely a word is the return address of a function: 3 behind a direct call of it, 2 behind an indirect one, 1 behind the call of
 * another function that may have jumped on, 0 else.
 */
function linkAt(rule: RuleContext, place: bigint, start: bigint): 0 | 1 | 2 | 3 {
  const address = wordAt(rule, place);
  const check = address === undefined ? undefined : checkReturnAddress(rule.unwind, address);
  if (address === undefined || check?.kind !== 'call' || !mayHaveCalled(rule, address, start)) return 0;
  const { target } = check.site;
  return target === start ? 3 : target === undefined ? 2 : 1;
}

/** What overflows a guard word often leaves a caller's guard word and return address alone: the larger the shift, the surer the link must be. */
function leastLink(shift: number): number {
  const size = Math.abs(shift);
  return size <= 8 ? 1 : size <= 16 ? 2 : 3;
}

/** Distances from the stack pointer at which a function stores or checks its guard word. */
function guardSlots(rule: RuleContext, start: bigint): readonly bigint[] {
  const { disassembler } = rule;
  if (disassembler === undefined) return [];
  const read = (code: Uint8Array, at: bigint): readonly bigint[] => {
    const slots = new Set<bigint>();
    let ofGuard = -1;
    let before: bigint | undefined;
    for (let offset = 0, count = 0; offset < code.length; count++) {
      const decoded = disassembler.decode(code.subarray(offset, offset + 15), runtimeAddress(at + BigInt(offset)));
      if (decoded === undefined) break;
      offset += decoded.length;
      const isGuard = decoded.memory.some(({ segment, displacement }) => segment === 'fs' && displacement === GUARD);
      const here = decoded.memory.find(({ base, index }) => base === 'rsp' && index === undefined)?.displacement;
      const slotHere = decoded.flow === 'next' && decoded.mnemonic !== 'lea' ? here : undefined;
      // Loaded right before it is compared with the guard, or stored or compared right after that was loaded.
      if (isGuard && before !== undefined) slots.add(before);
      if (ofGuard === count - 1 && slotHere !== undefined) slots.add(slotHere);
      if (isGuard) ofGuard = count;
      before = slotHere;
    }
    return [...slots];
  };
  return workedOut(rule, SLOTS, start, read)?.fact ?? [];
}

const SLOTS = new FactKey<readonly bigint[]>('guard slots of a function');
