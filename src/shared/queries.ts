import type { AddressClass, Kind, Label } from './labels.js';
import type {
  EvidenceItem,
  ExceptionInFlight,
  FrameRow,
  Hypothesis,
  MappingRow,
  ModuleRow,
  Problem,
  ProcessInfo,
  SignalFrameReport,
  SignalInfo,
  Slot,
  StaleSignalFrameRow,
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
  /** Slots of a thread's stack by index from %rsp (`from` may be negative). */
  slots: { params: { tid: number; from: number; count: number }; answer: SlotPage };
  /** Registers at a frame: callee-saved ones as recovered by the unwinder, the others unknown. Frame counts without inline entries. */
  registers: { params: { tid: number; frame: number }; answer: RegistersAnswer };
  signalFrames: { params: { tid: number }; answer: readonly SignalFrameReport[] };
  memory: { params: { address: string; length: number }; answer: MemoryAnswer };
  mappings: { params: PageParams; answer: Page<MappingRow> };
  modules: { params: PageParams; answer: Page<ModuleRow> };
  whatIs: { params: { address: string }; answer: { readonly text: string; readonly kind: Slot['kind'] } };
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

export interface CoreSummary {
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
  readonly staleSignalFrames: readonly StaleSignalFrameRow[];
  readonly hypotheses: readonly Hypothesis[];
  readonly signature: string;
}

export interface ThreadRow {
  readonly tid: number;
  readonly name?: string;
  readonly crashed: boolean;
  /** Innermost function of the thread that is not unknown, for a one-line list. */
  readonly top: string;
}

export interface StackPage extends Page<FrameRow> {
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
}

export interface RegistersAnswer {
  /** In the order of display. */
  readonly general: readonly RegisterValue[];
  readonly vectors: readonly VectorValue[];
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
