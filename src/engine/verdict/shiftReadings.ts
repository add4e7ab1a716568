import { runtimeAddress } from '../base/addresses.js';
import type { StackFrame } from '../unwind/stackFrame.js';
import { checkReturnAddress } from '../unwind/unwindContext.js';
import { restoreFit } from './calleeSaved.js';
import { mayJumpOn, readCall } from './callReading.js';
import { calledAt } from './calledFunction.js';
import { callerFrame } from './callerFrame.js';
import { type CallRecord, callRecords } from './callRecords.js';
import { type CandidateStack, shifted } from './candidateStacks.js';
import { type Evidence, instruction, register, slot } from './evidence.js';
import { flagsFitReturn } from './flagWitness.js';
import { shapeOf } from './functionShape.js';
import { type PlainReturn, plainReturn } from './plainReturn.js';
import { isSavedFramePointer, OVERWRITTEN_WITH, poppedWord } from './poppedWord.js';
import { returnsWithoutCall } from './returnPath.js';
import { exceptionInFlight } from './rules/exceptionInFlight.js';
import { nameOf, nameOfReturn, type RuleContext, slotName, wordAt } from './ruleContext.js';

const RULE = 'stack-pointer-shift';

/** Bytes added to the stack pointer, in the order of likelihood: one push or pop too many, then more. */
export const SHIFTS: readonly number[] = [-8, 8, -16, 16, -24, 24, -32, 32, -40, 40, -48, 48, -56, 56, -64, 64];

/**
 * The shifts to look at. Where the stack pointer is no multiple of a word, which no compiler leaves so, those that make it one.
 *
 * @param after the stack pointer behind the return
 */
export function shiftsFor(after: bigint): readonly number[] {
  const rest = Number(after % 8n);
  return rest === 0 ? SHIFTS : [0, ...SHIFTS].map((shift) => shift + rest).sort((a, b) => Math.abs(a) - Math.abs(b));
}

/** A return that popped the wrong word, read as one shift of the stack pointer in one function. */
export interface ShiftReading {
  /** Bytes added to the stack pointer; 0 for a return in its place. */
  readonly shift: number;
  /** Natural logarithm of how likely the words and registers are under this reading, up to a constant. */
  readonly score: number;
  /** Where the true return address lies, and what it is. */
  readonly place: bigint;
  readonly address: bigint;
  /** The function that returned. */
  readonly callee: bigint | undefined;
  readonly stack: CandidateStack;
  readonly evidence: readonly Evidence[];
  /** Something speaks for it beyond a return address that lies where it would have to. */
  readonly supported: boolean;
  /** What the registers that the function restored add to the score. */
  readonly restored: number;
  /** Whether a call to the very address is the same picture: behind an indirect call of which nothing tells where it led. */
  readonly callable: boolean;
  /**
   * What neighbouring frames, which are in their places, add to the score, where the return addresses of these lie, and whether the call
   * before the reading's own return address can have led to its function without a jump in between.
   */
  readonly neighbours: { readonly score: number; readonly places: readonly bigint[]; readonly ofThisCall: boolean };
}

/** The return that popped a wrong word, or is going to. */
export interface BadReturn {
  /** The stack pointer behind it. */
  readonly after: bigint;
  /** The function that returns, where a pc in it is known. */
  readonly known: bigint | undefined;
  /** The function has restored its caller's registers. */
  readonly restored: boolean;
}

/** The readings of one bad return, compared. */
export interface WeighedReturn {
  readonly best: ShiftReading;
  /** Other shifts that cannot be left unsaid, the likeliest first. */
  readonly others: readonly ShiftReading[];
  /** 0 to 1: how likely the best reading's shift is, among all readings and an overwritten return address. */
  readonly probability: number;
  /** A shift explains the words so much better than an overwritten return address that it counts as shown. */
  readonly demonstrated: boolean;
}

/**
 * Weighs a bad return as every shift, and as an overwritten return address.
 *
 * @returns `called` when the pc was reached by a call, so that nothing is shifted
 */
export function weighReturn(rule: RuleContext, badReturn: BadReturn): WeighedReturn | 'called' | 'no reading' {
  const readings = shiftReadings(rule, badReturn);
  if (readings === 'called') return 'called';
  const [best] = readings;
  if (best === undefined) return 'no reading';
  const popped = OVERWRITTEN_WITH[poppedWord(rule, wordAt(rule, badReturn.after - 8n) ?? 0n, badReturn.after)];
  const unshifted = unshiftedScore(rule, badReturn, best.restored) + rarity(best.shift) + popped;
  const likelihood = (score: number): number => Math.exp(Math.min(0, score - best.score));
  const unnamed = otherLastCall(rule, badReturn, best);
  const called = calledScore(rule, readings);
  const all = readings.reduce(
    (sum, { score }) => sum + likelihood(score),
    Math.exp(unshifted - best.score) + likelihood(called) + (unnamed ? likelihood(LOST) : 0),
  );
  const same = readings.filter(({ shift }) => shift === best.shift);
  const probability = same.reduce((sum, { score }) => sum + likelihood(score), 0) / all;
  const others = readings.filter(({ shift, score }) => shift !== best.shift && likelihood(score) / all >= NAMED);
  // Wiped stacks hold zeros: a shift that keeps the alignment must be told more clearly from them.
  const least = rule.pc === 0n ? SHOWN + rarity(best.shift) : SHOWN;
  const demonstrated = best.supported && best.score >= SHOWN && best.score - Math.max(unshifted, called) >= least;
  return { best, others: others.slice(0, MOST_NAMED), probability, demonstrated };
}

/**
 * Whether another function than that of a reading made its last call with a stack pointer from which it would have popped the very word that
 * was popped: then it may have returned last, with its own return address overwritten by what it stored from there.
 */
function otherLastCall(rule: RuleContext, { after, known, restored }: BadReturn, { callee }: ShiftReading): boolean {
  if (known !== undefined || !restored) return false;
  return callRecords(rule, after).some(
    ({ cfa, place, caller, returnAddress }) =>
      cfa === after &&
      place < after &&
      caller !== callee &&
      returnsWithoutCall(rule, caller, returnAddress) === true &&
      flagsFitReturn(rule, caller, after) !== false,
  );
}

/**
 * How well a call to the very address explains the words: as well as a shift by a word, but for registers that a function restored, and for
 * the word below, which a return leaves there and a call only finds.
 */
function calledScore(rule: RuleContext, readings: readonly ShiftReading[]): number {
  const scores = readings.filter(({ callable }) => callable).map(({ score, restored }) => score - restored);
  return Math.max(...scores) - FOUND_BELOW[rule.pc === 0n ? 'zero' : 'other'];
}

/** How much less likely it is to find the pc in the word below by chance. Much of what lies below a stack is zero. */
const FOUND_BELOW = { zero: 0.5, other: 6 };

/** How likely the words are when a function returned last whose own return address is lost; on the scale of `ShiftReading.score`. */
const LOST = 1.5;

const SHOWN = 1.5;

/** One word too many or too few is what goes wrong; a shift that keeps the alignment goes unnoticed by less than this. */
function rarity(shift: number): number {
  if (shift % 8 !== 0) return 0;
  return Math.abs(shift) === 8 ? 0 : shift % 16 === 0 ? 1.5 : 1;
}

/** A shift less likely than this is not worth a reader's time. */
const NAMED = 0.04;
const MOST_NAMED = 3;

/**
 * Every shift under which the stack is whole, the likeliest first.
 *
 * @returns `called` when the pc was reached by a call, so that nothing is shifted
 */
function shiftReadings(rule: RuleContext, badReturn: BadReturn): readonly ShiftReading[] | 'called' {
  const { after, known } = badReturn;
  // Calls made before the stack pointer lost its place left their return addresses where words lie, those made since elsewhere.
  const rest = after % 8n;
  const records = [...callRecords(rule, after), ...(rest === 0n ? [] : callRecords(rule, after - rest))];
  const readings: ShiftReading[] = [];
  for (const shift of shiftsFor(after)) {
    const place = after - 8n - BigInt(shift);
    const address = wordAt(rule, place);
    const check = address === undefined ? undefined : checkReturnAddress(rule.unwind, address);
    if (address === undefined || check?.kind !== 'call') continue;
    // One word too low is the same picture as a call to this address: what that call could lead to decides.
    const call = shift === -8 && known === undefined ? readCall(rule, check.site) : undefined;
    if (call?.kind === 'led') return 'called';
    const target = calledAt(rule, check.site, address);
    // What was called may have jumped on to the function that returns.
    const other = known !== undefined && target !== undefined && target !== known;
    if (other && !(badReturn.restored && mayJumpOn(rule, target))) continue;
    const direct = target !== undefined && !other;
    // Behind an indirect call a record of a further call suggests which function it was; it can be an older one's.
    const callees = [...new Set([known ?? target ?? calleeOf(rule, records, place, after), known ?? target])];
    const [reading] = callees
      .flatMap((callee) => weigh({ ...badReturn, rule, shift, place, address, callee, direct, records }) ?? [])
      .sort((a, b) => b.score - a.score);
    if (reading === undefined) continue;
    const refuted = call?.kind === 'ledElsewhere' ? [notCalled(rule, place, check.site.address, call.how)] : [];
    const callable = call?.kind === 'cannotTell' && check.site.target === undefined;
    readings.push({ ...reading, callable, evidence: [...refuted, ...reading.evidence] });
  }
  return asWellExplained(readings).sort((a, b) => b.score - a.score);
}

/**
 * Of two functions one of which called the other either can have returned with a wrong stack pointer, and both frames are in their places
 * whichever it was: what shows that speaks for both.
 */
function asWellExplained(readings: readonly ShiftReading[]): ShiftReading[] {
  return readings.map((reading) => {
    const own = reading.neighbours;
    const alike = readings.filter(
      ({ neighbours, place }) =>
        own.ofThisCall &&
        neighbours.ofThisCall &&
        (neighbours.places.includes(reading.place) || own.places.includes(place)),
    );
    const most = Math.max(own.score, ...alike.map(({ neighbours }) => neighbours.score));
    return { ...reading, score: reading.score - own.score + most };
  });
}

/** The function behind an indirect call, named by a call that it made in turn. */
function calleeOf(rule: RuleContext, records: readonly CallRecord[], place: bigint, after: bigint): bigint | undefined {
  const healthy = records.find((record) => record.cfa === place + 8n && record.place < place);
  if (healthy !== undefined) return healthy.caller;
  return records.find((record) => record.cfa === after && record.place < after)?.caller;
}

interface Case extends BadReturn {
  readonly rule: RuleContext;
  readonly shift: number;
  readonly place: bigint;
  readonly address: bigint;
  readonly callee: bigint | undefined;
  readonly direct: boolean;
  readonly records: readonly CallRecord[];
}

function weigh(given: Case): Omit<ShiftReading, 'callable'> | undefined {
  const { rule, shift, after, place, address, callee, known, records } = given;
  const cfa = place + 8n;
  const first: StackFrame = {
    pc: runtimeAddress(callee ?? 0n),
    registers: rule.crash.registers,
    trust: 'callTarget',
    rejected: ['its pc was lost at the return'],
    interrupted: true,
    ...(callee === undefined ? {} : { calledFunction: runtimeAddress(callee) }),
  };
  const stack = shifted(rule, shift, place, address, first);
  const { outermost, broken, scanned, score: coherence } = stack.coherence;
  if (!outermost && coherence < 0.6) return undefined;
  const evidence: Evidence[] = [];
  const { fit, at } = callerFrame(rule, place, address, after);
  if (fit === 'misplaced') return undefined;
  let score = (outermost ? 1.5 : 0) - (broken > 0 ? 2 : 0) - (scanned > 0 ? LOOKED_FOR : 0) - sizePenalty(shift);
  // Above the stack pointer every return address fits: it is some function's. Given up and yet in its place, it is hardly by chance.
  // So it would, too, if the caller itself had returned from below its return address: then its last call is what lies there.
  const ambiguous = at !== undefined && SHIFTS.includes(Number(after - 8n - at));
  let inPlace = shift > 0 && !ambiguous ? FITTING[fit] : 0;
  if (shift > 0 && fit === 'linked' && at !== undefined) evidence.push(joinedEvidence(rule, place, address, at));
  if (cfa % 16n !== 0n) score -= 2;
  // A stack pointer that is set from the frame pointer before the return can only have been off before the frame pointer was; one that is set
  // to another stack not even then.
  const shape = callee === undefined ? undefined : shapeOf(rule, callee);
  if (shape?.heals === true || shape?.switches === true) score -= 3;
  let witnesses = 0;
  let registers = 0;
  if (callee !== undefined && given.restored) {
    const restored = restoreFit(rule, callee, cfa, shift);
    witnesses = restored.witnesses;
    registers =
      FIT.witness * Math.min(3, restored.witnesses) +
      FIT.matching * (restored.matching - restored.witnesses) -
      FIT.inPlace * (restored.consistent - restored.matching) -
      FIT.neither * (restored.saved - restored.consistent);
    score += registers;
    if (restored.saved > 0 && restored.matching === restored.saved)
      evidence.push(restoredEvidence(rule, callee, shift, restored.saved));
    if (flagsFitReturn(rule, callee, after, BigInt(shift)) === false) score -= OTHER_FLAGS;
  }
  const own = callee === undefined ? [] : records.filter((record) => record.caller === callee);
  const behind = own.find((record) => record.cfa === after && record.place < after);
  // The very same call at two heights is a function that was entered twice, not one whose stack moved between two calls.
  const before = own.find(
    (record) => record.cfa === cfa && record.place < place && record.returnAddress !== behind?.returnAddress,
  );
  if (before !== undefined) {
    inPlace += before.inner ? 1.5 : 3;
    evidence.push(recordEvidence(rule, before, `its return address belongs at ${slotName(rule, place)}, where it is`));
  }
  // A function that has not returned always has a call of its own here: that tells only together with who called it, or the alignment.
  const aligns = Math.abs(shift) <= 8 && cfa % 16n === 0n;
  const telling = given.restored || given.direct || before !== undefined || aligns;
  if (behind !== undefined && telling) {
    score += 3;
    const text = `the stack pointer was off already: measured from it the return address would lie at ${slotName(rule, after - 8n)}`;
    evidence.push(recordEvidence(rule, behind, text));
  }
  // The return address in the frame pointer: the pop that restores it came one word too late.
  const poppedLate = shift === 8 && rule.crash.registers.get(rule.unwind.architecture.framePointer) === address;
  if (poppedLate) score += 1.5;
  // A 0 that was popped is what wiped stacks hold, too.
  const telltale = shift % 16 !== 0 || rule.pc !== 0n;
  const demonstrated =
    before !== undefined ||
    (behind !== undefined && telling) ||
    (shift % 16 !== 0 && witnesses >= (rule.pc === 0n ? 2 : 1)) ||
    poppedLate ||
    (shift > 0
      ? fit === 'linked' || fit === 'fits'
      : given.direct && telltale && plainReturn(rule, after) === 'refuted');
  // A saved frame pointer where the return address was expected is what one push too many leaves.
  if (shift === -8 && known === undefined && isSavedFramePointer(rule, rule.pc)) score += 2.5;
  else if (!demonstrated && (callee === undefined || shapeOf(rule, callee)?.described !== true)) score -= 1.5;
  if (given.direct || before?.whole === true) score += 1;
  // A stack pointer where the function has it at a call is that of the living function, not of a return from it.
  if (callee !== undefined && shift < 0 && shapeOf(rule, callee)?.callOffsets.has(BigInt(-shift)) === true) score -= 6;
  // Where nothing else speaks for it a larger shift is no more than a doubt; one in its caller's frame would have been measured.
  const wiped = shift < 0 && !telltale && witnesses < 2;
  const supported = (demonstrated && !wiped) || Math.abs(shift) <= 8;
  if (!supported && before === undefined && !(shift > 0 && given.direct && outermost)) return undefined;
  const last = behind ?? before;
  if (last !== undefined && given.restored && returnsWithoutCall(rule, last.caller, last.returnAddress) === false)
    score -= 4;
  score += inPlace;
  const places = [before?.place, at].filter((other) => other !== undefined);
  const neighbours = { score: inPlace, places, ofThisCall: known === undefined || given.direct };
  return { shift, score, place, address, callee, stack, evidence, supported, restored: registers, neighbours };
}

/**
 * How likely the same words and registers are when the stack pointer was in its place and the return address had been overwritten; on
 * the scale of `ShiftReading.score`.
 */
function unshiftedScore(rule: RuleContext, { after, known, restored }: BadReturn, registers: number): number {
  if (after % 8n !== 0n) return NEVER;
  const plain = plainReturn(rule, after);
  const score = (after % 16n === 0n ? 1 : -2) + PLAIN[plain] + inFlight(rule);
  // Any function that pushes the same registers below its return address has popped them from the same words.
  const alike = Math.max(0, registers - ALIKE);
  const records = callRecords(rule, after).filter((record) => known === undefined || record.caller === known);
  const own = records.find((record) => record.cfa === after && record.place < after);
  if (own === undefined) return score + alike;
  if (!restored) return score + 1.5;
  const fit = restoreFit(rule, own.caller, after, 0);
  // Registers popped in place are popped from the same words as under a shift: they say the same for both.
  const same = FIT.witness * Math.min(3, fit.telling) - FIT.inPlace * (fit.saved - fit.matching);
  return score + Math.max(alike, 1.5 + same);
}

/** No compiler leaves the stack pointer anywhere but at a word. */
const NEVER = -12;

/** What the caller's frame says of a return with the stack pointer in its place. */
const PLAIN: Readonly<Record<PlainReturn, number>> = {
  holds: 4,
  longjmp: 4,
  leftover: 2,
  refuted: -3,
  unknown: 0,
  unread: 0,
};

/** How much less likely it is that an unknown function saves just the registers that a known one does. */
const ALIKE = 1.5;

/** An exception in delivery: the last transfer was the unwinder's, which leaves the stack pointer as the landing pad's function has it. */
function inFlight(rule: RuleContext): number {
  return exceptionInFlight(rule) === undefined ? 0 : 6;
}

/** What a caller's frame that is in its place adds to the score of a stack pointer that is too high. */
const FITTING = { linked: 3, fits: 2, givenUp: -1, unknown: 0 };

/** How much less likely a stack is some of whose frames were found only by looking for return addresses. */
const LOOKED_FOR = 1;

/** How much less likely a return is whose function leaves other flags. */
const OTHER_FLAGS = 4;

/** How much less likely a larger shift is. */
function sizePenalty(shift: number): number {
  return Math.min(2, Math.max(0, Math.abs(shift) - 8) / 8 + (Math.abs(shift) === 8 ? 0.5 : 0));
}

/** What a restored register adds to the score, or takes from it. */
const FIT = { witness: 2.5, matching: 0.3, inPlace: 1, neither: 5 };

function notCalled(rule: RuleContext, place: bigint, call: bigint, how: string): Evidence {
  return {
    rule: RULE,
    text: `before the return address at ${slotName(rule, place)} stands ${how}: nobody called 0x${rule.pc.toString(16)}`,
    weight: 0.8,
    refs: [slot(runtimeAddress(place)), instruction(runtimeAddress(call))],
  };
}

function joinedEvidence(rule: RuleContext, place: bigint, address: bigint, at: bigint): Evidence {
  return {
    rule: RULE,
    text: `measured from ${slotName(rule, place)} the frame to which ${nameOfReturn(rule, address)} belongs has its own return address at ${slotName(rule, at)}, and there one lies, behind a call of that very function`,
    weight: 0.7,
    refs: [slot(runtimeAddress(place)), slot(runtimeAddress(at))],
  };
}

function restoredEvidence(rule: RuleContext, callee: bigint, shift: number, count: number): Evidence {
  return {
    rule: RULE,
    text: `the ${count === 1 ? 'register' : `${count} registers`} that ${nameOf(rule, callee)} restores before its return ${count === 1 ? 'holds' : 'hold'} what lies ${Math.abs(shift)} bytes ${shift < 0 ? 'below' : 'above'} ${count === 1 ? 'its slot' : 'their slots'}`,
    weight: 0.7,
    refs: [register(rule.unwind.architecture.stackPointer)],
  };
}

function recordEvidence(rule: RuleContext, record: CallRecord, meaning: string): Evidence {
  return {
    rule: RULE,
    text: `${slotName(rule, record.place)} still holds ${nameOfReturn(rule, record.returnAddress)}, left by a call from ${nameOf(rule, record.caller)}: ${meaning}`,
    weight: 0.6,
    refs: [slot(runtimeAddress(record.place))],
  };
}
