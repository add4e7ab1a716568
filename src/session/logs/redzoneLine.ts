import type { LogLine } from './logLine.js';
import { hexOf, type LoggedCrash, MOST_FRAMES, MOST_TEXT, placed } from './loggedCrash.js';

/** The line of docs/fleet.md. */
const REDZONE = /(?:^|\s)redzone-crash v1 (.*)$/;

/** The one line that handlers can print for us. */
export function redzoneCrash(line: LogLine): LoggedCrash | undefined {
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
