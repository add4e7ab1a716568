import type { Annotation } from './annotations.js';
import type { AddressClass, FrameTrust, Kind, Label } from './labels.js';

/**
 * The JSON contract of `redzone triage` (one `CoreRow` per core) and `redzone inspect --json` (one `CoreReport`). Addresses and
 * register values are `0x` strings; optional fields are left out, never null. The same shapes stand in `report.schema.json`,
 * against which every golden is validated.
 */
export interface CoreRow {
  readonly schema: 1;
  /** The argument or listed path, verbatim. */
  readonly source: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes of the file that were read for this row. */
  readonly bytesRead: number;
  /** Requests that it took, for a core on a server. */
  readonly requests?: number;
  readonly status: 'ok' | 'partial' | 'unreadable';
  readonly problems: readonly Problem[];
  readonly sourceKind: 'core' | 'log';
  /** `elf64-core`, `elf32-core`, or what the file is instead (`empty`, `text`, `elf64-executable`...). */
  readonly format?: string;
  /** `x86_64`, `i386`, `x32`, `aarch64`... */
  readonly arch?: string;
  readonly process?: ProcessInfo;
  readonly signal?: SignalInfo;
  /** The thread the verdict speaks of. */
  readonly thread?: { readonly tid: number; readonly registers: Readonly<Record<string, string>> };
  readonly threadCount?: number;
  readonly machine?: MachineInfo;
  readonly label?: Label;
  readonly kind?: Kind;
  /** 0 to 1, calibrated against labelled cores. */
  readonly confidence?: number;
  /** Bytes that were added to %rsp, for `misaligned-stack`; absent where it is only known that it was off. */
  readonly shift?: number;
  readonly evidence?: readonly EvidenceItem[];
  readonly frames?: readonly FrameRow[];
  readonly staleSignalFrames?: readonly StaleSignalFrameRow[];
  /** Equal for equal crashes over builds and address layouts. */
  readonly signature?: string;
  /** ISO 8601, UTC. */
  readonly time?: string;
  readonly timeSource?: 'core_pattern' | 'xattr' | 'journal' | 'object' | 'mtime';
  readonly host?: string;
  /** %rsp modulo 16 at the crash. */
  readonly rspMod16?: number;
  readonly address?: AddressClass;
  readonly exception?: ExceptionInFlight;
  readonly bitFlip?: BitFlipSuspicion;
}

/** What a core itself tells of the machine it is from. */
export interface MachineInfo {
  /** `6.1.90`. */
  readonly kernel?: string;
  /** As its own CPUID says: `AMD family 26 model 2 stepping 1`. */
  readonly processor?: string;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  /** File offset. */
  readonly offset?: number;
}

export interface ProcessInfo {
  readonly pid: number;
  /** At most 15 bytes, as the kernel keeps it. */
  readonly comm: string;
  /** At most 79 bytes, as the kernel keeps them. */
  readonly args: string;
  readonly exe?: string;
  readonly buildId?: string;
}

export interface SignalInfo {
  readonly number: number;
  /** `SIGSEGV`... */
  readonly name: string;
  /** si_code. */
  readonly code?: number;
  /** `SEGV_MAPERR`... */
  readonly codeName?: string;
  /** si_addr, for signals that carry one. */
  readonly faultAddress?: string;
  /** Who sent it, for signals sent by kill, tgkill or sigqueue. */
  readonly sender?: { readonly pid: number; readonly uid: number };
}

export interface EvidenceItem {
  /** The rule that says it. */
  readonly rule: string;
  /** One sentence with the numbers in it. */
  readonly text: string;
  /** From -1 (speaks against the verdict) to 1 (proves it). */
  readonly weight: number;
  /** What the sentence speaks of, so that a page can light it up. */
  readonly refs: readonly EvidenceRef[];
}

export type EvidenceRef =
  | { readonly register: string }
  | { readonly slot: string }
  | { readonly frame: number }
  | { readonly instruction: string }
  | { readonly signalFrame: string };

/** One entry per function; inline functions are entries of their own with the pc and cfa of the frame they are in. */
export interface FrameRow {
  readonly index: number;
  readonly pc: string;
  readonly cfa?: string;
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
  /** Path of the module as mapped. */
  readonly module?: string;
  /** pc minus the function's start when the function is known, else pc minus the module's lowest address. */
  readonly offset?: string;
  readonly trust: FrameTrust;
  readonly inlined?: boolean;
  /**
   * Functions between this frame and its caller that left no frame, because each ended in a jump to the next (tail calls): the one that
   * jumped to this function first. Only where the debug information leaves no other way.
   */
  readonly tailCallers?: readonly string[];
}

export interface StaleSignalFrameRow {
  /** Where the frame starts: the slot of its return address into the trampoline. */
  readonly address: string;
  /** Absent when the frame holds no valid siginfo. */
  readonly signal?: number;
  /** The interrupted instruction. */
  readonly rip: string;
  readonly symbol?: string;
}

export interface ExceptionInFlight {
  readonly type: string;
  readonly what?: string;
  readonly landingPad?: string;
}

/** One turned bit that would make a bad pointer a good one. */
export interface BitFlipSuspicion {
  readonly bit: number;
  /** The word as it was, and with the bit turned. */
  readonly found: string;
  readonly intended: string;
  /** How many other single bits would give a valid word too. */
  readonly others: number;
  /** Another pointer of the thread into the same page as `intended`. */
  readonly neighbour?: string;
  /** 0 to 1: never enough for a verdict of its own. */
  readonly suspicion: number;
}

/** `redzone inspect --json`: everything about one core. */
export interface CoreReport extends CoreRow {
  readonly threads?: readonly ThreadReport[];
  /** Slots of the crashed thread's stack around %rsp, ascending. */
  readonly stack?: readonly Slot[];
  readonly signalFrames?: readonly SignalFrameReport[];
  /** As in the row, with every field decoded. */
  readonly staleSignalFrames?: readonly SignalFrameReport[];
  readonly mappings?: readonly MappingRow[];
  readonly modules?: readonly ModuleRow[];
  readonly hypotheses?: readonly Hypothesis[];
  readonly missing?: readonly string[];
  /** What people have written on this core; absent where nobody has. */
  readonly annotations?: readonly Annotation[];
  /** Calls that had returned before the crash, the nearest to %rsp first. */
  readonly recentCalls?: readonly RecentCallRow[];
  /** Whose unwinder each module calls. */
  readonly unwinders?: readonly UnwinderRow[];
}

/** A call known by the return address it left below %rsp. A word of data that looks like one cannot be told apart. */
export interface RecentCallRow {
  /** Where the return address lies, and how far below %rsp in bytes. */
  readonly slot: string;
  readonly distance: number;
  readonly returnAddress: string;
  /** The place behind the call: `f+0x12`. */
  readonly caller: string;
  /** The function that was called. */
  readonly callee?: string;
  /** Index in the list of the call from within which it was made. */
  readonly within?: number;
  /** `last`: the last call of the function that crashed, or one from within it. `earlier`: a leftover, perhaps much older. */
  readonly age: 'last' | 'earlier';
}

/** How an import of the unwinder was bound, as the core's global offset table has it, or the program's own unwinder. */
export interface UnwinderRow {
  /** Path of the importing module, or of a program that was linked with its unwinder. */
  readonly importer: string;
  /** Absent of a program's own unwinder where it has no symbols: `target` is its restore then. */
  readonly symbol?: string;
  readonly target: string;
  /** Path of the module that holds the target; absent while the symbol is not bound. */
  readonly library?: string;
  /** Link address of the load of %rsp in that library's context restore after which it still reads the context. */
  readonly hole?: string;
}

export interface ThreadReport {
  readonly tid: number;
  readonly name?: string;
  readonly crashed: boolean;
  readonly registers: Readonly<Record<string, string>>;
  /** One hex string per vector register, full width, lowest byte first. Registers the core does not hold are left out. */
  readonly vectors?: Readonly<Record<string, string>>;
  /** Parts of the processor's extended state by name: x87, SSE, AVX, opmask, PKRU... */
  readonly components?: Readonly<Record<string, RegisterComponentReport>>;
  readonly frames: readonly FrameRow[];
  /** Why the walk ended: `outermost`, `undefined-return-address`, `repeated-cfa`, `frame-limit`, `unreadable-stack`... */
  readonly stop: string;
  /** The thread before this one that stands at the same instructions all the way up. */
  readonly sameStackAs?: number;
}

export interface RegisterComponentReport {
  /** `initial`: the processor left it out because nothing was ever written to it; `not-saved`: its values are unknown. */
  readonly state: 'saved' | 'initial' | 'not-saved';
  /** Its registers that are not vectors; left out unless saved. */
  readonly registers?: Readonly<Record<string, string>>;
}

export type SlotKind =
  | 'returnAddress'
  | 'code'
  | 'savedFramePointer'
  | 'stack'
  | 'heap'
  | 'data'
  | 'mapped'
  | 'string'
  | 'number'
  | 'zero'
  | 'unknown'
  | 'absent';

/** Which part of the stack a slot lies in. */
export type SlotRegion = 'dead' | 'redZone' | 'live';

export interface Slot {
  /** Slots from %rsp: 0 is [rsp], -1 is [rsp-8]. */
  readonly index: number;
  readonly address: string;
  /** Absent when the word is not in the core; `text` then says why. */
  readonly value?: string;
  readonly kind: SlotKind;
  /** What the word looks like, in words. */
  readonly text: string;
  readonly region: SlotRegion;
  /** Index of the stack frame that owns the slot, in `frames` without inline entries. */
  readonly frame?: number;
  /** `active` or `stale` signal frame that covers the slot, with the field's name. */
  readonly signalFrame?: { readonly address: string; readonly active: boolean; readonly field?: string };
  /** Why a reader should look here. */
  readonly remark?: string;
}

/** A signal frame with every field decoded. */
export interface SignalFrameReport extends StaleSignalFrameRow {
  readonly active: boolean;
  /** Absent when the frame holds no valid siginfo. */
  readonly siginfo?: SignalInfo;
  readonly registers: Readonly<Record<string, string>>;
  readonly trapno: number;
  readonly err: string;
  readonly cr2: string;
  readonly sigmask: string;
  readonly fpstate: string;
  readonly alternateStack?: { readonly base: string; readonly size: string; readonly flags: number };
}

export interface MappingRow {
  readonly start: string;
  readonly end: string;
  /** `rwx` letters, `-` where not. */
  readonly permissions: string;
  /** Bytes that are in the core. */
  readonly dumped: string;
  readonly path?: string;
  /** `stack`, `heap`, `vdso`, `thread stack`... */
  readonly role?: string;
  readonly fileOffset?: string;
}

export interface ModuleRow {
  readonly path: string;
  readonly start: string;
  readonly end: string;
  readonly buildId?: string;
  /** The file that answers for it, when one was found. */
  readonly binary?: string;
  /** `matched`: same build id. `unverified`: no build id to compare. `mismatch`: refused. `missing`: no file found. */
  readonly binaryStatus: 'matched' | 'unverified' | 'mismatch' | 'missing';
  readonly debugFile?: string;
  readonly symbols: 'debug' | 'symtab' | 'dynsym' | 'none';
}

/** Another way to read the stack, published beside the chosen one. */
export interface Hypothesis {
  readonly id: string;
  /** Registers that differ from the core's. */
  readonly registers: Readonly<Record<string, string>>;
  readonly why: string;
  /** Coherence of the stack it gives, 0 to 1. */
  readonly score: number;
  readonly chosen: boolean;
  readonly frames: readonly FrameRow[];
}
