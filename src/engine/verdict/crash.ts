import type { SignalFrame } from '../arch/architecture.js';
import type { Disassembler, Instruction } from '../arch/disassembler.js';
import type { RegisterSet } from '../arch/registerSet.js';
import type { CoreImage, ThreadState } from '../core/coreImage.js';
import type { Siginfo } from '../core/siginfo.js';
import {
  carriesAddress,
  SIGABRT,
  SIGBUS,
  SIGFPE,
  SIGILL,
  SIGSEGV,
  SIGSYS,
  SIGTRAP,
  signalName,
} from '../core/signals.js';
import {
  ALIGNMENT_CHECK,
  DIVIDE,
  GENERAL_PROTECTION,
  INVALID_OPCODE,
  PAGE_FAULT,
  SIMD_ERROR,
  STACK_FAULT,
  TRAPS_OF_SIGNALS,
  X87_ERROR,
} from './processorTraps.js';
import { handledSignal, isCleared, siginfoOf, withoutLeftovers } from './frameSiginfo.js';
import { type Access, accessesOf, instructionAt } from './effectiveAddress.js';
import { findSignalFrames, searchSignalFrame } from '../unwind/signalFrames.js';
import type { Walk } from '../unwind/stackFrame.js';
import { walkStack } from '../unwind/stackwalker.js';
import { isCode, type UnwindContext } from '../unwind/unwindContext.js';

/**
 * The crash itself, which need not be where the process ended: a handler may have run, and died, on the way. Registers and signal
 * are those of the fault.
 */
export interface Crash {
  readonly thread: ThreadState;
  readonly registers: RegisterSet;
  readonly signal: Siginfo | undefined;
  /**
   * - `thread`: the core's own registers are the crash's
   * - `activeFrame`: a handler was running; they come from its signal frame
   * - `staleFrame`: as `thread`, but the signal was raised again by a handler, and its first form stands in a stale frame
   */
  readonly from: 'thread' | 'activeFrame' | 'staleFrame';
  /** The frame that the two latter speak of. */
  readonly frame: SignalFrame | undefined;
  readonly active: readonly SignalFrame[];
  readonly stale: readonly SignalFrame[];
  /** The processor's error code and trap number for this fault, where a signal frame of it exists. */
  readonly trap: { readonly number: number; readonly errorCode: bigint; readonly address: bigint } | undefined;
  /** The walk from the thread's own registers. */
  readonly walk: Walk;
}

/** Frames walked to find handlers; deeper recursion has no handler of interest. */
const FRAMES_FOR_HANDLERS = 128;

export function findCrash(
  core: CoreImage,
  context: UnwindContext,
  thread: ThreadState,
  disassembler: Disassembler | undefined,
): Crash {
  const { architecture } = context;
  const walk = walkStack(context, thread.registers, { limit: FRAMES_FOR_HANDLERS });
  const walked = walk.frames.flatMap((frame) => (frame.signalFrame === undefined ? [] : [frame.signalFrame]));
  const stackPointer = thread.registers.get(architecture.stackPointer) ?? 0n;
  const { active: running, stale } = findSignalFrames(context, stackPointer, walked);
  const active = withoutLeftovers(running, thread.blockedSignals);

  // The outermost fault came first: what died later died because of it.
  const forced = core.signal !== undefined && isReported(core.signal) ? core.signal.number : undefined;
  const faults = active.map((frame, index) => {
    const handled =
      siginfoOf(frame) === undefined ? handledSignal(active, index, thread.blockedSignals, forced) : undefined;
    if (handled === SIGSYS) return REFUSED_CALL;
    return faultOf(frame, context, disassembler) ?? (handled === undefined ? undefined : trapped(frame, handled));
  });
  const outermost = faults.findLastIndex((fault) => fault !== undefined);
  const [faulted, original] = [active[outermost], faults[outermost]];
  if (faulted !== undefined && original !== undefined) {
    const registers = withMissing(faulted.registers, thread.registers);
    const elsewhere = staleOnOtherStack(context, registers.get(architecture.stackPointer) ?? 0n, stackPointer, [
      ...active,
      ...stale,
    ]);
    const base = { thread, active, stale: [...stale, ...elsewhere], walk };
    return { ...base, registers, signal: original, from: 'activeFrame', frame: faulted, trap: trapOf(faulted) };
  }
  const raised = core.signal !== undefined && isRaised(core.signal, core.process?.pid) ? core.signal : undefined;
  const pc = thread.registers.get(architecture.programCounter);
  const isTwin = (frame: SignalFrame): boolean =>
    frame.registers.get(architecture.programCounter) === pc &&
    frame.registers.get(architecture.stackPointer) === stackPointer;
  const near = stale.find(isTwin);
  const hasReturned = BigInt.asIntN(64, thread.registers.get('orig_rax') ?? 0n) === -1n;
  const mayBeFar = raised !== undefined && near === undefined && (hasReturned || FAULTS.has(raised.number));
  // A handler on an alternate stack leaves its frame there, and nothing near names that stack.
  const far = mayBeFar && pc !== undefined ? searchSignalFrame(context, stackPointer, pc) : undefined;
  const twin = near ?? far;
  const base = { thread, active, stale: far === undefined ? stale : [...stale, far], walk };
  if (raised !== undefined && twin !== undefined) {
    // What its siginfo says was sent stays sent: by whom is told by the frame alone, once the handler has raised it again.
    const sent = siginfoOf(twin);
    const first = sent?.number === raised.number ? sent : undefined;
    const signal = faultOf(twin, context, disassembler) ?? first ?? restored(raised.number, twin);
    return { ...base, registers: thread.registers, signal, from: 'staleFrame', frame: twin, trap: trapOf(twin) };
  }
  return {
    ...base,
    registers: thread.registers,
    signal: core.signal,
    from: 'thread',
    frame: undefined,
    trap: undefined,
  };
}

/** The fault of a frame whose handler is known, by a trap that leads to just that signal: the instruction need not be known. */
function trapped(frame: SignalFrame, handled: number): Siginfo | undefined {
  if (TRAPS_OF_SIGNALS.get(handled)?.includes(frame.trapNumber) !== true) return undefined;
  const fault = restored(handled, frame);
  return frame.trapNumber === GENERAL_PROTECTION || frame.trapNumber === STACK_FAULT
    ? { ...fault, code: 0x80, codeName: 'SI_KERNEL' }
    : fault;
}

/** What a seccomp filter's refusal is, where only the handler's own signal tells of it: nothing else sends that. */
const REFUSED_CALL: Siginfo = { number: SIGSYS, name: 'SIGSYS', errno: 0, code: 1, codeName: 'SYS_SECCOMP' };

/** A handler on an alternate stack left the crash's own stack as it was: below its stack pointer older frames remain. */
function staleOnOtherStack(
  context: UnwindContext,
  crashed: bigint,
  current: bigint,
  known: readonly SignalFrame[],
): readonly SignalFrame[] {
  if (context.core.segmentAt(crashed) === context.core.segmentAt(current)) return [];
  const { stale } = findSignalFrames(context, crashed, []);
  const seen = new Set<bigint>(known.map((frame) => frame.address));
  return stale.filter((frame) => !seen.has(frame.address));
}

/** Sent by the process to itself, by raise, abort or tgkill. */
export function isRaised(signal: Siginfo, pid: number | undefined): boolean {
  return (
    signal.code !== undefined &&
    signal.code <= 0 &&
    (signal.sender === undefined || pid === undefined || signal.sender.pid === pid)
  );
}

const FAULTS: ReadonlySet<number> = new Set([SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP]);

/**
 * The processor fault for which a signal frame was pushed; `undefined` for signals that were sent. Frames of handlers installed
 * without SA_SIGINFO hold no siginfo: there only an interrupted pc that cannot run, or a trap that it explains, shows a fault.
 */
export function faultOf(
  frame: SignalFrame,
  context: UnwindContext,
  disassembler: Disassembler | undefined,
): Siginfo | undefined {
  const siginfo = siginfoOf(frame);
  if (siginfo !== undefined && isReported(siginfo)) return siginfo;
  if (ranAstray(frame, context)) return restored(SIGSEGV, frame);
  const pc = frame.registers.get(context.architecture.programCounter) ?? 0n;
  const isWritten = siginfo !== undefined && isCleared(frame);
  return isWritten ? undefined : explainedFault(frame, pc, context, disassembler);
}

/**
 * Whether the trap of a frame is the fault of running at its very program counter, where nothing can run. That holds whatever siginfo says:
 * the kernel writes none for a handler installed without SA_SIGINFO (x64_setup_rt_frame), and what lies there then is of an older frame at
 * the same place.
 */
export function ranAstray(frame: SignalFrame, context: UnwindContext): boolean {
  const pc = frame.registers.get(context.architecture.programCounter) ?? 0n;
  return frame.trapNumber === PAGE_FAULT && frame.faultAddress === pc && !isCode(context, pc);
}

/** By the kernel, of something this thread did: a fault of the processor, or a system call that a filter refused. */
function isReported({ number, code = 0 }: Siginfo): boolean {
  return (FAULTS.has(number) && carriesAddress(number, code)) || (number === SIGSYS && code > 0);
}

/**
 * Without siginfo the trap number and cr2 may be left over from an older fault; they count where the interrupted instruction explains
 * them: it touches the very address, or is one that traps like this.
 */
function explainedFault(
  frame: SignalFrame,
  pc: bigint,
  context: UnwindContext,
  disassembler: Disassembler | undefined,
): Siginfo | undefined {
  const decoded = disassembler === undefined ? undefined : instructionAt(context.memory, disassembler, pc);
  if (decoded === undefined) return undefined;
  const accesses = accessesOf(decoded, frame.registers);
  switch (frame.trapNumber) {
    case PAGE_FAULT: {
      const touched = accesses.some(
        (access) =>
          frame.faultAddress >= access.address &&
          frame.faultAddress < access.address + BigInt(Math.max(1, access.size)),
      );
      return touched ? restored(SIGSEGV, frame) : undefined;
    }
    case GENERAL_PROTECTION: {
      const target = targetOf(decoded, accesses, context, frame);
      const refused =
        decoded.privileged ||
        (target !== undefined && !context.architecture.isCanonical(target)) ||
        accesses.some(
          ({ address }) =>
            !context.architecture.isCanonical(address) ||
            (decoded.requiredAlignment > 0 && address % BigInt(decoded.requiredAlignment) !== 0n),
        );
      return refused ? { ...restored(SIGSEGV, frame), code: 0x80, codeName: 'SI_KERNEL' } : undefined;
    }
    case STACK_FAULT: {
      const wild = accesses.some(({ address }) => !context.architecture.isCanonical(address));
      return wild ? { ...restored(SIGBUS, frame), code: 0x80, codeName: 'SI_KERNEL' } : undefined;
    }
    case ALIGNMENT_CHECK: {
      const odd = accesses.some(({ address, size }) => size > 1 && address % BigInt(size) !== 0n);
      return odd ? { ...restored(SIGBUS, frame), code: 1, codeName: 'BUS_ADRALN' } : undefined;
    }
    case DIVIDE:
      return /^i?div/.test(decoded.mnemonic) ? restored(SIGFPE, frame) : undefined;
    case X87_ERROR:
      return /^f/.test(decoded.mnemonic) ? restored(SIGFPE, frame) : undefined;
    case SIMD_ERROR:
      return /[sp][sd]([24]\w+)?$|^v?cvt/.test(decoded.mnemonic) ? restored(SIGFPE, frame) : undefined;
    case INVALID_OPCODE:
      return decoded.flow === 'trap' ? restored(SIGILL, frame) : undefined;
    default:
      return undefined;
  }
}

/** Where a return, call or jump through memory or a register was going. */
function targetOf(
  decoded: Instruction,
  accesses: readonly Access[],
  context: UnwindContext,
  frame: SignalFrame,
): bigint | undefined {
  if (decoded.flow !== 'return' && decoded.flow !== 'indirectCall' && decoded.flow !== 'indirectJump') return undefined;
  if (decoded.throughRegister !== undefined) return frame.registers.get(decoded.throughRegister);
  const place = accesses.find(({ access }) => access === 'read')?.address;
  return place === undefined ? undefined : context.memory.word(place);
}

/** What the frame's trap number and cr2 say of a signal whose siginfo is lost. */
function restored(signal: number, frame: SignalFrame): Siginfo {
  const base = { number: signal, name: signalName(signal), errno: 0 };
  if (frame.trapNumber !== PAGE_FAULT || signal === SIGABRT) return base;
  return { ...base, faultAddress: frame.faultAddress };
}

function trapOf(frame: SignalFrame): NonNullable<Crash['trap']> {
  return { number: frame.trapNumber, errorCode: frame.errorCode, address: frame.faultAddress };
}

/** Segment bases and the like are not in a signal frame; they do not change in a handler. */
function withMissing(saved: RegisterSet, current: RegisterSet): RegisterSet {
  const additions: Record<string, bigint> = {};
  for (const name of ['fs_base', 'gs_base', 'ds', 'es']) {
    const value = current.get(name);
    if (value !== undefined) additions[name] = value;
  }
  return saved.with(additions);
}
