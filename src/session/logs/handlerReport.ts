import type { LogLine } from './logLine.js';
import { hexOf, type LoggedCrash, MOST_FRAMES, MOST_TEXT, placed } from './loggedCrash.js';

/** A report of a handler that runs over several lines, as far as it was read. */
export interface HandlerReport {
  readonly crash: Omit<LoggedCrash, 'registers' | 'functions'>;
  /** The line `PC: @ ...`. */
  readonly pc: Frame | undefined;
  readonly frames: readonly Frame[];
}

export interface Frame {
  readonly address: bigint;
  /** Empty where the handler did not know it. */
  readonly name: string;
}

/** Of folly and glog: when, a line or two before the signal. */
const ABORTED = /\*\*\* Aborted at (\d{9,11}) \((?:Unix time|unix time)/;
const FOLLY = /\*\*\* Signal (\d+) \(SIG[A-Z]+\)(?: \((0x[0-9a-f]+)\))? received by PID (\d+)\b(.*)$/;
const GLOG = /\*\*\* (SIG[A-Z]+) \(@(0x[0-9a-f]+)\) received by PID (\d+) \(TID /;
const ABSEIL = /\*\*\* (SIG[A-Z]+) received at time=(\d+)(?: on cpu \d+)? \*\*\*/;
/** abseil's handler crashed itself: what it says next is of that, not of the program. */
const AGAIN = /Signal \d+ raised at PC=\S+ while already in AbslFailureSignalHandler/;
const PC = /(?:^|[\s:|)])PC: @\s+(?:0x)?([0-9a-f]{1,16})(?:\s+(.*))?$/;
const FRAME = /(?:^|[\s:|)])@\s+(?:0x)?([0-9a-f]{1,16})\s+(.*)$/;
/** Below a frame, folly and glog print where in the source it is. */
const SOURCE = /\s{8,}(?:->\s*)?\S+$/;

export type ReportLine =
  | { readonly kind: 'time'; readonly time: number }
  | { readonly kind: 'signal'; readonly crash: HandlerReport['crash'] }
  | { readonly kind: 'pc' | 'frame'; readonly frame: Frame }
  | { readonly kind: 'again' | 'source' };

/** What a line is in the reports of folly, glog and abseil; other programs may have put their own words in front of it. */
export function reportLine(line: LogLine): ReportLine | undefined {
  const { text } = line;
  // Few lines have any of these, and a log has many.
  if (!text.includes('@') && !text.includes('***')) {
    if (AGAIN.test(text)) return { kind: 'again' };
    return SOURCE.test(text) ? { kind: 'source' } : undefined;
  }
  const aborted = ABORTED.exec(text);
  if (aborted !== null) return { kind: 'time', time: Number(aborted[1]) * 1000 };
  const crash = follyCrash(line) ?? glogCrash(line) ?? abseilCrash(line);
  if (crash !== undefined) return { kind: 'signal', crash };
  const pc = PC.exec(text);
  if (pc !== null) return { kind: 'pc', frame: frameOf(pc) };
  const frame = FRAME.exec(text);
  if (frame !== null) return { kind: 'frame', frame: frameOf(frame) };
  return SOURCE.test(text) ? { kind: 'source' } : undefined;
}

/** The crash that a whole report tells of. */
export function reportedCrash({ crash, pc, frames }: HandlerReport): LoggedCrash {
  const handler = frames.findLastIndex(({ name }) => HANDLER.test(name));
  // Behind the handler comes what the kernel returns through, then the crash.
  const innermost = handler < 0 ? undefined : frames[handler + 2];
  const names = [...(pc === undefined ? [] : [pc.name]), ...frames.slice(handler + 1).map(({ name }) => name)].filter(
    (name) => name !== '',
  );
  if (names[0] === names[1]) names.shift();
  const rip = ripOf(crash.writer, pc, innermost);
  return { ...crash, registers: rip === undefined ? {} : { rip }, functions: names.slice(0, MOST_FRAMES) };
}

/** glog prints 0 where it does not know; folly prints where in their files the frames are, not where they were. */
function ripOf(writer: string, pc: Frame | undefined, innermost: Frame | undefined): bigint | undefined {
  if (writer === 'folly') return undefined;
  if (pc !== undefined && pc.address !== 0n) return pc.address;
  return innermost?.address;
}

/** Frames of the handlers themselves, which stand in front of those of the crash. */
const HANDLER =
  /^(?:\(anonymous namespace\)::)?(?:FailureSignalHandler|signalHandler|innerSignalHandler)|^folly::symbolizer::|^google::\(anonymous namespace\)::FailureSignalHandler|^google::.*FailureSignalHandler|^absl::.*(?:FailureSignalHandler|WriteFailureInfo)|^AbslFailureSignalHandler/;

function follyCrash(line: LogLine): HandlerReport['crash'] | undefined {
  const match = FOLLY.exec(line.text);
  if (match === null) return undefined;
  const [, signal, address, pid, rest = ''] = match;
  const number = Number(signal);
  const tid = /linux TID (\d+)/.exec(rest)?.[1];
  const code = codeOf(number, /\(code: ([^)]*)\)/.exec(rest)?.[1]);
  return {
    writer: 'folly',
    ...placed(line),
    signal: number,
    ...(code === undefined ? {} : { code }),
    ...addressOf(number, address, pid, code),
    pid: Number(pid),
    ...(tid === undefined ? {} : { tid: Number(tid) }),
    line: line.text.slice(0, MOST_TEXT),
  };
}

function glogCrash(line: LogLine): HandlerReport['crash'] | undefined {
  const match = GLOG.exec(line.text);
  if (match === null) return undefined;
  const [, name = '', address, pid] = match;
  const signal = SIGNALS[name];
  return {
    writer: 'glog',
    ...placed(line),
    ...(signal === undefined ? {} : { signal, ...addressOf(signal, address, pid, undefined) }),
    pid: Number(pid),
    line: line.text.slice(0, MOST_TEXT),
  };
}

function abseilCrash(line: LogLine): HandlerReport['crash'] | undefined {
  const match = ABSEIL.exec(line.text);
  if (match === null) return undefined;
  const [, name = '', seconds] = match;
  const signal = SIGNALS[name];
  const pid = pidBefore(line.text.slice(0, match.index));
  return {
    writer: 'abseil',
    ...placed(line),
    time: Number(seconds) * 1000,
    ...(signal === undefined ? {} : { signal }),
    ...(pid === undefined ? {} : { pid }),
    line: line.text.slice(0, MOST_TEXT),
  };
}

/** abseil names no process; what forwards its lines often does: `(worker pid=12)`, `[... E 12 34] logging.cc:361:`. */
function pidBefore(prefix: string): number | undefined {
  const found = /\bpid=(\d+)/.exec(prefix)?.[1] ?? /\s[EFIW] (\d+) \d+\]/.exec(prefix)?.[1];
  return found === undefined ? undefined : Number(found);
}

const SIGNALS: Readonly<Record<string, number>> = {
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGSEGV: 11,
  SIGTERM: 15,
  SIGSYS: 31,
};

/** What folly prints for a code (its symbolizer/SignalHandler.cpp): the words of strsignal's family, or the number. */
function codeOf(signal: number, words: string | undefined): number | undefined {
  if (words === undefined) return undefined;
  if (/^-?\d+$/.test(words)) return Number(words);
  return signal === 11 ? SEGV_CODES[words] : undefined;
}

/** sigaction(2): SEGV_MAPERR, SEGV_ACCERR. */
const SEGV_CODES: Readonly<Record<string, number>> = {
  'address not mapped to object': 1,
  'invalid permissions for mapped object': 2,
};

/** Signals with which the kernel gives an address: SIGILL, SIGBUS, SIGFPE, SIGSEGV. Of others the same words hold who sent it. */
const ADDRESSED: ReadonlySet<number> = new Set([4, 7, 8, 11]);

function addressOf(
  signal: number,
  text: string | undefined,
  pid: string | undefined,
  code: number | undefined,
): { faultAddress?: bigint } {
  const address = hexOf(text);
  if (address === undefined || !ADDRESSED.has(signal) || (code !== undefined && code <= 0)) return {};
  // The process sent it to itself.
  return pid !== undefined && (address & 0xffff_ffffn) === BigInt(pid) ? {} : { faultAddress: address };
}

/** The column after the address is the size of the frame in abseil's reports, and missing in the others. */
function frameOf([, address, rest = '']: readonly (string | undefined)[]): Frame {
  const name = rest
    .replace(/^(?:\d+|\(unknown\))\s+(?=\S)/, '')
    .replace(/^\(unknown\)$/, '')
    .replace(/\s+(?:at|in) \S+:\d+$/, '')
    .replace(/\+0x[0-9a-f]+$/, '')
    .trim();
  return { address: hexOf(address) ?? 0n, name: name === '(unknown)' ? '' : name.slice(0, MOST_TEXT) };
}
