import type { Architecture } from '../arch/architecture.js';
import { architectureOf } from '../arch/architectures.js';
import type { ExtendedState } from '../arch/extendedState.js';
import type { RegisterSet } from '../arch/registerSet.js';
import { FormatError } from '../base/byteCursor.js';
import type { ByteSource } from '../base/byteSource.js';
import { Diagnostics } from '../base/diagnostics.js';
import { type ElfFile, openElf } from '../elf/elfFile.js';
import { type Note, readNotes } from '../elf/notes.js';
import { CoreMemory } from './coreMemory.js';
import {
  decodeAuxv,
  decodeFileMappings,
  decodePrpsinfo,
  decodePrstatus,
  type FileMapping,
  type Prpsinfo,
} from './processNotes.js';
import { decodeSiginfo, type Siginfo } from './siginfo.js';
import { signalName } from './signals.js';

/** A core file decoded: the dead process as its notes and segments tell it. */
export interface CoreImage {
  readonly elf: ElfFile;
  /** `elf64-core` or `elf32-core`. */
  readonly format: string;
  /** `undefined` when the machine is recognised by name only. */
  readonly architecture: Architecture | undefined;
  readonly process: Prpsinfo | undefined;
  /** NT_SIGINFO, or what NT_PRSTATUS alone tells. */
  readonly signal: Siginfo | undefined;
  /** In the order of the file: the thread that died comes first. */
  readonly threads: readonly ThreadState[];
  readonly auxv: ReadonlyMap<number, bigint>;
  readonly files: readonly FileMapping[];
  readonly memory: CoreMemory;
  readonly diagnostics: Diagnostics;
  /** Bytes that the program headers promise; the file is shorter when the core was cut. */
  readonly expectedSize: bigint;
}

/** One thread at its death. */
export interface ThreadState {
  readonly tid: number;
  /** The signal PRSTATUS names: the fatal one, for every thread of a kernel-written core. */
  readonly signal: number;
  /** Signals the thread had blocked, bit n-1 for signal n. */
  readonly blockedSignals: bigint;
  readonly registers: RegisterSet;
  /** Registers beside the general ones; `undefined` when the core holds none. */
  readonly extended: () => ExtendedState | undefined;
}

/**
 * Reads header, segments and notes.
 *
 * @returns `undefined` when the file is no ELF core; a damaged one comes back with what could be read and diagnostics
 */
export function readCore(source: ByteSource): CoreImage | undefined {
  const diagnostics = new Diagnostics();
  const elf = openElf(source, diagnostics);
  if (elf?.type !== 'core') return undefined;
  const architecture = architectureOf(elf.arch);
  const notes = notesOf(elf, diagnostics);
  const decoded = decodeNotes(notes, elf, architecture, diagnostics);
  const expectedSize = elf.segments.reduce(
    (end, segment) => max(end, segment.filesz === 0n ? 0n : segment.offset + segment.filesz),
    0n,
  );
  if (expectedSize > source.size) {
    diagnostics.report(
      'truncated',
      `truncated at ${source.size} of ${expectedSize} bytes: what lay behind is not in this file`,
      source.size,
    );
  }
  if (notes.length === 0) {
    diagnostics.report('no-notes', 'no notes could be read: threads, registers and signal are unknown');
  }
  const system = notes.map(({ name }) => OTHER_SYSTEMS.exec(name)?.[1]).find((found) => found !== undefined);
  if (system !== undefined) {
    const text = `a core of ${system}, whose notes are laid out in another way: threads, registers and signal are not read`;
    diagnostics.report('other-system', text);
  }
  return {
    elf,
    format: elf.is64 ? 'elf64-core' : 'elf32-core',
    architecture,
    ...decoded,
    memory: new CoreMemory(source, elf.segments),
    diagnostics,
    expectedSize,
  };
}

const NT_PRSTATUS = 1;
const NT_PRPSINFO = 3;
const NT_AUXV = 6;
const NT_X86_XSAVE_LAYOUT = 0x205;
const NT_FILE = 0x46494c45;
const NT_SIGINFO = 0x53494749;

/** About 20,000 threads' worth, with AVX-512 state; more is read only by a hostile header, which may also name the same notes often. */
const LARGEST_NOTES = 64n * 1024n * 1024n;

function notesOf(elf: ElfFile, diagnostics: Diagnostics): Note[] {
  const notes: Note[] = [];
  let left = LARGEST_NOTES;
  // A core has one such segment. Of those that overlap the first is read: a hostile header can name the same notes thousands of times.
  let end = 0n;
  const segments = elf.segments.filter(({ type, filesz }) => type === 'note' && filesz > 0n);
  for (const { offset, filesz } of segments.sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0))) {
    if (offset < end) continue;
    end = offset + filesz;
    const wanted = min(filesz, left);
    left -= wanted;
    const available = offset >= elf.source.size ? 0n : min(wanted, elf.source.size - offset);
    const { bytes } = elf.source.read(offset, Number(available));
    if (BigInt(bytes.length) < wanted) {
      diagnostics.report(
        'truncated',
        `the file ends inside its notes, at byte ${offset + BigInt(bytes.length)}`,
        offset + BigInt(bytes.length),
      );
    } else if (wanted < filesz) {
      diagnostics.report('bad-note', `notes of more than ${LARGEST_NOTES} bytes: the rest is not read`, offset);
    }
    for (const note of readNotes(bytes, elf.littleEndian, offset, diagnostics)) notes.push(note);
    if (left === 0n) break;
  }
  return notes;
}

/** Twice the threads that a kernel allows by default. */
const MOST_THREADS = 1 << 16;

interface Decoded {
  readonly process: Prpsinfo | undefined;
  readonly signal: Siginfo | undefined;
  readonly threads: readonly ThreadState[];
  readonly auxv: ReadonlyMap<number, bigint>;
  readonly files: readonly FileMapping[];
}

interface ThreadNotes {
  readonly prstatus: Note;
  /** What follows it: notes of this thread. */
  readonly others: Note[];
}

function decodeNotes(
  notes: readonly Note[],
  elf: ElfFile,
  architecture: Architecture | undefined,
  diagnostics: Diagnostics,
): Decoded {
  const { is64, littleEndian } = elf;
  const attempt = <T>(note: Note | undefined, decode: (desc: Uint8Array) => T): T | undefined => {
    if (note === undefined) return undefined;
    try {
      return decode(note.desc);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      diagnostics.report(
        'bad-note',
        `note of type 0x${note.type.toString(16)} is damaged: ${error.message}`,
        note.offset,
      );
      return undefined;
    }
  };
  const find = (type: number): Note | undefined =>
    notes.find((note) => note.type === type && (note.name === 'CORE' || note.name === 'LINUX'));
  const layout = find(NT_X86_XSAVE_LAYOUT);
  const registerNames = architecture?.generalRegisters ?? [];
  const threads: ThreadState[] = [];
  let signalOfFirst = 0;
  for (const group of threadNotes(notes)) {
    if (threads.length >= MOST_THREADS) {
      diagnostics.report('bad-note', `more than ${MOST_THREADS} threads: the rest is not shown`, group.prstatus.offset);
      break;
    }
    const status = attempt(group.prstatus, (desc) =>
      decodePrstatus(desc, is64, littleEndian, registerNames, architecture?.registerSize),
    );
    if (status === undefined) continue;
    if (threads.length === 0) signalOfFirst = status.signal;
    threads.push({
      tid: status.tid,
      signal: status.signal,
      blockedSignals: status.blockedSignals,
      registers: status.registers,
      extended: () => architecture?.extendedState(notesByType(group, layout)),
    });
  }
  const siginfo = attempt(find(NT_SIGINFO), (desc) => decodeSiginfo(desc, is64, littleEndian));
  return {
    process: attempt(find(NT_PRPSINFO), (desc) => decodePrpsinfo(desc, littleEndian)),
    signal: siginfo ?? bareSignal(signalOfFirst),
    threads,
    auxv: attempt(find(NT_AUXV), (desc) => decodeAuxv(desc, is64, littleEndian)) ?? new Map<number, bigint>(),
    files: attempt(find(NT_FILE), (desc) => decodeFileMappings(desc, is64, littleEndian)) ?? [],
  };
}

/** Who wrote a core's notes, where it was not Linux (NetBSD core(5), FreeBSD elf(5), OpenBSD sys/exec_elf.h). */
const OTHER_SYSTEMS = /^(NetBSD|FreeBSD|OpenBSD)(?:-CORE)?(?:@\d+)?$/;

/** Each PRSTATUS starts a thread; register notes that follow belong to it. */
function threadNotes(notes: readonly Note[]): readonly ThreadNotes[] {
  const groups: ThreadNotes[] = [];
  for (const note of notes) {
    const current = groups.at(-1);
    if (note.type === NT_PRSTATUS && note.name === 'CORE') groups.push({ prstatus: note, others: [] });
    else if (note.name === 'CORE' || note.name === 'LINUX') current?.others.push(note);
  }
  return groups;
}

/** Of notes of one type the first counts. */
function notesByType(group: ThreadNotes, ofAll: Note | undefined): ReadonlyMap<number, Uint8Array> {
  const notes = new Map<number, Uint8Array>();
  for (const note of [...group.others, ...(ofAll === undefined ? [] : [ofAll])]) {
    if (!notes.has(note.type)) notes.set(note.type, note.desc);
  }
  return notes;
}

/** A signal without siginfo, from a kernel before 3.7 or a tool that writes none: number and name are all there is. */
function bareSignal(signal: number): Siginfo | undefined {
  if (signal < 1 || signal > 64) return undefined;
  return { number: signal, name: signalName(signal), errno: 0 };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
