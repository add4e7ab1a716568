import type { LogLine } from './logLine.js';
import { hexOf, isInstant, type LoggedCrash, MOST_FRAMES, MOST_TEXT } from './loggedCrash.js';

/** The line of docs/fleet.md. */
const MARK = 'redzone-crash v1 ';

/** The one line that handlers can print for us. */
export function redzoneCrash({ text, time, host }: LogLine): LoggedCrash | undefined {
  let at = text.indexOf(MARK);
  while (at > 0 && !isSpace(text.charCodeAt(at - 1))) at = text.indexOf(MARK, at + 1);
  if (at < 0) return undefined;
  const values = valuesIn(text, at + MARK.length);
  const number = (key: string): number | undefined => finite(values.get(key));
  const registers: Record<string, bigint> = {};
  for (const [name, value] of values) {
    if (!REGISTERS.has(name)) continue;
    const word = hexOf(value);
    if (word !== undefined) registers[name] = word;
  }
  const seconds = number('time');
  return {
    writer: 'redzone',
    time: seconds === undefined || !isInstant(seconds * 1000) ? time : seconds * 1000,
    host: values.get('host') ?? host,
    comm: values.get('comm'),
    pid: number('pid'),
    tid: number('tid'),
    signal: number('signal'),
    code: number('code'),
    trap: number('trap'),
    faultAddress: hexOf(values.get('addr')),
    error: hexOf(values.get('err')),
    popped: hexOf(values.get('popped')),
    top: hexOf(values.get('top')),
    registers,
    functions: functionsIn(values.get('frames') ?? ''),
    line: text.slice(0, MOST_TEXT),
  };
}

const REGISTERS: ReadonlySet<string> = new Set(
  'rip rsp rbp rax rbx rcx rdx rsi rdi r8 r9 r10 r11 r12 r13 r14 r15 eflags'.split(' '),
);
const MOST_VALUES = 64;

/**
 * `key=value` and `key="a value"` behind `from`, the first ones of a line that is not to be trusted. By hand: a fleet's logs have millions
 * of them, and a regular expression that gives its groups takes half as long again.
 */
function valuesIn(text: string, from: number): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let at = from; values.size < MOST_VALUES;) {
    const equals = text.indexOf('=', at);
    if (equals < 0) break;
    let key = equals;
    while (key > at && isOfKey(text.charCodeAt(key - 1))) key--;
    at = equals + 1;
    if (key === equals) continue;
    const closing = text.charCodeAt(equals + 1) === QUOTE ? text.indexOf('"', equals + 2) : -1;
    const [start, end] = closing < 0 ? [equals + 1, wordEnd(text, equals + 1)] : [equals + 2, closing];
    if (closing < 0 && start === end) continue;
    values.set(text.slice(key, equals), text.slice(start, end));
    at = closing < 0 ? end : closing + 1;
  }
  return values;
}

const QUOTE = 0x22;

function wordEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
  return end;
}

/** Of Unicode's the no-break space, and the byte order mark that a log may begin with. */
function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xa0 || code === 0xfeff;
}

/** a-z, 0-9 and the underscore. */
function isOfKey(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f;
}

function finite(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function functionsIn(frames: string): readonly string[] {
  const functions: string[] = [];
  for (const part of frames.split('<')) {
    const name = part.trim();
    if (name !== '' && functions.length < MOST_FRAMES) functions.push(name);
  }
  return functions;
}
