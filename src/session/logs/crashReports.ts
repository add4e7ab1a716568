import type { LogLine } from './logLine.js';

/** A crash as a log tells of it. Addresses are numbers; what the log does not say is absent. */
export interface LoggedCrash {
  /** The format of the lines: `kernel`, `folly`, `glog`, `abseil`, `redzone`. */
  readonly writer: string;
  readonly time?: number;
  readonly host?: string;
  readonly comm?: string;
  readonly pid?: number;
  readonly tid?: number;
  /** Signal number. */
  readonly signal?: number;
  /** si_code. */
  readonly code?: number;
  readonly faultAddress?: bigint;
  readonly registers: Readonly<Record<string, bigint>>;
  /** Error code of a page fault (Intel SDM 3A 4.7). */
  readonly error?: bigint;
  /** Trap number: 14 page fault, 13 general protection... */
  readonly trap?: number;
  /** The word below the stack pointer, and the one at it. */
  readonly popped?: bigint;
  readonly top?: bigint;
  /** Functions, innermost first, where the writer knew them. */
  readonly functions: readonly string[];
  /** File of the innermost frame, and where it lay. */
  readonly module?: string;
  readonly moduleOffset?: bigint;
  /** The line that tells of it. */
  readonly line: string;
}

/** Finds crashes in the lines of one log, given in their order. */
export class CrashReports {
  #open: Draft | undefined;
  /** Of folly and glog: the time comes a line before the signal. */
  #aborted: number | undefined;

  /** @returns the crashes that are complete with this line */
  take(line: LogLine): LoggedCrash[] {
    const { text } = line;
    const whole = kernelCrash(line) ?? redzoneCrash(line);
    if (whole !== undefined) return [...this.end(), whole];
    const aborted = ABORTED.exec(text);
    if (aborted !== null) {
      const ended = this.end();
      this.#aborted = Number(aborted[1]) * 1000;
      return ended;
    }
    const begun = handlerCrash(line, this.#aborted);
    if (begun !== undefined) {
      const ended = this.end();
      this.#open = begun;
      return ended;
    }
    if (this.#open === undefined) return [];
    const pc = PC.exec(text);
    if (pc !== null) {
      this.#open.pc ??= hexOf(pc[1]);
      return [];
    }
    const frame = FRAME.exec(text);
    if (frame !== null) {
      const [, address, name = ''] = frame;
      this.#open.pc ??= hexOf(address);
      if (this.#open.functions.length < MOST_FRAMES) this.#open.functions.push(functionName(name));
      this.#open.seenFrames = true;
      return [];
    }
    // Lines of other threads come between; the report ends with the first that is none of its frames.
    return this.#open.seenFrames ? this.end() : [];
  }

  /** The crash whose report the log ends in. */
  end(): LoggedCrash[] {
    const draft = this.#open;
    this.#open = undefined;
    this.#aborted = undefined;
    if (draft === undefined) return [];
    const { crash, pc, functions } = draft;
    return [{ ...crash, registers: pc === undefined ? {} : { rip: pc }, functions: withoutHandler(functions) }];
  }
}

const MOST_FRAMES = 64;

interface Draft {
  readonly crash: Omit<LoggedCrash, 'registers' | 'functions'>;
  pc: bigint | undefined;
  functions: string[];
  seenFrames: boolean;
}

/** show_signal_msg and show_signal of the kernel (arch/x86/mm/fault.c, arch/x86/kernel/traps.c). */
const SEGFAULT =
  /(?:^|\s)(\S.{0,31})\[(\d+)\]: segfault at ([0-9a-f]+) ip ([0-9a-f]+) sp ([0-9a-f]+) error ([0-9a-f]+)(?: in (.*?)\[([0-9a-f,]+)\+[0-9a-f]+\])?/;
const TRAP =
  /traps: (\S.{0,31})\[(\d+)\] (?:trap )?(general protection fault|general protection|invalid opcode|divide error|int3|stack segment|bounds|overflow|alignment check|control protection)(?:\(\S+\))? ip:([0-9a-f]+) sp:([0-9a-f]+) error:([0-9a-f]+)(?: in (.*?)\[([0-9a-f,]+)\+[0-9a-f]+\])?/;

const TRAPS: Readonly<Record<string, { readonly trap: number; readonly signal: number }>> = {
  'general protection fault': { trap: 13, signal: 11 },
  'general protection': { trap: 13, signal: 11 },
  'invalid opcode': { trap: 6, signal: 4 },
  'divide error': { trap: 0, signal: 8 },
  int3: { trap: 3, signal: 5 },
  'stack segment': { trap: 12, signal: 7 },
  bounds: { trap: 5, signal: 11 },
  overflow: { trap: 4, signal: 11 },
  'alignment check': { trap: 17, signal: 7 },
  'control protection': { trap: 21, signal: 11 },
};

function kernelCrash(line: LogLine): LoggedCrash | undefined {
  const fault = SEGFAULT.exec(line.text);
  const [, comm, pid, ...rest] = fault ?? TRAP.exec(line.text) ?? [];
  if (comm === undefined || pid === undefined) return undefined;
  const [what = '', ip, sp, error, module, base] = rest;
  const rip = hexOf(ip) ?? 0n;
  const at = fault === null ? undefined : hexOf(what);
  const kind = fault === null ? TRAPS[what] : { trap: 14, signal: 11 };
  const start = hexOf(base?.split(',')[0]);
  const offsetGiven = base?.includes(',') === true;
  return {
    writer: 'kernel',
    ...placed(line),
    comm,
    pid: Number(pid),
    tid: Number(pid),
    ...(kind === undefined ? {} : kind),
    ...(at === undefined ? {} : { faultAddress: at }),
    registers: { rip, rsp: hexOf(sp) ?? 0n },
    error: hexOf(error) ?? 0n,
    functions: [],
    ...(module === undefined || module === '' ? {} : { module }),
    // Newer kernels print the offset in the file themselves: in lib.so[26000,7f..+195000].
    ...(start === undefined ? {} : { moduleOffset: offsetGiven ? start : rip - start }),
    line: line.text.slice(0, MOST_TEXT),
  };
}

const MOST_TEXT = 500;

const ABORTED = /^\*\*\* Aborted at (\d{9,11}) \((?:Unix time|unix time)/;
const FOLLY =
  /\*\*\* Signal (\d+) \((SIG[A-Z]+)\)(?: \((0x[0-9a-f]+)\))? received by PID (\d+) \((?:pthread TID 0x[0-9a-f]+)?(?:, )?(?:linux TID (\d+))?\).*stack trace: \*\*\*/;
const GLOG =
  /\*\*\* (SIG[A-Z]+) \(@(0x[0-9a-f]+)\) received by PID (\d+) \(TID (0x[0-9a-f]+|\d+)\).*stack trace: \*\*\*/;
const ABSEIL = /\*\*\* (SIG[A-Z]+) received at time=(\d+)(?: on cpu \d+)? \*\*\*/;
const PC = /^PC: @\s+(0x[0-9a-f]+)/;
/** The third column of abseil is the size of the frame. */
const FRAME = /^\s*@\s+(?:0x)?([0-9a-f]{2,16})\s+(?:\d+\s+|\(unknown\)$)?(.*)$/;

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

function handlerCrash(line: LogLine, aborted: number | undefined): Draft | undefined {
  const { text } = line;
  const told = text.slice(0, MOST_TEXT);
  const draft = (crash: Draft['crash']): Draft => ({ crash, pc: undefined, functions: [], seenFrames: false });
  const at = aborted === undefined ? placed(line) : { ...placed(line), time: aborted };
  const folly = FOLLY.exec(text);
  if (folly !== null) {
    const [, signal, , address, pid, tid] = folly;
    return draft({
      writer: 'folly',
      ...at,
      signal: Number(signal),
      ...addressOf(address),
      pid: Number(pid),
      ...(tid === undefined ? {} : { tid: Number(tid) }),
      line: told,
    });
  }
  const glog = GLOG.exec(text);
  if (glog !== null) {
    const [, name = '', address, pid] = glog;
    return draft({ writer: 'glog', ...at, ...signalOf(name), ...addressOf(address), pid: Number(pid), line: told });
  }
  const abseil = ABSEIL.exec(text);
  if (abseil === null) return undefined;
  const [, name = '', seconds] = abseil;
  return draft({ writer: 'abseil', ...placed(line), time: Number(seconds) * 1000, ...signalOf(name), line: told });
}

function signalOf(name: string): { signal?: number } {
  const signal = SIGNALS[name];
  return signal === undefined ? {} : { signal };
}

function addressOf(text: string | undefined): { faultAddress?: bigint } {
  const address = hexOf(text);
  return address === undefined ? {} : { faultAddress: address };
}

/** Frames of the handler itself stand in front of those of the crash. */
function withoutHandler(functions: readonly string[]): string[] {
  const last = functions.findLastIndex((name) => HANDLER.test(name));
  return functions.slice(last + 1).filter((name) => name !== '');
}

const HANDLER =
  /^(\(anonymous namespace\)::)?(FailureSignalHandler|signalHandler|innerSignalHandler)|^folly::symbolizer::|^google::|^absl::.*(FailureSignal|WriteFailureInfo)|__restore_rt|^absl::AbslFailureSignalHandler/;

function functionName(text: string): string {
  const name = text
    .trim()
    .replace(/^\(unknown\)\s*/, '')
    .replace(/\s+(at|in) \S+:\d+$/, '');
  return name === '(unknown)' ? '' : name.replace(/\+0x[0-9a-f]+$/, '').slice(0, MOST_TEXT);
}

/** The line of docs/crash-log-line.md. */
const REDZONE = /(?:^|\s)redzone-crash v1 (.*)$/;

function redzoneCrash(line: LogLine): LoggedCrash | undefined {
  const match = REDZONE.exec(line.text);
  if (match === null) return undefined;
  const values = new Map<string, string>();
  for (const [, key = '', quoted, plain] of (match[1] ?? '').matchAll(/([a-z_0-9]+)=(?:"([^"]*)"|(\S+))/g))
    if (values.size < 64) values.set(key, quoted ?? plain ?? '');
  const number = (key: string): { readonly [name: string]: number } => {
    const value = Number(values.get(key));
    return values.has(key) && Number.isFinite(value) ? { [key]: value } : {};
  };
  const registers: Record<string, bigint> = {};
  for (const name of REGISTERS) {
    const value = hexOf(values.get(name));
    if (value !== undefined) registers[name] = value;
  }
  const [popped, top, error, faultAddress] = ['popped', 'top', 'err', 'addr'].map((key) => hexOf(values.get(key)));
  const seconds = Number(values.get('time'));
  const host = values.get('host');
  const comm = values.get('comm');
  const functions = (values.get('frames') ?? '').split('<').map((name) => name.trim());
  return {
    writer: 'redzone',
    ...placed(line),
    ...(values.has('time') && Number.isFinite(seconds) ? { time: seconds * 1000 } : {}),
    ...(host === undefined ? {} : { host }),
    ...(comm === undefined ? {} : { comm }),
    ...number('pid'),
    ...number('tid'),
    ...number('signal'),
    ...number('code'),
    ...number('trap'),
    ...(faultAddress === undefined ? {} : { faultAddress }),
    ...(error === undefined ? {} : { error }),
    ...(popped === undefined ? {} : { popped }),
    ...(top === undefined ? {} : { top }),
    registers,
    functions: functions.filter((name) => name !== '').slice(0, MOST_FRAMES),
    line: line.text.slice(0, MOST_TEXT),
  };
}

const REGISTERS = 'rip rsp rbp rax rbx rcx rdx rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 eflags'.split(' ');

function placed({ time, host }: LogLine): { time?: number; host?: string } {
  return { ...(time === undefined ? {} : { time }), ...(host === undefined ? {} : { host }) };
}

/** A number of at most 64 bits. */
function hexOf(text: string | undefined): bigint | undefined {
  const digits = text?.replace(/^0x/, '');
  return digits === undefined || !/^[0-9a-f]{1,16}$/i.test(digits) ? undefined : BigInt(`0x${digits}`);
}
