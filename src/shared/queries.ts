import type { AddressClass, Kind, Label } from './labels.js';
import type {
  BitFlipSuspicion,
  EvidenceItem,
  ExceptionInFlight,
  FrameRow,
  Hypothesis,
  MachineInfo,
  MappingRow,
  ModuleRow,
  Problem,
  ProcessInfo,
  RecentCallRow,
  SignalFrameReport,
  SignalInfo,
  Slot,
  StaleSignalFrameRow,
  UnwinderRow,
} from './report.js';

/**
 * The questions a face may ask of an opened core. Each name maps to its parameters and its answer; answers are plain data with
 * addresses as `0x` strings. `CoreSession.ask` is the only way to put them.
 */
export interface CoreQueries {
  summary: { params: Record<string, never>; answer: CoreSummary };
  verdict: { params: Record<string, never>; answer: VerdictAnswer };
  threads: { params: PageParams; answer: Page<ThreadRow> };
  /** Frames of a thread, innermost first. `hypothesis` names one of the verdict's hypotheses instead of the chosen stack. */
  stack: { params: PageParams & { tid: number; hypothesis?: string }; answer: StackPage };
  /** Slots of a thread's stack by index from %rsp (`from` may be negative), owned by the frames of the chosen stack or a hypothesis. */
  slots: { params: { tid: number; from: number; count: number; hypothesis?: string }; answer: SlotPage };
  /** Registers at a frame: callee-saved ones as recovered by the unwinder, the others unknown. Frame counts without inline entries. */
  registers: { params: { tid: number; frame: number; hypothesis?: string }; answer: RegistersAnswer };
  signalFrames: { params: { tid: number }; answer: readonly SignalFrameReport[] };
  /** The fields of each signal frame, in the order of `signalFrames`, beside what the crash has. */
  signalFields: { params: { tid: number }; answer: readonly (readonly SignalField[])[] };
  /** Two stacks side by side: of two threads, or of the crashed one under two readings. */
  compare: {
    params: PageParams & {
      readonly left: StackChoice;
      readonly right: StackChoice;
      /** Leaves out what is the same. */
      readonly only?: 'differences';
    };
    answer: CompareAnswer;
  };
  /** One stack with all that is compared of it, for a comparison with one of another core. */
  comparedStack: { params: StackChoice; answer: ComparedStack };
  /** What was called before the crash, by the crashed thread. */
  recentCalls: { params: Record<string, never>; answer: readonly RecentCallRow[] };
  /** Which library's unwinder each module's imports were bound to. */
  unwinders: { params: Record<string, never>; answer: readonly UnwinderRow[] };
  memory: { params: { address: string; length: number }; answer: MemoryAnswer };
  mappings: { params: PageParams; answer: Page<MappingRow> };
  modules: { params: PageParams; answer: Page<ModuleRow> };
  /**
   * What a value is. `address` is a number (`0x...` or decimal) or an expression of registers, symbols, sums and `*` for the word at
   * an address; registers are those of the frame, of the crashed thread's innermost one when none is named.
   */
  whatIs: { params: { address: string } & Partial<FramePlace>; answer: WhatIsAnswer };
  /** Functions and objects whose name starts with `prefix`, at most `count`, by name. */
  symbols: { params: { prefix: string; count: number }; answer: readonly SymbolRow[] };
  /** Instructions around an address: up to `before` of them that end there, and `count` from there on. */
  disassemble: {
    params: { address: string; before: number; count: number } & Partial<FramePlace>;
    answer: DisassemblyAnswer;
  };
  /** Looks through memory. Long: it reports progress and can be cancelled; further pages of the same search are at hand at once. */
  search: { params: PageParams & SearchRequest; answer: SearchAnswer };
  /** MD5 of a source file's text as it was compiled, where the debug information of a frame that was asked for has it (DWARF 5). */
  sourceDigest: { params: { file: string }; answer: { readonly md5?: string } };
  /** Which core this is, whatever the file is called: what annotations are tied to. */
  identity: { params: Record<string, never>; answer: { readonly identity: string; readonly about: string } };
  /** The text report, as `redzone inspect` prints it. */
  text: { params: Record<string, never>; answer: { readonly text: string } };
}

export type QueryName = keyof CoreQueries;
export type QueryParams<N extends QueryName> = CoreQueries[N]['params'];
export type QueryAnswer<N extends QueryName> = CoreQueries[N]['answer'];

export interface PageParams {
  readonly from: number;
  readonly count: number;
}

export interface Page<T> {
  readonly total: number;
  readonly from: number;
  readonly items: readonly T[];
}

export interface CoreSummary extends MachineInfo {
  readonly source: string;
  readonly size: number;
  readonly bytesRead: number;
  readonly status: 'ok' | 'partial' | 'unreadable';
  readonly problems: readonly Problem[];
  readonly format?: string;
  readonly arch?: string;
  readonly process?: ProcessInfo;
  readonly signal?: SignalInfo;
  readonly crashedTid?: number;
  readonly threadCount: number;
  /** How many general registers `registers` tells, so that a page can keep their place. */
  readonly registerCount?: number;
  readonly time?: string;
  readonly host?: string;
  /** Bytes of mapped memory and of those in the file. */
  readonly memory?: { readonly mapped: string; readonly dumped: string };
}

export interface VerdictAnswer {
  readonly label: Label;
  readonly kind: Kind;
  readonly confidence: number;
  readonly shift?: number;
  readonly address?: AddressClass;
  /** Kind and label in words, for a headline. */
  readonly title: string;
  /** One or two sentences: what happened. */
  readonly account: string;
  readonly evidence: readonly EvidenceItem[];
  /** What was not there to check, and what would change the verdict; each one sentence. */
  readonly missing: readonly string[];
  readonly exception?: ExceptionInFlight;
  readonly bitFlip?: BitFlipSuspicion;
  readonly staleSignalFrames: readonly StaleSignalFrameRow[];
  readonly hypotheses: readonly Hypothesis[];
  readonly signature: string;
}

/** A frame of a thread, or of one of its hypotheses. */
export interface FramePlace {
  readonly tid: number;
  /** Index of the frame, inline entries not counted. */
  readonly frame: number;
  /** Id of a hypothesis, or registers to assume (`rsp+=8`), instead of the chosen stack. */
  readonly hypothesis?: string;
}

/** A field of a signal frame. */
export interface SignalField {
  readonly name: string;
  readonly value: string;
  /** The field in words: where it points to, the names of its bits. */
  readonly text: string;
  readonly kind: Slot['kind'];
  /** The slot that holds it; absent for fields that share one. */
  readonly slot?: string;
  /** What the crash has in its place; absent where that is not known, or means nothing. */
  readonly crash?: string;
  /** Whether both are the same; absent where there is nothing to compare. */
  readonly equal?: boolean;
}

/** A stack of a core: a thread's, the crashed one's under a hypothesis of the verdict or with registers assumed (`rsp+=8`). */
export interface StackChoice {
  readonly tid: number;
  readonly hypothesis?: string;
}

/** Rows in the order of the stack; `total` counts those that are not left out. */
export interface CompareAnswer extends Page<CompareRow> {
  readonly left: ComparedSide;
  readonly right: ComparedSide;
  /** Facts, registers and slots that differ. */
  readonly differing: number;
}

/** A stack of this core beside one of another. */
export interface CoresComparison {
  readonly left: StackChoice;
  /** The other core, as the host calls it. */
  readonly core: string;
  /** A thread of the other; absent: the crashed one. */
  readonly tid?: number;
}

/** What is compared. */
export interface ComparedSide extends StackChoice {
  /** What tells its core from the other, where there are two. */
  readonly core?: string;
  /** How many it has in all; the innermost 64 are compared. */
  readonly frames: number;
  readonly stop: string;
  /** It is the verdict's own reading. */
  readonly chosen: boolean;
  /** Registers that differ from the core's. */
  readonly registers: Readonly<Record<string, string>>;
  /** Why the verdict weighed it, and how coherent the stack is, 0 to 1. */
  readonly why?: string;
  readonly score?: number;
}

/**
 * `alike`: another value that means the same, as a pointer into each thread's own stack; of a frame, another place in the same function.
 */
export type Relation = 'equal' | 'alike' | 'different' | 'leftOnly' | 'rightOnly';

export interface CompareRow {
  /** A `fact` is of a core as a whole. */
  readonly part: 'fact' | 'frame' | 'register' | 'slot';
  /** Of a fact what it is about, of a register its name, of a slot its distance in bytes from where its frame starts (`+16`), or from %rsp (`-8`). */
  readonly name: string;
  /** Indexes of the frames, inline entries not counted. */
  readonly leftFrame?: number;
  readonly rightFrame?: number;
  readonly left?: ComparedValue;
  readonly right?: ComparedValue;
  readonly relation: Relation;
}

export interface ComparedValue {
  /** Of a frame its pc. */
  readonly value?: string;
  readonly kind: Slot['kind'];
  /** Of a frame its functions and its line. */
  readonly text: string;
  /** Of a slot. */
  readonly address?: string;
}

/** A stack as it is compared: plain data, frames from the innermost, at most 64. */
export interface ComparedStack {
  readonly side: ComparedSide;
  /** General registers in the order of display. */
  readonly registers: readonly string[];
  /** Slots below the stack pointer that a leaf function may use, nearest last. */
  readonly below: readonly ComparedValue[];
  readonly frames: readonly ComparedFrame[];
}

export interface ComparedFrame {
  /** Its functions, inline ones first. */
  readonly name: string;
  readonly place: ComparedValue;
  /** Those that are known in it. */
  readonly registers: Readonly<Record<string, ComparedValue>>;
  /** From where it starts to where its caller does, at most 64. */
  readonly slots: readonly ComparedValue[];
}

export interface WhatIsAnswer {
  /** The value, worked out. */
  readonly value: string;
  readonly text: string;
  readonly kind: Slot['kind'];
}

export interface SymbolRow {
  readonly name: string;
  readonly address: string;
  readonly kind: 'function' | 'object' | 'other';
}

export interface ThreadRow {
  readonly tid: number;
  readonly name?: string;
  readonly crashed: boolean;
  /** Innermost function of the thread that is not unknown, for a one-line list. */
  readonly top: string;
  /** Equal for threads of this core whose stacks are the same, frame by frame; absent where there is no stack. */
  readonly stack?: string;
}

export interface StackRow extends FrameRow {
  /** Index of the stack frame, inline entries not counted: what `registers` and `Slot.frame` speak of. */
  readonly frame: number;
  /** Its stack pointer: the lowest slot that belongs to it. Absent where it is not known. */
  readonly start?: string;
}

export interface StackPage extends Page<StackRow> {
  readonly stop: string;
  /** Why stronger rules were rejected, by frame index. */
  readonly rejected: Readonly<Record<number, readonly string[]>>;
}

export interface SlotPage {
  /** Lowest and highest slot index there is to ask for. */
  readonly lowest: number;
  readonly highest: number;
  readonly from: number;
  readonly items: readonly Slot[];
  /** Why there are no slots at all, in one sentence; `lowest` is then above `highest`. */
  readonly reason?: string;
  /** The same for whoever knows what to do about it. */
  readonly absence?: 'filtered' | 'truncated' | 'unmapped' | 'architecture' | 'not-fetched';
}

export interface RegistersAnswer {
  /** In the order of display. */
  readonly general: readonly RegisterValue[];
  readonly vectors: readonly VectorValue[];
  /**
   * The parts of the processor's extended state (x87, SSE, AVX, opmask, PKRU...), each saved, in its initial state, or not saved at
   * all, with its registers that are not vectors. Empty where nothing is known of it; `vectorState` then says why.
   */
  readonly components: readonly RegisterComponentRow[];
  /** Names of the flags that are set in rflags; absent where rflags is unknown. */
  readonly flags?: readonly string[];
  /** Whether the vectors are there: `saved`, or why not. */
  readonly vectorState: string;
}

export interface RegisterValue {
  readonly name: string;
  /** Absent when the value at this frame is not known. */
  readonly value?: string;
  /** What the value points to or looks like. */
  readonly text: string;
  readonly kind: Slot['kind'];
  /** Differs from the frame below. */
  readonly changed: boolean;
}

export interface RegisterComponentRow {
  /** As the processor's manual calls it. */
  readonly name: string;
  /** `initial`: its values were never written; `not-saved`: they are unknown, and there are no registers. */
  readonly state: 'saved' | 'initial' | 'not-saved';
  /** What the state means or why, in a few words; may be empty. */
  readonly text: string;
  readonly registers: readonly ExtendedRegisterValue[];
}

export interface ExtendedRegisterValue {
  readonly name: string;
  readonly value: string;
  /** The value in words or as a number (of st0 to st7, in decimal); may be empty. */
  readonly text: string;
}

export interface VectorValue {
  readonly name: string;
  /** Full width, lowest byte first. */
  readonly bytes: string;
  /** The component is in its initial state: the zeros were never written. */
  readonly initial: boolean;
}

export interface MemoryAnswer {
  readonly address: string;
  /** Runs of bytes that are there, and of those that are not with the reason; ascending, without holes. */
  readonly runs: readonly (
    | { readonly address: string; readonly bytes: string }
    | { readonly address: string; readonly length: number; readonly absent: string }
  )[];
}

export interface DisassemblyAnswer {
  /** Ascending and without holes; what is not there is a row too. */
  readonly items: readonly InstructionRow[];
  /** Index in `items` of the row at the address; equal to the number of rows before it. */
  readonly at: number;
  /** Why there are no instructions at all, in one sentence. */
  readonly reason?: string;
}

export interface InstructionRow {
  readonly address: string;
  /** Bytes of the row. */
  readonly length: number;
  /** Two digits a byte; empty when they are not there. */
  readonly bytes: string;
  /** In AT&T syntax; `(bad)` where the bytes are no instruction, and why where they are not there. */
  readonly text: string;
  /** `instruction`, bytes that are none, or nothing known. */
  readonly kind: 'instruction' | 'bytes' | 'absent';
  /** Function that holds it. */
  readonly symbol?: string;
  /** Bytes from the function's first instruction. */
  readonly offset?: string;
  readonly file?: string;
  readonly line?: number;
  /** Name of the target of a direct call or jump, or of the data at an address that is relative to the instruction. */
  readonly refersTo?: string;
  /** The instruction that the frame asked for stands on, with what it accesses as far as its registers are known. */
  readonly current?: true;
  readonly effective?: readonly EffectiveAddress[];
}

export interface EffectiveAddress {
  readonly address: string;
  readonly access: 'read' | 'write' | 'readWrite';
  /** Bytes; 0 when not known. */
  readonly size: number;
  /** What lies there, in words. */
  readonly text: string;
}

/** What to look for, and where. */
export interface SearchRequest {
  readonly what: SearchTarget;
  /** `core`: bytes that are in the core; `all` (default): pages of files that match as well. */
  readonly in?: 'core' | 'all';
}

export type SearchTarget =
  /** Two digits a byte; at any address. */
  | { readonly kind: 'bytes'; readonly bytes: string }
  /** A 64-bit value, lowest byte first; at any address. */
  | { readonly kind: 'word'; readonly value: string }
  /** At any address; `utf-8` by default, `any` finds both. */
  | { readonly kind: 'text'; readonly text: string; readonly encoding?: 'utf-8' | 'utf-16' | 'any' }
  /** Words at multiples of 8 whose value lies in [start, end). */
  | { readonly kind: 'pointersInto'; readonly start: string; readonly end: string }
  /** Which words at multiples of 8 occur most often: `values`, and no hits. */
  | { readonly kind: 'repeated' };

export interface SearchAnswer extends Page<SearchHit> {
  /** Hits by mapping, ascending; together `total`. */
  readonly groups: readonly SearchGroup[];
  /** Of the hits in address order, so many can be paged through; the others are counted only. */
  readonly kept: number;
  /** Most frequent first; only of `repeated`. */
  readonly values?: readonly RepeatedValue[];
  /** Bytes looked through, and bytes of mapped memory that neither core nor files hold. */
  readonly searched: string;
  readonly notThere: string;
}

export interface SearchGroup {
  readonly mapping: MappingRow;
  /** Index of its first hit. */
  readonly first: number;
  readonly count: number;
}

export interface SearchHit {
  readonly address: string;
  /** Start of the mapping that holds it; the mapping itself is in `groups`. */
  readonly mapping: string;
  /** Path of the module or file that is mapped there. */
  readonly module?: string;
  /** Object or function that holds it, with the offset. */
  readonly symbol?: string;
  /** Where it lies on a thread's stack: the thread, the slot from its %rsp, and the frame that owns the slot. */
  readonly thread?: number;
  readonly slot?: number;
  readonly frame?: number;
  /** The word there, when all of it is known. */
  readonly value?: string;
  /** What stands there, as text, for strings; what the word is, for pointers. */
  readonly text?: string;
}

export interface RepeatedValue {
  readonly value: string;
  readonly count: number;
  readonly kind: Slot['kind'];
  readonly text: string;
}
