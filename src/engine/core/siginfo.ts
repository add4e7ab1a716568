import { ByteCursor } from '../base/byteCursor.js';
import { carriesAddress, carriesSender, codeName, SIGSYS, signalName } from './signals.js';

/** What the kernel said about a signal. */
export interface Siginfo {
  readonly number: number;
  readonly name: string;
  readonly errno: number;
  /** Absent in cores that hold no siginfo. */
  readonly code?: number;
  readonly codeName?: string;
  /** si_addr, for faults. */
  readonly faultAddress?: bigint;
  /** Number of the system call, for SIGSYS of a seccomp filter. */
  readonly systemCall?: number;
  /** For signals sent by a process. */
  readonly sender?: { readonly pid: number; readonly uid: number };
}

const SYS_SECCOMP = 1;

/**
 * Decodes a 64-bit siginfo_t (signo, errno, code, then the union at 16) or the 32-bit one (union at 12).
 *
 * @returns `undefined` when the bytes are too few or the signal number is none of Linux's
 */
export function decodeSiginfo(bytes: Uint8Array, is64: boolean, littleEndian: boolean): Siginfo | undefined {
  if (bytes.length < (is64 ? 24 : 20)) return undefined;
  const cursor = new ByteCursor(bytes, littleEndian);
  const signal = cursor.i32();
  const errno = cursor.i32();
  const code = cursor.i32();
  if (signal < 1 || signal > 64) return undefined;
  const union = is64 ? 16 : 12;
  const codeText = codeName(signal, code);
  return {
    number: signal,
    name: signalName(signal),
    errno,
    code,
    ...(codeText === undefined ? {} : { codeName: codeText }),
    ...(carriesAddress(signal, code) ? { faultAddress: cursor.seek(union).word(is64 ? 8 : 4) } : {}),
    ...(signal === SIGSYS && code === SYS_SECCOMP ? { systemCall: cursor.seek(union + (is64 ? 8 : 4)).i32() } : {}),
    ...(carriesSender(code) ? { sender: { pid: cursor.seek(union).i32(), uid: cursor.seek(union + 4).u32() } } : {}),
  };
}
