import { runtimeAddress } from '../../base/addresses.js';
import { readCString } from '../../base/memoryView.js';
import { fixedString } from '../../base/text.js';
import type { SignalFrame } from '../../arch/architecture.js';
import type { Siginfo } from '../../core/siginfo.js';
import { SIGABRT, signalName } from '../../core/signals.js';
import { lookupAddress, type StackFrame } from '../../unwind/stackFrame.js';
import { handledSignal, siginfoOf } from '../frameSiginfo.js';
import { type Evidence, frameAt } from '../evidence.js';
import type { Finding } from '../finding.js';
import type { Kind } from '../kinds.js';
import { lastWords } from '../lastWords.js';
import { nameOf, type RuleContext, wordAt } from '../ruleContext.js';
import { isGoProgram } from '../goProgram.js';
import { accountOf, causeOfMessage, causeOnStack } from './abortCauses.js';
import { describeException } from './exceptionInFlight.js';
import { goPanic } from './goPanic.js';
import { sentByOtherThread } from './sentByThread.js';

const RULE = 'abort';

/** How sure it can be that nobody caught an exception, where nothing tells whether the search for a handler met a stack in order. */
const UNSEARCHED = 0.88;

/** SIGABRT that the process sent itself: why, by what is on the stack and by the message the C library keeps. */
export function abort(rule: RuleContext): Finding | undefined {
  const { signal } = rule.crash;
  if (signal?.number !== SIGABRT) return undefined;
  const byThread = sentByOtherThread(rule);
  if (byThread !== undefined) return byThread;
  const { frames } = rule.crash.walk;
  const message = abortMessage(rule);
  const named = frames
    .slice(0, DEPTH)
    .map((frame) => withoutHashes(rule.symbolizer.locate(lookupAddress(frame)).function ?? ''));
  const onStack = causeOnStack(named);
  const isSanitizer = onStack !== undefined && SANITIZER.test(named[onStack.index] ?? '');
  const spoken = isSanitizer
    ? lastWords(rule, REPORT)
    : (onStack === undefined && message === undefined) || onStack?.cause.kind === 'panic'
      ? lastWords(rule)
      : undefined;
  const byMessage = message === undefined ? undefined : causeOfMessage(message);
  const unnamed = named.every((name) => name === '');
  const go = onStack === undefined && message === undefined && spoken === undefined && isGoProgram(rule);
  // The allocator's and the checks' functions are on the stack for several reasons; the message tells which.
  const cause =
    message !== undefined && onStack?.cause.kind === 'heap-corruption-abort'
      ? byMessage
      : message !== undefined && onStack?.cause.kind === 'stack-protector'
        ? (byMessage ?? onStack.cause)
        : (onStack?.cause ?? byMessage);
  const known = cause?.kind ?? spoken?.kind ?? (go ? 'panic' : undefined);
  // Without names an exception that nobody caught is what is left of std::terminate.
  const exception =
    known === 'uncaught-exception' || (known === undefined && unnamed)
      ? thrown(rule, frames, known === undefined)
      : undefined;
  const terminated =
    known === 'uncaught-exception' && exception === undefined && !named.some((name) => THROWING.test(name));
  const kind = terminated ? 'abort' : (known ?? (exception === undefined ? 'abort' : 'uncaught-exception'));
  const account = terminated ? withoutException(named) : (cause?.account ?? accountOf(kind));
  const evidence: Evidence[] = [];
  const gone = goPanic(named);
  const shown = gone?.index ?? onStack?.index;
  if (shown !== undefined) {
    evidence.push({
      rule: RULE,
      text: `frame ${shown} is ${named[shown] ?? ''}`,
      weight: 0.9,
      refs: [frameAt(shown)],
    });
  }
  const check = isSanitizer ? named.findLastIndex((name) => SANITIZER.test(name)) : -1;
  if (check > (onStack?.index ?? -1)) {
    evidence.push({
      rule: RULE,
      text: `frame ${check}, ${named[check] ?? ''}, is the check that found it`,
      weight: 0.6,
      refs: [frameAt(check)],
    });
  }
  if (go)
    evidence.push({
      rule: RULE,
      text: "the program is Go's, whose runtime raises SIGABRT at the end of a panic or a fatal error (GOTRACEBACK=crash)",
      weight: 0.6,
      refs: [],
    });
  if (spoken !== undefined)
    evidence.push({ rule: RULE, text: `in memory lies the text "${spoken.text}"`, weight: 0.6, refs: [] });
  if (message !== undefined)
    evidence.push({ rule: RULE, text: `the C library's last words: "${message}"`, weight: 0.8, refs: [] });
  evidence.push({ rule: RULE, text: 'the process sent SIGABRT to itself', weight: 0.4, refs: [] });
  const detail =
    exception !== undefined
      ? `: ${exception.type}${exception.what === undefined ? '' : ` ("${exception.what}")`}`
      : (message ?? spoken?.text) !== undefined
        ? `: "${message ?? spoken?.text ?? ''}"`
        : gone === undefined
          ? ''
          : `: ${gone.reason}`;
  const from = firstOwnFrame(rule, named, frames, kind === 'uncaught-exception' ? throwDepth(named) : 0);
  // Of a fortified function nothing is looked for on the stack; `guardedShift` could have told only with the code of the one that was.
  const guardUnread =
    !unnamed &&
    onStack !== undefined &&
    GUARD_CHECK.test(named[onStack.index] ?? '') &&
    named[onStack.index + 1] === '';
  const timer = kind === 'abort' ? timerHandler(rule) : undefined;
  if (timer !== undefined) return timer;
  return {
    label: 'other',
    kind,
    confidence:
      go || (spoken !== undefined && (onStack === undefined || isSanitizer))
        ? 0.85
        : kind === 'uncaught-exception' && cause === undefined
          ? UNSEARCHED
          : cause !== undefined
            ? terminated
              ? 0.9
              : (unnamed && DAMAGED_BY_SHIFTS.has(kind)) || guardUnread
                ? UNCHECKED_DAMAGE
                : 0.95
            : unnamed
              ? 0.6
              : named.some((name) => ABORTING.test(name))
                ? 0.9
                : 0.8,
    account: `${account}${detail}${from === undefined ? '' : `, in ${from}`}.`,
    evidence,
    missing: unnamed
      ? ['no function names: the binaries would tell who called abort']
      : guardUnread
        ? [
            'whether the stack pointer was in its place: the code of the function that found its guard word changed is not known, and one whose stack pointer was moved looks for it in the wrong place',
          ]
        : [],
    ...(exception === undefined ? {} : { exception }),
  };
}

/** What a moved stack pointer leads to ends the process with the same message: a guard word looked for in the wrong place, a wrong pointer freed; only frames tell. */
const UNCHECKED_DAMAGE = 0.88;
const GUARD_CHECK = /^__stack_chk_fail/;
const DAMAGED_BY_SHIFTS: ReadonlySet<Kind> = new Set<Kind>(['stack-protector', 'heap-corruption-abort']);

const SANITIZER = /^__(asan|tsan|ubsan|msan|lsan|hwasan|sanitizer)(::|_)/;
/** Sanitizers write their report into a mapping of its own, one of many. */
const REPORT = { mappings: 512, bytes: 4096 };

/** The thread ended itself. */
const ABORTING = /^(__GI_)?abort$|^(__GI_)?raise$|^gsignal$|abort_internal$/;

/** Functions that only an exception leads to; a second throw needs one that is being handled. */
const THROWING = /^__cxa_throw|call_terminate$|^_Unwind_|^__gxx_personality/;

function withoutException(named: readonly string[]): string {
  if (named.some((name) => /^__cxa_rethrow/.test(name)))
    return 'std::terminate was called: `throw;` ran where no exception was being handled';
  return named.some((name) => /^std::thread::(~thread|operator=)/.test(name))
    ? 'std::terminate was called: a std::thread was destroyed or overwritten that could still be joined'
    : 'std::terminate was called, and no exception in delivery was found';
}

const DEPTH = 40;

/** Rust's names carry the crate's hash, the older ones at their end, v0 names in brackets. */
function withoutHashes(name: string): string {
  return name.replace(/\[[0-9a-f]{8,16}\]/g, '').replace(/::h[0-9a-f]{16}$/, '');
}

/**
 * glibc keeps the text of a fatal message in a mapping that `__abort_msg` points to: size, then characters (assert/assert.c,
 * sysdeps/posix/libc_fatal.c).
 */
function abortMessage(rule: RuleContext): string | undefined {
  for (const module of rule.unwind.modules.modules) {
    if (module.image === undefined || module.bias === undefined || !/(^|\/)libc[.-]/.test(module.path)) continue;
    const symbol =
      module.image.symbols.findByName('__abort_msg') ?? module.debugImage?.symbols.findByName('__abort_msg');
    const pointer = symbol === undefined ? undefined : wordAt(rule, symbol.value + module.bias);
    if (pointer === undefined || pointer === 0n) continue;
    const bytes = readCString(rule.unwind.memory, runtimeAddress(pointer + 4n), 512);
    if (bytes !== undefined && bytes.length > 0)
      return fixedString(bytes)
        .replace(/(\\x0a)+$/, '')
        .trim();
  }
  return messagePage(rule);
}

/** Without the symbol: the page itself, an anonymous mapping whose first word is its own size, then the text. */
function messagePage(rule: RuleContext): string | undefined {
  let looked = 0;
  for (const segment of rule.unwind.core.segments()) {
    if (!segment.writable || segment.executable || segment.memsz > LARGEST_MESSAGE_MAPPING || looked > MOST_PAGES)
      continue;
    for (
      let page = segment.vaddr;
      page < segment.vaddr + segment.filesz && looked <= MOST_PAGES;
      page += PAGE, looked++
    ) {
      const { bytes } = rule.unwind.memory.read(runtimeAddress(page), 256);
      const size = bytes.length < 8 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      const end = bytes.indexOf(0, 4);
      if (size !== Number(PAGE) || end < 12) continue;
      const text = bytes.subarray(4, end);
      if (text.every((byte) => byte === 0x0a || (byte >= 0x20 && byte < 0x7f)))
        return fixedString(text)
          .replace(/(\\x0a)+$/, '')
          .trim();
    }
  }
  return undefined;
}

const PAGE = 4096n;
const LARGEST_MESSAGE_MAPPING = 64n * 1024n;
const MOST_PAGES = 96;

/**
 * The exception object that std::terminate was called for: found in the argument registers kept on the stack of the unwinder's frames.
 *
 * @param uncaught only one for which the search found no handler: a caught one that is still held may lie there as well
 */
function thrown(rule: RuleContext, frames: readonly StackFrame[], uncaught: boolean): Finding['exception'] {
  const low = rule.sp;
  // The outermost frame has no frame address.
  const top = uncaught
    ? low + MOST_UNNAMED
    : (frames.slice(0, DEPTH).findLast(({ cfa }) => cfa !== undefined)?.cfa ?? low);
  const size = Number(top - low > MOST_STACK ? MOST_STACK : top - low);
  const { bytes } = rule.unwind.memory.read(runtimeAddress(low), size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i + 8 <= bytes.length; i += 8) {
    const word = view.getBigUint64(i, true);
    // What points at it is aligned to 16 as it is, and lies on the heap.
    if (word < 4096n || word % 16n !== 0n) continue;
    for (const distance of HEADERS) {
      const exception = describeException(rule, word + distance);
      if (exception === undefined) continue;
      const { landingPad, ...unplaced } = exception;
      if (!isCaught(rule, landingPad)) return unplaced;
      if (!uncaught) return exception;
    }
  }
  return undefined;
}

/** The handler for std::terminate of libstdc++ throws the exception again and catches it, to ask for its message: that is no catch. */
function isCaught(rule: RuleContext, landingPad: bigint | undefined): boolean {
  if (landingPad === undefined) return false;
  return !RUNTIME_LIBRARIES.test(rule.unwind.modules.find(runtimeAddress(landingPad))?.path ?? '');
}

/**
 * From what a stack points at to the _Unwind_Exception: that itself, the whole header with its reference count, the header without, and the
 * object that was thrown (libstdc++ unwind-cxx.h, libc++abi cxa_exception.h).
 */
const HEADERS = [0n, 0x60n, 0x50n, -0x20n];

/** abort was called from the handler of a timer's signal: nothing but a watchdog does that. */
function timerHandler(rule: RuleContext): Finding | undefined {
  const frame = rule.crash.active.find((candidate) => {
    const signal = handledBy(rule, candidate);
    return signal !== undefined && (signal.code === SI_TIMER || TIMER_SIGNALS.has(signal.number));
  });
  const signal = frame === undefined ? undefined : handledBy(rule, frame);
  if (frame === undefined || signal === undefined) return undefined;
  const hanging = nameOf(rule, frame.registers.get(rule.unwind.architecture.programCounter) ?? 0n);
  return {
    label: 'other',
    kind: 'watchdog',
    confidence: 0.88,
    account: `The handler of ${signal.name} called abort: a timer ran out while the thread was in ${hanging}.`,
    evidence: [
      {
        rule: RULE,
        text: `an active frame of ${signal.name}${signal.codeName === undefined ? '' : ` (${signal.codeName})`} lies below abort; it interrupted ${hanging}`,
        weight: 0.9,
        refs: [{ kind: 'signalFrame', address: frame.address }],
      },
    ],
    missing: [],
  };
}

/**
 * The signal whose handler runs on a frame. For a handler installed without SA_SIGINFO the kernel writes none there, but while it runs its
 * signal is blocked, and was not before (man 2 sigaction).
 */
function handledBy(
  rule: RuleContext,
  frame: SignalFrame,
): Pick<Siginfo, 'number' | 'name' | 'code' | 'codeName'> | undefined {
  const { active, thread } = rule.crash;
  const number = handledSignal(active, active.indexOf(frame), thread.blockedSignals);
  return siginfoOf(frame) ?? (number === undefined ? undefined : { number, name: signalName(number) });
}

const SI_TIMER = -2;
/** SIGALRM, SIGVTALRM, SIGPROF. */
const TIMER_SIGNALS: ReadonlySet<number> = new Set([14, 26, 27]);

const MOST_STACK = 16n * 1024n;
/** From abort up to the frames of the throw: about two kilobytes. */
const MOST_UNNAMED = 4096n;

/**
 * How deep the throw lies: what is below it, a handler for std::terminate that the program brought along among it, ran because of it. Where
 * none is on the stack, as when cleanup code met the exception, the call of std::terminate takes its place.
 */
function throwDepth(named: readonly string[]): number {
  const thrown = named.findIndex((name) => RAISING.test(name));
  return Math.max(0, thrown >= 0 ? thrown : named.findLastIndex((name) => TERMINATING.test(name)));
}

const RAISING = /^__cxa_(re)?throw|^_Unwind_(RaiseException|Resume)/;
const TERMINATING = /^std::(__)?terminate|call_terminate$|^__cxxabiv1::__terminate/;

/** The innermost frame from `first` on that is not the C library's or the runtime's own. */
function firstOwnFrame(
  rule: RuleContext,
  named: readonly string[],
  frames: readonly StackFrame[],
  first: number,
): string | undefined {
  for (let i = first; i < Math.min(frames.length, DEPTH); i++) {
    const frame = frames[i];
    if (frame === undefined) return undefined;
    // The trampoline of a handler: kernel and runtime put it there.
    if (frames[i + 1]?.signalFrame !== undefined) continue;
    const location = rule.symbolizer.locate(lookupAddress(frame));
    const path = location.module?.path ?? '';
    if (RUNTIME_LIBRARIES.test(path) || RUNTIME_NAMES.test(named[i] ?? '')) continue;
    return named[i] === '' ? nameOf(rule, frame.pc) : named[i]?.replace(SPLIT_OFF, '');
  }
  return undefined;
}

/** What a compiler adds to the name of a function of which it made several or split one off. */
const SPLIT_OFF = /\.(isra|part|cold|constprop|lto_priv)\b.*$/;

const RUNTIME_LIBRARIES =
  /(^|\/)(libc|libpthread|libstdc\+\+|libc\+\+|libc\+\+abi|libgcc_s|libunwind[^/]*|ld-linux[^/]*|ld)[.-][^/]*so|libasan|libtsan|libubsan/;
const RUNTIME_NAMES =
  /^(core|std|alloc)::|^rust_|^__rust|^_?_?(GI_)?(raise|abort|gsignal|pthread_kill)|^__cxxabiv1|^__gnu_cxx|^__cxa_|^runtime\.|^__stack_chk|^__assert|^__fortify|^_Unwind_|^abort_message|^demangling_(terminate|unexpected)_handler|call_terminate$/;
