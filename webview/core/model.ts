import type { AnnotationTarget } from '../../src/shared/annotations.js';
import type { CorePlace } from '../../src/shared/protocol.js';
import type {
  CoresComparison,
  CoreSummary,
  SearchTarget,
  StackChoice,
  StackPage,
  StackRow,
  VerdictAnswer,
} from '../../src/shared/queries.js';
import type { EvidenceRef, FrameRow, SignalFrameReport } from '../../src/shared/report.js';
import { Cell } from '../cell.js';
import type { Messenger } from '../messenger.js';
import { type AnnotationIndex, NO_ANNOTATIONS } from '../../src/shared/annotationIndex.js';
import { UNLIT, litBy, type Lit } from './lit.js';
import type { Pointed } from './subject.js';

/** Frames asked for at once; a runaway recursion has more, and the list says so. */
const FRAME_LIMIT = 2000;

/**
 * What the page is looking at: which thread, which frame, which reading of the stack, what is lit. Views subscribe to its cells and
 * call its methods; they never talk to each other.
 */
export class CoreModel {
  readonly messenger: Messenger;
  readonly summary: CoreSummary;
  readonly verdict: VerdictAnswer | undefined;
  readonly thread: Cell<number | undefined>;
  /** The frames of the thread, undefined while they are awaited or when there is no thread. */
  readonly frames = new Cell<StackPage | undefined>(undefined);
  readonly signalFrames = new Cell<readonly SignalFrameReport[] | undefined>(undefined);
  /** Index into the frame list. */
  readonly frame = new Cell(0);
  readonly hypothesis = new Cell<string | undefined>(undefined);
  readonly lit = new Cell<Lit>(UNLIT);
  /** An address the stack should show now; each request is a new object. */
  readonly wanted = new Cell<{ readonly address: string } | undefined>(undefined);
  /** An address whose bytes, or whose instructions, should be shown now. */
  readonly memoryAt = new Cell<{ readonly address: string } | undefined>(undefined);
  readonly codeAt = new Cell<{ readonly address: string } | undefined>(undefined);
  /** A search that should be made now. */
  readonly searchFor = new Cell<SearchTarget | undefined>(undefined);
  /** What should stand side by side. */
  readonly comparing = new Cell<Comparison | undefined>(undefined);
  readonly annotations = new Cell<AnnotationIndex>(NO_ANNOTATIONS);
  /** A row of a folded list that should be shown now. */
  readonly pickedRow = new Cell<{ readonly list: 'modules' | 'mappings'; readonly row: number } | undefined>(undefined);
  /** Slots of the stack in which something was found, by index. */
  readonly found = new Cell<ReadonlySet<number>>(new Set());
  /** The row that the focus or a menu is on. */
  pointed: Pointed | undefined;
  /** Whether an address lies on the stack that is shown; the stack itself knows. */
  isOnStack: (address: string) => boolean = () => false;
  /** One sentence for the reader who cannot see the page move. */
  readonly announcement = new Cell('');
  #pinned: Lit = UNLIT;
  #run = 0;

  constructor(messenger: Messenger, summary: CoreSummary, verdict: VerdictAnswer | undefined, tid: number | undefined) {
    this.messenger = messenger;
    this.summary = summary;
    this.verdict = verdict;
    this.thread = new Cell(tid);
    this.#load();
  }

  selectThread(tid: number): void {
    if (tid === this.thread.get()) return;
    this.hypothesis.set(undefined);
    this.frame.set(0);
    this.frames.set(undefined);
    this.signalFrames.set(undefined);
    this.thread.set(tid);
    this.#load();
  }

  /** The stack that is shown. */
  choice(): StackChoice | undefined {
    const tid = this.thread.get();
    const hypothesis = this.hypothesis.get();
    return tid === undefined ? undefined : { tid, ...(hypothesis === undefined ? {} : { hypothesis }) };
  }

  /** Puts another stack beside the one that is shown. */
  compareWith(right: StackChoice): void {
    const left = this.choice();
    if (left) this.comparing.set({ left, right });
  }

  /** Puts a stack of another core beside the one that is shown. @param tid absent: the other's crashed thread */
  compareWithCore(core: string, tid?: number): void {
    const left = this.choice();
    if (left) this.comparing.set({ left, core, ...(tid === undefined ? {} : { tid }) });
    else this.announcement.set('This core has no stack that could be compared.');
  }

  /**
   * Reads the crashed thread's stack another way, and puts it beside the verdict's own; undefined goes back to that. `reading` is the id
   * of a hypothesis, or registers to assume (`rsp+=8`).
   */
  readAs(reading: string | undefined): void {
    const tid = this.summary.crashedTid;
    if (tid === undefined) return;
    this.selectThread(tid);
    this.selectHypothesis(reading);
    if (reading !== undefined) this.comparing.set({ left: { tid }, right: { tid, hypothesis: reading } });
  }

  /** Reads the stack another way; undefined is the way the verdict chose. */
  selectHypothesis(id: string | undefined): void {
    if (id === this.hypothesis.get()) return;
    this.hypothesis.set(id);
    this.frame.set(0);
    this.#load();
  }

  selectFrame(index: number): void {
    this.frame.set(index);
  }

  /** As `selectFrame`, and scrolls the stack to where the frame starts. */
  showFrame(index: number): void {
    this.selectFrame(index);
    const start = this.frames.get()?.items[index]?.start;
    if (start !== undefined) this.wanted.set({ address: start });
  }

  /** As `selectFrame`, by the reader's own hand: a debugger on the core follows. */
  chooseFrame(index: number): void {
    this.selectFrame(index);
    const [tid, hypothesis] = [this.thread.get(), this.hypothesis.get()];
    if (tid === undefined) return;
    const reading = hypothesis === undefined ? {} : { hypothesis };
    this.messenger.do({ kind: 'chooseFrame', tid, frame: index, ...reading });
  }

  /** Lights what `refs` speak of while the pointer or the focus is there; undefined puts back what was pinned. */
  light(refs: readonly EvidenceRef[] | undefined): void {
    this.lit.set(refs === undefined ? this.#pinned : litBy(refs));
  }

  /** Goes to what `refs` speak of and keeps it lit. */
  follow(refs: readonly EvidenceRef[]): void {
    const crashed = this.summary.crashedTid;
    if (crashed !== undefined) this.selectThread(crashed);
    this.#pinned = litBy(refs);
    this.lit.set(this.#pinned);
    for (const ref of refs) {
      if ('frame' in ref) this.showFrame(ref.frame);
    }
    const address = refs.map((ref) => ('slot' in ref ? ref.slot : 'signalFrame' in ref ? ref.signalFrame : undefined));
    const first = address.find((found) => found !== undefined);
    if (first !== undefined) this.wanted.set({ address: first });
  }

  /** Shows what lies at an address: on the stack where it lies there, else as code or as memory. */
  goTo(address: string, code = false): void {
    if (this.isOnStack(address)) this.wanted.set({ address });
    else if (code) this.codeAt.set({ address });
    else this.memoryAt.set({ address });
  }

  /** Shows what a note is on. */
  goToTarget(target: AnnotationTarget): void {
    if ('slot' in target)
      this.goToPlace({ address: target.slot, ...(target.tid === undefined ? {} : { tid: target.tid }) });
    else if ('range' in target) this.goTo(target.range);
    else this.goToPlace(target);
  }

  /** Shows a thread, a frame of it, an address, in this order. */
  goToPlace(place: CorePlace): void {
    const { tid, frame, address, register, beside } = place;
    if (tid !== undefined) this.selectThread(tid);
    if (frame !== undefined)
      this.whenFramesAreThere((rows) => {
        const row = rowOfPhysical(rows, frame);
        if (row === undefined) return;
        if (address === undefined) this.showFrame(row);
        else this.selectFrame(row);
      });
    if (address !== undefined) {
      // A place on the stack of a thread that is only being opened is found when its slots arrive.
      if (tid !== undefined || this.isOnStack(address)) this.wanted.set({ address });
      else this.goTo(address);
    }
    if (register !== undefined) this.lit.set(litBy([{ register }]));
    if (beside !== undefined) this.compareWithCore(beside);
  }

  /** Calls once the frames of the chosen thread are known. */
  whenFramesAreThere(then: (rows: readonly StackRow[]) => void): void {
    const known = this.frames.get();
    if (known !== undefined) {
      then(known.items);
      return;
    }
    const stop = this.frames.subscribe((page) => {
      if (page === undefined) return;
      queueMicrotask(() => {
        stop();
      });
      then(page.items);
    });
  }

  /** Puts out what `follow` lit. */
  unpin(): void {
    this.#pinned = UNLIT;
    this.lit.set(UNLIT);
  }

  /** Index of the stack frame that row `index` of the list belongs to: inline entries share one with the function they are in. */
  physicalFrame(index: number): number {
    return physicalIndex(this.frames.get()?.items ?? [], index);
  }

  #load(): void {
    const tid = this.thread.get();
    const run = ++this.#run;
    if (tid === undefined) return;
    const hypothesis = this.hypothesis.get();
    const { ask } = this.messenger;
    ask('stack', { tid, from: 0, count: FRAME_LIMIT, ...(hypothesis === undefined ? {} : { hypothesis }) }).then(
      (page) => {
        if (run === this.#run) this.frames.set(page);
      },
      (error: unknown) => {
        if (run === this.#run) this.frames.set({ total: 0, from: 0, items: [], stop: sentence(error), rejected: {} });
      },
    );
    if (this.signalFrames.get() !== undefined) return;
    ask('signalFrames', { tid }).then(
      (found) => {
        if (run === this.#run) this.signalFrames.set(found);
      },
      () => {
        if (run === this.#run) this.signalFrames.set([]);
      },
    );
  }
}

/** Two stacks of this core, or one of it and one of another. */
export type Comparison = { readonly left: StackChoice; readonly right: StackChoice } | CoresComparison;

/** How many frames that are not inline come before row `index`. */
export function physicalIndex(frames: readonly FrameRow[], index: number): number {
  let numbers = numbersOf.get(frames);
  if (numbers === undefined) {
    let physical = 0;
    numbers = Int32Array.from(frames, (frame) => (frame.inlined === true ? physical : physical++));
    numbersOf.set(frames, numbers);
  }
  return numbers[index] ?? 0;
}

// Asked for every row that is filled, of stacks that may be thousands deep.
const numbersOf = new WeakMap<readonly FrameRow[], Int32Array>();

/** The row of frame `physical`: the outermost of the functions in it, which is no inline one. */
export function rowOfPhysical(frames: readonly FrameRow[], physical: number): number | undefined {
  let count = -1;
  const row = frames.findIndex((frame) => frame.inlined !== true && ++count === physical);
  return row < 0 ? undefined : row;
}

/** What a failed question says of itself. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
