import type { LogLine } from './logLine.js';
import { hexOf, type LoggedCrash, MOST_TEXT, placed } from './loggedCrash.js';

/** TASK_COMM_LEN is 16; what is cut off it in a log may be anything. */
const COMM = '(\\S.{0,14})';
/** Older kernels print a pointer that is null as `(null)`. */
const POINTER = '(\\(null\\)|[0-9a-f]+)';
/** ` in lib.so[7f12000+195000]`; newer kernels print the offset in the file before: `[26000,7f12000+195000]`. */
const MODULE = '(?:.*? in (\\S.*?)\\[([0-9a-f,]+)\\+[0-9a-f]+\\])?';

/** show_signal_msg and show_signal of the kernel (arch/x86/mm/fault.c, arch/x86/kernel/traps.c). */
const SEGFAULT = new RegExp(
  `^${COMM}\\[(\\d+)\\]: segfault at ${POINTER} ip ${POINTER} sp ${POINTER} error ([0-9a-f]+)${MODULE}`,
);
const TRAP = new RegExp(
  `^traps: ${COMM}\\[(\\d+)\\] (?:trap )?(general protection fault|general protection|invalid opcode|divide error|int3|stack segment|bounds|overflow|alignment check|control protection)(?:\\(\\S+\\))? ip:${POINTER} sp:${POINTER} error:([0-9a-f]+)${MODULE}`,
);

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

/** What the kernel says of a process that a fault killed. */
export function kernelCrash(line: LogLine): LoggedCrash | undefined {
  const text = withoutPrefix(line.text);
  const fault = SEGFAULT.exec(text);
  const [, comm, pid, ...rest] = fault ?? TRAP.exec(text) ?? [];
  if (comm === undefined || pid === undefined) return undefined;
  const [what = '', ip, sp, error, module, base] = rest;
  const rip = pointerOf(ip);
  const rsp = pointerOf(sp);
  const at = fault === null ? undefined : pointerOf(what);
  const kind = fault === null ? TRAPS[what] : { trap: 14, signal: 11 };
  const start = hexOf(base?.split(',')[0]);
  const offsetGiven = base?.includes(',') === true;
  return {
    writer: 'kernel',
    ...placed(line),
    comm,
    pid: Number(pid),
    tid: Number(pid),
    ...kind,
    ...(at === undefined ? {} : { faultAddress: at }),
    registers: { rip, rsp },
    ...(isNarrow(rip, rsp) ? { narrow: true as const } : {}),
    error: hexOf(error) ?? 0n,
    functions: [],
    ...(module === undefined || module === '' ? {} : { module }),
    ...(start === undefined ? {} : { moduleOffset: offsetGiven ? start : rip - start }),
    line: text.slice(0, MOST_TEXT),
  };
}

/** What a writer of logs left in front that was not known as its own: `host kernel: [  12.345] `. */
function withoutPrefix(text: string): string {
  if (!text.includes(': segfault at ') && !text.includes('traps: ')) return text;
  const own = text.replace(/^.*?\bkernel:\s+/, '').replace(/^.*?\[\s*\d+\.\d{3,}\]\s+/, '');
  // Behind words of another kind a name of one word is still known.
  return /^.{1,15}\[\d+\]: segfault|^traps: /.test(own)
    ? own
    : own.replace(/^.*\s(?=\S{1,15}\[\d+\]: segfault|traps: )/, '');
}

function pointerOf(text: string | undefined): bigint {
  return hexOf(text) ?? 0n;
}

/** Stacks of 64-bit processes lie far above 4 GiB. */
function isNarrow(rip: bigint, rsp: bigint): boolean {
  return rsp > 0xffffn && rsp < 1n << 32n && rip < 1n << 32n;
}
