import type { SignalFrame } from '../../arch/architecture.js';
import { runtimeAddress } from '../../base/addresses.js';
import { isCode } from '../../unwind/unwindContext.js';
import { shortPath } from '../../values/classifyWord.js';
import { siginfoOf } from '../frameSiginfo.js';
import { type Evidence, instruction, register, signalFrame, slot } from '../evidence.js';
import { nameOf, type RuleContext, slotName, wordAt } from '../ruleContext.js';
import { holeOf, unwinderBindings } from '../unwinderBindings.js';
import type { InFlight } from './exceptionInFlight.js';

const RULE = 'unwind-transfer-race';

/** The offsets of rsp and rip in a ucontext of Linux x86-64: struct sigcontext starts at 40. */
const UC_RSP = 0xa0n;
const UC_RIP = 0xa8n;

/** How strongly the write-up's race is shown. */
export interface Race {
  /** The documented bug, when the routine is the one that has it. */
  readonly knownBug?: string;
  /** 0 to 1; from 0.9 on it is proof. */
  readonly strength: number;
  readonly evidence: readonly Evidence[];
  /** The frame of the signal that raced; `undefined` when it was overwritten. */
  readonly frame?: SignalFrame;
}

/** What is missing where the race is known by all but the frame of its signal. */
export const FRAME_OVERWRITTEN =
  'the frame of the signal that raced is not on the stack any more; the fatal handler, if it ran on this stack, wrote over it';

/**
 * A signal arrived between the moment when a context restore had moved %rsp and the moment when it read its target from memory that
 * by then lay below %rsp: the kernel wrote the signal frame over it. The stale frame of that signal proves it.
 */
export function unwindTransferRace(rule: RuleContext, inFlight: InFlight | undefined): Race | undefined {
  for (const frame of rule.crash.stale) {
    const race = fromStaleFrame(rule, frame);
    if (race !== undefined)
      return inFlight === undefined ? race : { ...race, evidence: [...race.evidence, inFlight.evidence] };
  }
  return inFlight === undefined ? undefined : withoutFrame(rule, inFlight);
}

function fromStaleFrame(rule: RuleContext, frame: SignalFrame): Race | undefined {
  const { registers } = frame;
  const interrupted = registers.get('rip') ?? 0n;
  const savedSp = registers.get('rsp') ?? 0n;
  const context = registers.get('rdi') ?? 0n;
  // The frame of the crash's own fault has the crash's registers too: only a signal that interrupted running code can have raced.
  if (interrupted === rule.pc || !isCode(rule.unwind, interrupted)) return undefined;
  // When the return itself faulted the popped word is still on the stack: the restore had pushed it one word lower.
  const atReturn = savedSp === rule.sp + 8n;
  if (savedSp !== rule.sp && !atReturn) return undefined;
  const target = atReturn ? wordAt(rule, rule.sp) : rule.pc;
  const now = wordAt(rule, context + UC_RIP);
  const restore = restoreRoutine(rule, interrupted);
  const below = context < rule.sp && context + UC_RIP + 8n > rule.sp - 64n * 1024n;
  const same = now !== undefined && now === target;
  if (!same || !below || restore === 'no') return undefined;
  const signal = siginfoOf(frame);
  const name = signal === undefined ? 'a signal' : signal.name;
  const sp = wordAt(rule, context + UC_RSP);
  const covered = coveringField(rule, context + UC_RIP);
  const evidence: Evidence[] = [
    {
      rule: RULE,
      text: `a stale frame of ${name} at ${slotName(rule, frame.address)} interrupted ${nameOf(rule, interrupted)}${restore === 'yes' ? ', inside a context restore' : ''}, when %rsp already was 0x${savedSp.toString(16)}${atReturn ? '' : ', as at the crash'}`,
      weight: 0.9,
      refs: [signalFrame(frame.address), instruction(runtimeAddress(interrupted))],
    },
    {
      rule: RULE,
      text: `its %rdi points at the context being restored, at ${slotName(rule, context)}, by then below %rsp; the target read from it next is 0x${target.toString(16)}, where the process went${covered === undefined ? '' : `, and that word now is ${covered}`}`,
      weight: 0.9,
      refs: [slot(runtimeAddress(context + UC_RIP)), register('rip')],
    },
  ];
  // A target that lies under the very frame was overwritten by it, whatever the routine is called.
  const certain = restore === 'yes' ? 0.98 : covered === undefined ? 0.9 : 0.93;
  const strength = sp === savedSp || restore === 'yes' || covered !== undefined ? certain : 0.85;
  return { strength, evidence, frame, ...(isLibunwind(rule, interrupted) ? { knownBug: LIBUNWIND_927 } : {}) };
}

const LIBUNWIND_927 = 'libunwind-927';

/** GNU libunwind's restore, by the library's name, by its symbol, or by the way it passes its target on: pushed, then returned to. */
function isLibunwind(rule: RuleContext, address: bigint): boolean {
  const { module, linkageName } = rule.symbolizer.locate(runtimeAddress(address));
  if (linkageName !== undefined) return /^_Ux86_64_/.test(linkageName);
  if (module !== undefined && LIBUNWIND.test(module.path)) return true;
  const { bytes } = rule.unwind.memory.read(runtimeAddress(address), LIBUNWIND_TAIL.length);
  return bytes.length === LIBUNWIND_TAIL.length && LIBUNWIND_TAIL.every((byte, i) => bytes[i] === byte);
}

const LIBUNWIND = /(^|\/)libunwind(-x86_64)?\.so/;
/** mov 0xa8(%rdi),%rcx; push %rcx: what follows the load of %rsp in _Ux86_64_setcontext. */
const LIBUNWIND_TAIL = [0x48, 0x8b, 0x8f, 0xa8, 0x00, 0x00, 0x00, 0x51];

/** What the kernel wrote over a word: a field of a stale signal frame, its extended state, or the handler's own bytes. */
function coveringField(rule: RuleContext, address: bigint): string | undefined {
  for (const frame of rule.crash.stale) {
    if (address >= frame.address && address < frame.end) {
      return `field ${frame.fields.get(Number(address - frame.address)) ?? `+${address - frame.address}`} of that signal frame`;
    }
    const state = frame.extendedState;
    if (address >= state && address < state + BigInt(frame.extendedStateSize))
      return `byte ${address - state} of the frame's extended state`;
  }
  return undefined;
}

/** Names of routines that load all registers from a context in memory. */
const RESTORES =
  /(^|_)setcontext$|^_?U(L|I)?x86_64_setcontext|^_Ux86_64_|unw_resume|__unw_getcontext|libunwind_Registers.*jumpto|jumpto$|restore_context|^swapcontext$/;

/**
 * Whether an address lies in a routine that restores a context: by name, or by what it does next, loads through %rdi and a return.
 */
function restoreRoutine(rule: RuleContext, address: bigint): 'yes' | 'no' | 'unknown' {
  const location = rule.symbolizer.locate(runtimeAddress(address));
  if (location.linkageName !== undefined && RESTORES.test(location.linkageName)) return 'yes';
  const { bytes } = rule.unwind.memory.read(runtimeAddress(address), 48);
  if (bytes.length === 0) return 'unknown';
  return restoresByShape(rule, bytes, address) ? 'yes' : 'no';
}

/** Straight code: at least two loads through %rdi of fields of a context, then a return or an indirect jump. */
function restoresByShape(rule: RuleContext, bytes: Uint8Array, address: bigint): boolean {
  if (rule.disassembler === undefined) return false;
  let loads = 0;
  for (let offset = 0; offset < bytes.length;) {
    const decoded = rule.disassembler.decode(bytes.subarray(offset), runtimeAddress(address + BigInt(offset)));
    if (decoded === undefined) return false;
    if (decoded.flow === 'return' || decoded.flow === 'indirectJump') return loads >= 1;
    if (decoded.flow !== 'next') return false;
    if (
      decoded.memory.some(
        (operand) => operand.base === 'rdi' && operand.displacement >= 0x28n && operand.displacement <= 0x1b0n,
      )
    )
      loads++;
    offset += decoded.length;
  }
  return false;
}

/**
 * How sure it is without the signal's frame, where the very unwinder that was bound has the hole, and the word that its restore pushes lies
 * where it pushes it: nothing else is known to send an exception in delivery astray there.
 */
const BOUND_AND_PUSHED = 0.9;

/** A fatal handler has overwritten the frame: an exception in delivery and an unwinder known for the hole are what is left. */
function withoutFrame(rule: RuleContext, inFlight: InFlight): Race | undefined {
  const evidence: Evidence[] = [inFlight.evidence];
  const bound = boundUnwinder(rule);
  if (bound === 'sound') return undefined;
  const library = rule.unwind.modules.modules.find((module) => LIBUNWIND.test(module.path));
  if (bound !== undefined) evidence.push(bound);
  else if (library === undefined) return undefined;
  else {
    evidence.push({
      rule: RULE,
      text: `${shortPath(library.path)} is loaded, whose context restore reads its target after moving %rsp`,
      weight: 0.4,
      refs: [],
    });
  }
  const cleared = wordAt(rule, rule.sp - 8n);
  if (cleared === rule.pc) {
    evidence.push({
      rule: RULE,
      text: `${slotName(rule, rule.sp - 8n)} holds the target as the restore pushes it`,
      weight: 0.2,
      refs: [slot(runtimeAddress(rule.sp - 8n))],
    });
  }
  const pushed = cleared === rule.pc;
  return { strength: bound !== undefined && pushed ? BOUND_AND_PUSHED : 0.75, evidence, knownBug: LIBUNWIND_927 };
}

/**
 * Which unwinder the process used, by its bound imports, and whether that one has the hole. A libunwind that is loaded for something else
 * unwinds no exceptions.
 *
 * @returns `sound` when every bound import leads to a library whose code is at hand and has no hole; `undefined` when nothing is known
 */
function boundUnwinder(rule: RuleContext): Evidence | 'sound' | undefined {
  const bindings = unwinderBindings(rule).filter(({ library }) => library?.image !== undefined);
  for (const binding of bindings) {
    const hole = holeOf(rule, binding);
    if (hole === undefined) continue;
    const own = binding.library === binding.importer;
    return {
      rule: RULE,
      text: own
        ? `the program's own unwinder restores contexts at 0x${hole.address.toString(16)}, and still reads its target after moving %rsp (${hole.lateReads[0]?.text ?? ''})`
        : `${binding.symbol ?? ''} of ${shortPath(binding.importer.path)} is bound to ${shortPath(binding.library?.path ?? '')}, whose context restore at +0x${hole.address.toString(16)} still reads its target after moving %rsp (${hole.lateReads[0]?.text ?? ''})`,
      weight: 0.5,
      refs: [],
    };
  }
  return bindings.length > 0 ? 'sound' : undefined;
}
