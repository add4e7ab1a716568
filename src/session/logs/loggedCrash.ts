import type { LogLine } from './logLine.js';

/** A crash as a log tells of it. Addresses are numbers; what the log does not say is `undefined`. */
export interface LoggedCrash {
  /** The format of the lines: `kernel`, `folly`, `glog`, `abseil`, `redzone`. */
  readonly writer: string;
  readonly time?: number | undefined;
  readonly host?: string | undefined;
  readonly comm?: string | undefined;
  readonly pid?: number | undefined;
  readonly tid?: number | undefined;
  /** Signal number. */
  readonly signal?: number | undefined;
  /** si_code. */
  readonly code?: number | undefined;
  readonly faultAddress?: bigint | undefined;
  readonly registers: Readonly<Record<string, bigint>>;
  /** Of a 32-bit process, whose stack is aligned otherwise. */
  readonly narrow?: true | undefined;
  /** Error code of a page fault (Intel SDM 3A 4.7). */
  readonly error?: bigint | undefined;
  /** Trap number: 14 page fault, 13 general protection... */
  readonly trap?: number | undefined;
  /** The word below the stack pointer, and the one at it. */
  readonly popped?: bigint | undefined;
  readonly top?: bigint | undefined;
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

/** A number of at most 64 bits. */
export function hexOf(text: string | undefined): bigint | undefined {
  const digits = text?.replace(/^0x/, '');
  return digits === undefined || !/^[0-9a-f]{1,16}$/i.test(digits) ? undefined : BigInt(`0x${digits}`);
}
