import type { SignalFrame } from '../../arch/architecture.js';
import { runtimeAddress } from '../../base/addresses.js';
import { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP } from '../../core/signals.js';
import { walkStack } from '../../unwind/stackwalker.js';
import { siginfoOf } from '../frameSiginfo.js';
import { instruction, register } from '../evidence.js';
import type { Finding } from '../finding.js';
import type { Kind } from '../kinds.js';
import { keepsFramePointers } from '../stackInPlace.js';
import { decodeAt, inSystemCall, nameOf, type RuleContext } from '../ruleContext.js';
import { isInSendingCall } from '../sendingCall.js';

const RULE = 'signal';
const SIGQUIT = 3;
const SIGALRM = 14;
const SIGXCPU = 24;
const SIGXFSZ = 25;
const SIGVTALRM = 26;
const SIGPROF = 27;
const SI_USER = 0;
const SI_QUEUE = -1;
const SI_TKILL = -6;
const SI_KERNEL = 0x80;
const TRAP_BRKPT = 1;

/** Everything that is told by the signal and its sender alone. */
export function otherSignals(rule: RuleContext): Finding | undefined {
  const { signal } = rule.crash;
  if (signal === undefined) return undefined;
  const sent = fromOutside(rule) ?? sentToHandler(rule);
  if (sent !== undefined) return sent;
  if (signal.number !== SIGABRT && sentByOwnCall(rule)) return raisedByItself(rule, signal.name);
  const raised = signal.code !== undefined && signal.code <= 0 && KERNEL_SIGNALS.has(signal.number);
  // Raised again by a handler that has returned, the signal lost its code; what its frame says was sent was sent.
  const sentBefore = raised && (rule.crash.from === 'staleFrame' || inSystemCall(rule));
  const what = sentBefore ? undefined : kindOf(rule, signal.number, signal.code);
  if (what === undefined) return raised ? raisedByItself(rule, signal.name) : undefined;
  const decoded = decodeAt(rule, rule.pc);
  const code = signal.codeName === undefined ? '' : ` (${signal.codeName})`;
  const trap = signal.number === SIGTRAP ? trapBefore(rule) : undefined;
  return {
    label: 'other',
    kind: what.kind,
    confidence: raised ? Math.min(what.confidence, 0.8) : what.confidence,
    account: `${what.account} at ${nameOf(rule, rule.pc)}.`,
    evidence: [
      { rule: RULE, text: `the process died of ${signal.name}${code}`, weight: 0.7, refs: [] },
      ...(trap === undefined || trap === 'none'
        ? []
        : [
            {
              rule: RULE,
              text: `right before %rip stands ${trap}`,
              weight: 0.7,
              refs: [instruction(runtimeAddress(rule.pc - 1n)), register('rip')],
            },
          ]),
      ...(decoded === undefined || !what.byInstruction
        ? []
        : [
            {
              rule: RULE,
              text: `%rip is at ${decoded.text}`,
              weight: 0.5,
              refs: [instruction(runtimeAddress(rule.pc)), register('rip')],
            },
          ]),
    ],
    missing: [],
  };
}

/** Signals that mean a fault or a limit only when the kernel sends them, which it does with a positive code. */
const KERNEL_SIGNALS: ReadonlySet<number> = new Set([SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU, SIGSYS]);

/**
 * Whether the thread stands in the very system call that sends signals, and the signal is the process's own: the kernel says SI_USER, too, of
 * what it sends by itself when a file grows over its limit (fs/read_write.c, `generic_write_check_limits`), but in a write.
 */
function sentByOwnCall(rule: RuleContext): boolean {
  const { signal, from } = rule.crash;
  if (from === 'activeFrame' || signal?.code === undefined || signal.code > 0) return false;
  return isInSendingCall(rule) === true && signal.sender?.pid === rule.core.process?.pid;
}

/** The signal of a fault or a limit that nobody reported: the program sent it to itself. */
function raisedByItself(rule: RuleContext, name: string): Finding {
  return {
    label: 'other',
    kind: 'unknown',
    confidence: 0.6,
    account: `The process sent ${name} to itself, at ${nameOf(rule, rule.pc)}; no fault was reported.`,
    evidence: [{ rule: RULE, text: `${name} was raised by the process, not by a fault`, weight: 0.6, refs: [] }],
    missing: [],
  };
}

/** g_error, and warnings made fatal, trap where a debugger would look (glib/gmessages.c). */
const GLIB_LOG = /^_?g_log/;
const GLIB = 'GLib met a fatal log message, which ends in a trap,';

/** The trap before the pc: int3, its long form, or icebp; `undefined` when the code is not known. */
function trapBefore(rule: RuleContext): 'int3' | 'icebp' | 'none' | undefined {
  const { bytes } = rule.unwind.memory.read(runtimeAddress(rule.pc - 2n), 2);
  const [first, last] = bytes;
  if (last === 0xcc || (first === 0xcd && last === 3)) return 'int3';
  if (bytes.length < 2) return undefined;
  return last === 0xf1 ? 'icebp' : 'none';
}

interface What {
  readonly kind: Kind;
  readonly account: string;
  readonly confidence: number;
  readonly byInstruction: boolean;
}

function kindOf(rule: RuleContext, number: number, code: number | undefined): What | undefined {
  const fault = (kind: Kind, account: string, confidence = 0.95): What => ({
    kind,
    account,
    confidence,
    byInstruction: true,
  });
  const other = (kind: Kind, account: string, confidence = 0.93): What => ({
    kind,
    account,
    confidence,
    byInstruction: false,
  });
  switch (number) {
    case SIGFPE:
      return fault(
        'divide-error',
        code === 1 || code === 2
          ? 'An integer division by zero or with an overflowing quotient'
          : 'An arithmetic exception',
        // A moved stack pointer makes a function divide by another word than it meant to.
        decodeAt(rule, rule.pc) !== undefined || keepsFramePointers(rule) ? 0.95 : 0.88,
      );
    case SIGILL:
      return fault(
        'illegal-instruction',
        decodeAt(rule, rule.pc)?.mnemonic === 'ud2'
          ? 'The program ran into a trap its compiler placed (ud2)'
          : 'The processor met an instruction it does not know',
      );
    case SIGTRAP:
      // A debugger that writes a core takes its breakpoints out of the code first.
      if ((code === SI_KERNEL || code === TRAP_BRKPT) && trapBefore(rule) === 'none')
        return other('live-snapshot', 'A debugger wrote the core while the process stood at a breakpoint,', 0.75);
      return other(
        'breakpoint',
        GLIB_LOG.test(nameOf(rule, rule.pc)) ? GLIB : 'A breakpoint or trace trap without a debugger',
        0.95,
      );
    case SIGSYS: {
      const refused = rule.crash.signal?.systemCall;
      const which = refused === undefined ? 'A system call' : `System call ${refused} (asm/unistd_64.h)`;
      return other('seccomp', `${which} was refused by a seccomp filter`);
    }
    case SIGXCPU:
    case SIGXFSZ:
      return other(
        'resource-limit',
        number === SIGXCPU ? 'The limit of CPU time was used up' : 'The limit of file size was reached',
      );
    case SIGALRM:
    case SIGVTALRM:
    case SIGPROF:
      return other('watchdog', 'A timer of the process ran out and nobody handled its signal', 0.85);
    default:
      return undefined;
  }
}

/**
 * A fatal signal that another process sent, and whose handler then ended the process itself: the signal of the core is the handler's, the
 * sender's stands in the frame the handler ran on.
 */
function sentToHandler(rule: RuleContext): Finding | undefined {
  const { crash } = rule;
  const own = rule.core.process?.pid;
  const raised = crash.signal?.code !== undefined && crash.signal.code <= 0;
  if (!raised || own === undefined) return undefined;
  const twins = crash.stale.filter(
    (frame) => frame.registers.get('rip') === rule.pc && frame.registers.get('rsp') === rule.sp,
  );
  for (const frame of [...crash.active, ...twins, ...framesOfOthers(rule, own)]) {
    const signal = siginfoOf(frame);
    const sent = signal?.code === SI_USER || signal?.code === SI_QUEUE;
    if (signal === undefined || !sent || !ENDING.has(signal.number)) continue;
    if (signal.sender === undefined || signal.sender.pid === own) continue;
    const sender = senderText(signal.sender.pid, signal.sender.uid);
    return {
      label: 'other',
      kind: 'killed-from-outside',
      confidence: 0.92,
      account: `${signal.name} was sent by ${sender}, and the handler for it ended the process, which was in ${nameOf(rule, frame.registers.get('rip') ?? 0n)}.`,
      evidence: [
        {
          rule: RULE,
          text: `the frame of the handler says ${signal.codeName ?? 'sent'}: ${signal.name} from ${sender}, not a fault`,
          weight: 0.9,
          refs: [{ kind: 'signalFrame', address: frame.address }],
        },
      ],
      missing: [],
    };
  }
  return undefined;
}

/**
 * Where this thread was only told of the signal by another one, as Go's runtime tells every thread in turn: the frames of the others, one of
 * which has it from outside.
 */
function framesOfOthers(rule: RuleContext, own: number): readonly SignalFrame[] {
  const relayed = rule.crash.active.some((frame) => {
    const signal = siginfoOf(frame);
    return signal?.code === SI_USER && signal.sender?.pid === own && ENDING.has(signal.number);
  });
  if (!relayed) return [];
  return rule.core.threads.slice(0, THREADS).flatMap((thread) => {
    if (thread === rule.crash.thread) return [];
    const { frames } = walkStack(rule.unwind, thread.registers, { limit: FRAMES });
    return frames.flatMap(({ signalFrame }) => (signalFrame === undefined ? [] : [signalFrame]));
  });
}

/** Threads, and frames of each, that are looked through for such a frame. */
const THREADS = 256;
const FRAMES = 32;

/** Signals that end a process with a core when nobody handles them (man 7 signal). */
const ENDING: ReadonlySet<number> = new Set([3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);

/** A signal that another process sent, or that came from the terminal. */
function fromOutside(rule: RuleContext): Finding | undefined {
  const { signal } = rule.crash;
  if (signal?.code === undefined) return undefined;
  const own = rule.core.process?.pid;
  const bySomebody = signal.code === SI_USER || signal.code === SI_QUEUE || signal.code === SI_TKILL;
  const other = bySomebody && signal.sender !== undefined && own !== undefined && signal.sender.pid !== own;
  const terminal = signal.number === SIGQUIT && signal.code === SI_KERNEL;
  if (!other && !terminal) return undefined;
  const sender = terminal ? 'the terminal' : senderText(signal.sender?.pid ?? 0, signal.sender?.uid ?? 0);
  // Service managers end a service that stopped answering with SIGABRT (systemd: WatchdogSec).
  const watchdog = signal.number === SIGABRT && signal.sender?.pid === 1;
  return {
    label: 'other',
    kind: watchdog ? 'watchdog' : 'killed-from-outside',
    confidence: watchdog ? 0.85 : 0.95,
    account: watchdog
      ? `The service manager (pid 1) ended the process with SIGABRT, as it does when a watchdog is not answered; it was in ${nameOf(rule, rule.pc)}.`
      : `${signal.name} was sent by ${sender}; nothing in this thread faulted. It was in ${nameOf(rule, rule.pc)}.`,
    evidence: [
      { rule: RULE, text: `${signal.codeName ?? 'the code'}: sent by ${sender}, not a fault`, weight: 0.9, refs: [] },
    ],
    missing: [],
  };
}

function senderText(pid: number, uid: number): string {
  return pid === 0 ? `a process outside its pid namespace (uid ${uid})` : `process ${pid} (uid ${uid})`;
}
