import { ByteCursor } from '../base/byteCursor.js';
import { fixedString, pathText } from '../base/text.js';
import { RegisterSet } from '../arch/registerSet.js';

/** NT_PRSTATUS: one thread's identity and general registers. */
export interface Prstatus {
  readonly signal: number;
  readonly tid: number;
  readonly pendingSignals: bigint;
  readonly blockedSignals: bigint;
  /** Empty where the architecture's registers are not known here. */
  readonly registers: RegisterSet;
}

/**
 * struct elf_prstatus (include/linux/elfcore.h). In 64-bit files the registers start at 112, in 32-bit ones at 72; both end with
 * a fpvalid word that is padded to the struct's alignment.
 *
 * @param names general registers in the order of elf_gregset_t; empty when they are not known
 * @param size bytes of each
 */
export function decodePrstatus(
  desc: Uint8Array,
  is64: boolean,
  littleEndian: boolean,
  names: readonly string[],
  size: 4 | 8 = 8,
): Prstatus {
  const cursor = new ByteCursor(desc, littleEndian);
  const signal = cursor.seek(12).u16();
  const word = is64 ? 8 : 4;
  const pendingSignals = cursor.seek(16).word(word);
  const blockedSignals = cursor.word(word);
  const tid = cursor.seek(is64 ? 32 : 24).i32();
  const registers = new Map<string, bigint>();
  cursor.seek(is64 ? 112 : 72);
  for (const register of names) {
    if (cursor.remaining < size) break;
    registers.set(register, cursor.word(size));
  }
  return { signal, tid, pendingSignals, blockedSignals, registers: new RegisterSet(registers) };
}

/** NT_PRPSINFO: the process. */
export interface Prpsinfo {
  readonly pid: number;
  readonly parentPid: number;
  /** Process id of the session's leader (setsid(2)). */
  readonly session: number;
  readonly uid: number;
  /** One character of `RSDTZW`. */
  readonly state: string;
  /** At most 15 bytes. */
  readonly comm: string;
  /** At most 79 bytes, arguments joined by spaces. */
  readonly args: string;
}

/**
 * struct elf_prpsinfo. The two lengths of a 32-bit file differ by the width of uid and gid (16 bits on i386, 32 on others), so
 * fields are found from the end: fname and psargs are the last 96 bytes, four pids precede them.
 */
export function decodePrpsinfo(desc: Uint8Array, littleEndian: boolean): Prpsinfo {
  const cursor = new ByteCursor(desc, littleEndian);
  const comm = desc.length - 96;
  const state = cursor.seek(1).u8();
  const pid = cursor.seek(comm - 16).i32();
  const parentPid = cursor.i32();
  const session = cursor.seek(comm - 4).i32();
  const wide = desc.length >= 128;
  cursor.seek(comm - 16 - (wide ? 8 : 4));
  const uid = wide ? cursor.u32() : cursor.u16();
  return {
    pid,
    parentPid,
    session,
    uid,
    state: String.fromCharCode(state >= 0x20 && state < 0x7f ? state : 0x3f),
    comm: fixedString(desc.subarray(comm, comm + 16)),
    args: fixedString(desc.subarray(comm + 16)).trimEnd(),
  };
}

/** NT_AUXV: the auxiliary vector, by AT_ number. Of repeated entries the first counts. */
export function decodeAuxv(desc: Uint8Array, is64: boolean, littleEndian: boolean): ReadonlyMap<number, bigint> {
  const cursor = new ByteCursor(desc, littleEndian);
  const word = is64 ? 8 : 4;
  const vector = new Map<number, bigint>();
  while (cursor.remaining >= 2 * word) {
    const key = Number(cursor.word(word));
    const value = cursor.word(word);
    if (key === 0) break;
    if (!vector.has(key)) vector.set(key, value);
  }
  return vector;
}

export const AT_PHDR = 3;
export const AT_PHNUM = 5;
export const AT_BASE = 7;
export const AT_ENTRY = 9;
export const AT_EXECFN = 31;
export const AT_SYSINFO_EHDR = 33;

/** One entry of NT_FILE: a mapped file's range. */
export interface FileMapping {
  readonly start: bigint;
  readonly end: bigint;
  /** Bytes into the file. */
  readonly fileOffset: bigint;
  readonly path: string;
}

/** PATH_MAX. */
const LONGEST_PATH = 4096;
/** Four times what a kernel allows by default. */
const MOST_MAPPINGS = 1 << 18;

/**
 * NT_FILE (fs/binfmt_elf.c, fill_files_note): count, page size, count times (start, end, offset in pages), then the names.
 * A note cut short gives the entries whose name is whole.
 */
export function decodeFileMappings(desc: Uint8Array, is64: boolean, littleEndian: boolean): FileMapping[] {
  const cursor = new ByteCursor(desc, littleEndian);
  const word = is64 ? 8 : 4;
  if (cursor.remaining < 2 * word) return [];
  const count = Number(cursor.word(word));
  const pageSize = cursor.word(word);
  if (count * 3 * word > cursor.remaining) return [];
  const names = new ByteCursor(desc, littleEndian, 0n, (2 + 3 * count) * word);
  const mappings: FileMapping[] = [];
  // A file is listed once for each of its segments, one behind the other.
  let name: Uint8Array = new Uint8Array(0);
  let path = '';
  for (let i = 0; i < Math.min(count, MOST_MAPPINGS) && names.bytes.indexOf(0, names.position) >= 0; i++) {
    const start = cursor.word(word);
    const end = cursor.word(word);
    const fileOffset = BigInt.asUintN(64, cursor.word(word) * pageSize);
    const next = names.cString();
    if (!areEqual(next, name)) path = pathText(next.subarray(0, LONGEST_PATH));
    name = next;
    mappings.push({ start, end, fileOffset, path });
  }
  return mappings;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
