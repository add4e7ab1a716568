import type { Disassembler } from '../arch/disassembler.js';
import type { CoreImage, ThreadState } from '../core/coreImage.js';
import { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from '../core/signals.js';
import type { Symbolizer } from '../symbolize/symbolizer.js';
import { coherenceOf } from '../unwind/coherence.js';
import { KnownSteps } from '../unwind/knownSteps.js';
import type { UnwindContext } from '../unwind/unwindContext.js';
import { isCode } from '../unwind/unwindContext.js';
import type { AddressSpace } from '../values/addressSpace.js';
import { asCalled, asReturned, type CandidateStack } from './candidateStacks.js';
import { type Crash, findCrash } from './crash.js';
import { register, signalFrame } from './evidence.js';
import type { Finding } from './finding.js';
import { KNOWN_BUGS } from './knownBugs.js';
import { type RecentCall, recentCalls } from './recentCalls.js';
import type { RestoreHole } from './restoreHoles.js';
import { inSystemCall, nameOf, type RuleContext, slotName } from './ruleContext.js';
import { abort } from './rules/abort.js';
import { guardedShift } from './rules/guardedShift.js';
import { lostControl } from './rules/lostControl.js';
import { memoryFault } from './rules/memoryFault.js';
import { otherSignals } from './rules/otherSignals.js';
import { ripIsNull } from './rules/returnToNull.js';
import { signalReturn } from './rules/signalReturn.js';
import { type BrokenFrame, type ShiftDoubt, type ShiftOutcome, stackPointerShift } from './rules/stackPointerShift.js';
import { suspectedFlip } from './suspectedFlip.js';
import { holeOf, type UnwinderBinding, unwinderBindings } from './unwinderBindings.js';
import { worded } from './wording.js';

/** The judgement of one core. */
export interface Judgement extends Finding {
  readonly crash: Crash;
  /** Every candidate stack that was weighed, the chosen one among them; worked out when asked. */
  readonly candidates: () => readonly CandidateStack[];
  readonly chosen: CandidateStack;
  /** What was called before the crash; worked out when asked. */
  readonly recentCalls: () => readonly RecentCall[];
  /** Whose unwinder each module calls, with the hole in that library if it has one; worked out when asked. */
  readonly unwinders: () => readonly (UnwinderBinding & { readonly hole: RestoreHole | undefined })[];
}

export interface JudgeInput {
  readonly core: CoreImage;
  readonly unwind: UnwindContext;
  readonly symbolizer: Symbolizer;
  readonly space: () => AddressSpace;
  readonly disassembler: Disassembler | undefined;
  readonly thread: ThreadState;
}

/**
 * Says why a thread died. The order of the rules is the order of the labels: a demonstrated shift first, then a return to null, then
 * everything else.
 */
export function judge(input: JudgeInput): Judgement {
  const unwind: UnwindContext = { ...input.unwind, steps: new KnownSteps() };
  const crash = findCrash(input.core, unwind, input.thread, input.disassembler);
  const { architecture } = unwind;
  const pc = crash.registers.get(architecture.programCounter) ?? 0n;
  const sp = crash.registers.get(architecture.stackPointer) ?? 0n;
  const rule: RuleContext = { ...input, unwind, crash, pc, sp };
  const finding = firstFinding(rule);
  const chosen = finding.stack ?? asCalled(rule);
  // What is worked out when asked may find more memory than was here.
  const later: RuleContext = { ...rule, unwind: input.unwind };
  let candidates: readonly CandidateStack[] | undefined;
  const handler = handlerEvidence(rule);
  const bug = finding.knownBug === undefined ? undefined : KNOWN_BUGS.get(finding.knownBug);
  const known = bug === undefined ? [] : [{ rule: 'known-bug', text: bug.text, weight: 0.2, refs: [] }];
  const flip = suspectedFlip(rule, finding);
  const suspicion = flip === undefined ? [] : [flip.evidence];
  const evidence = [...finding.evidence, ...suspicion, ...known, ...handler];
  const sure = finding.kind === 'unknown' ? Math.min(finding.confidence, UNKNOWN) : finding.confidence;
  const confidence = Math.round(sure * 100) / 100;
  return {
    ...finding,
    ...(flip === undefined ? {} : { bitFlip: flip.flip }),
    confidence,
    account: worded({ ...finding, confidence }),
    evidence,
    crash,
    candidates: () => (candidates ??= [chosen, ...(finding.alternatives ?? []), ...otherStacks(later, chosen)]),
    chosen,
    recentCalls: () => recentCalls(later),
    unwinders: () => unwinderBindings(later).map((binding) => ({ ...binding, hole: holeOf(later, binding) })),
  };
}

/** Confidence is of label and kind together: that something is unknown is hardly ever the whole truth of it. */
const UNKNOWN = 0.2;

/** Whether the registers of the crash are those of a processor fault; otherwise they only say where the process happened to be. */
function isFault(rule: RuleContext): boolean {
  const { signal } = rule.crash;
  if (signal === undefined || !FAULTS.has(signal.number)) return false;
  if (signal.code === undefined || signal.code > 0) return true;
  if (rule.crash.from !== 'thread') return false;
  // Raised again by a handler that returned, the signal lost its code, but the registers are the fault's: not at a system call.
  const own = signal.sender === undefined || signal.sender.pid === rule.core.process?.pid;
  return own && !inSystemCall(rule);
}

const FAULTS: ReadonlySet<number> = new Set([SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV]);

function firstFinding(rule: RuleContext): Finding {
  const snapshot = liveSnapshot(rule);
  if (snapshot !== undefined) return snapshot;
  if (isFault(rule)) {
    const resumed = signalReturn(rule);
    if (resumed !== undefined) return resumed;
    const shift = stackPointerShift(rule);
    const found = shift.finding ?? ripIsNull(rule) ?? lostControl(rule) ?? memoryFault(rule);
    const told = found === undefined || shift.broken === undefined ? found : onBrokenStack(found, shift.broken);
    if (told !== undefined) return shift.doubt === undefined ? told : doubted(told, shift.doubt);
  }
  const later = shiftSeenLater(rule);
  if (later?.finding !== undefined) return later.finding;
  const guarded = later === undefined ? undefined : guardedShift(rule);
  if (guarded !== undefined) return guarded;
  const told = otherSignals(rule) ?? abort(rule) ?? unknown(rule);
  return later?.broken === undefined ? told : onBrokenStack(told, later.broken);
}

/** An overwritten return address and a shift that pops the wrong word leave much the same picture. */
function doubted(finding: Finding, { probability, evidence, stack }: ShiftDoubt): Finding {
  if (!OVERWRITTEN.has(finding.kind)) return finding;
  return {
    ...finding,
    confidence: Math.min(finding.confidence, Math.max(0.5, 1 - probability)),
    evidence: [...finding.evidence, evidence],
    alternatives: [stack],
  };
}

/** What an access through a bad pointer is, and what a check found, stays true on a damaged stack; that it is the whole of it does not. */
function onBrokenStack(finding: Finding, broken: BrokenFrame): Finding {
  // What overflows a buffer writes over the return address, too, but writes no other one there.
  const affected = READ_FROM_STACK.has(finding.kind) || (finding.kind === 'stack-protector' && broken.isForeign);
  if (!affected) return finding;
  return {
    ...finding,
    confidence: Math.min(finding.confidence, ON_BROKEN_STACK),
    evidence: [...finding.evidence, broken.evidence],
  };
}

const ON_BROKEN_STACK = 0.85;
const READ_FROM_STACK: ReadonlySet<string> = new Set([
  'null-dereference',
  'wild-read',
  'wild-write',
  'null-call',
  'wild-jump',
  'abort',
  'assertion',
  'heap-corruption-abort',
  'uncaught-exception',
]);

const OVERWRITTEN: ReadonlySet<string> = new Set(['zeroed-return-address', 'return-to-wild', 'wild-jump', 'unknown']);

/** What a shifted stack pointer had damaged can be found by a check of the allocator's or the compiler's before it is returned over. */
function shiftSeenLater(rule: RuleContext): ShiftOutcome | undefined {
  return rule.crash.signal?.number === SIGABRT &&
    !rule.crash.walk.frames.some((frame) => frame.signalFrame !== undefined)
    ? stackPointerShift(rule)
    : undefined;
}

/** Signals for which the kernel writes a core (man 7 signal). */
const DUMPING: ReadonlySet<number> = new Set([3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);

/** A core of a living process (gcore): its threads have no fatal signal, or one for which the kernel would write no core. */
function liveSnapshot(rule: RuleContext): Finding | undefined {
  const { signal, thread } = rule.crash;
  const fatal =
    thread.signal !== 0 ||
    (signal !== undefined && DUMPING.has(signal.number) && (signal.code ?? 0) > 0 && signal.number !== SIGTRAP);
  const unusual = signal !== undefined && !DUMPING.has(signal.number);
  if (fatal && !unusual) return undefined;
  return {
    label: 'other',
    kind: 'live-snapshot',
    confidence: thread.signal === 0 ? 0.93 : 0.8,
    account: `The core was taken of a process that went on living; it was in ${nameOf(rule, rule.pc)}.`,
    evidence: [
      {
        rule: 'live-snapshot',
        text:
          thread.signal === 0
            ? 'no thread has a fatal signal'
            : `for ${signal?.name ?? 'this signal'} the kernel writes no core`,
        weight: 0.9,
        refs: [],
      },
    ],
    missing: [],
  };
}

function unknown(rule: RuleContext): Finding {
  const { signal } = rule.crash;
  return {
    label: 'other',
    kind: 'unknown',
    confidence: 0.5,
    account: `The process died of ${signal?.name ?? 'an unknown signal'} at ${nameOf(rule, rule.pc)}; no rule explains it.`,
    evidence: [
      {
        rule: 'signal',
        text: `${signal?.name ?? 'no signal'}${signal?.codeName === undefined ? '' : ` (${signal.codeName})`}`,
        weight: 0.2,
        refs: [register('rip')],
      },
    ],
    missing: [],
  };
}

/** Readings that a reader will want to compare with the chosen one. */
function otherStacks(rule: RuleContext, chosen: CandidateStack): CandidateStack[] {
  const others: CandidateStack[] = [];
  // How the process ended, handler and all, when the verdict is about an earlier fault.
  if (rule.crash.from === 'activeFrame') {
    const { walk } = rule.crash;
    const why = 'the stack as the process ended, with the handler of the fault on it';
    others.push({ id: 'asEnded', why, changed: {}, walk, coherence: coherenceOf(rule.unwind, walk) });
  }
  if (chosen.id !== 'asCalled') others.push(asCalled(rule));
  if (chosen.id !== 'asReturned' && !isCode(rule.unwind, rule.pc)) others.push(asReturned(rule));
  return others;
}

/** Where the registers of the crash come from, when a handler ran. */
function handlerEvidence(rule: RuleContext): Finding['evidence'] {
  const { crash, core } = rule;
  if (crash.frame === undefined) return [];
  const [dumped] = core.threads;
  const other = dumped === undefined || dumped === crash.thread ? undefined : dumped;
  const text =
    crash.from === 'activeFrame'
      ? other !== undefined
        ? `thread ${other.tid} raised ${core.signal?.name ?? 'the signal'} while thread ${crash.thread.tid} stood in the handler of its fault: registers and signal are those of the fault, from the active frame at 0x${crash.frame.address.toString(16)}`
        : `the process ended in a signal handler; registers and signal are those of the fault, from the active frame at ${slotName({ ...rule, sp: crash.thread.registers.get(rule.unwind.architecture.stackPointer) ?? rule.sp }, crash.frame.address)}`
      : `a handler raised the signal again; its first form is kept in the stale frame at ${slotName(rule, crash.frame.address)}`;
  return [{ rule: 'handler', text, weight: 0.3, refs: [signalFrame(crash.frame.address)] }];
}
