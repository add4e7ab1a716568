import type { BareCrash } from '../../engine/verdict/registersVerdict.js';
import type { LogLine } from './logLine.js';

/** A crash as a log tells of it. Addresses are numbers; what the log does not say is `undefined`. */
export interface LoggedCrash extends BareCrash {
  /** The format of the lines: `kernel`, `folly`, `glog`, `abseil`, `redzone`. */
  readonly writer: string;
  /** Milliseconds since 1970. */
  readonly time?: number | undefined;
  readonly host?: string | undefined;
  readonly comm?: string | undefined;
  readonly pid?: number | undefined;
  readonly tid?: number | undefined;
  /** Functions, innermost first, where the writer knew them. */
  readonly functions: readonly string[];
  /** File of the innermost frame, and where it lay. */
  readonly module?: string | undefined;
  readonly moduleOffset?: bigint | undefined;
  /** The line that tells of it. */
  readonly line: string;
}

export const MOST_TEXT = 500;
export const MOST_FRAMES = 64;

export function placed({ time, host }: LogLine): { time?: number; host?: string } {
  return { ...(time === undefined ? {} : { time }), ...(host === undefined ? {} : { host }) };
}

/** Whether there is such a time, in milliseconds since 1970: 100 million days on either side (ECMA-262, Time Values). */
export function isInstant(time: number): boolean {
  return Math.abs(time) <= 8.64e15;
}

/** A number of at most 64 bits, with `0x` before it or without. */
export function hexOf(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const from = text.startsWith('0x') ? 2 : 0;
  const digits = text.length - from;
  if (digits < 1 || digits > 16) return undefined;
  for (let i = from; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return undefined;
  return BigInt(from === 0 ? `0x${text}` : text);
}

/** 0-9, A-F, a-f. */
function isDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}
