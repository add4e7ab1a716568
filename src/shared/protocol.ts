import type { Annotation, AnnotationDraft } from './annotations.js';
import type { CompareAnswer, CoreQueries, CoresComparison, PageParams } from './queries.js';

/**
 * Messages between a page and its host. The page asks, the host answers by id; the host also pushes events. Both sides use the
 * messenger in `webview/messenger.ts` and `src/editor/messenger.ts`; raw `postMessage` stands nowhere else. What a kind of page
 * may ask, want done and be told is its `Line`.
 */
export const PROTOCOL_VERSION = 3;

/** One kind of page: its questions with their parameters and answers, what it may want done, and what it is told unasked. */
export interface Line {
  readonly queries: Readonly<Record<string, { readonly params: unknown; readonly answer: unknown }>>;
  readonly action: { readonly kind: string };
  readonly event: { readonly type: string };
}

/** From the page to the host. */
export type PageMessage<L extends Line = CoreLine> =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'ask'; readonly id: number; readonly name: QuestionName<L>; readonly params: unknown }
  /** The answer is not wanted any more; none comes. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'do'; readonly action: L['action'] };

/** From the host to the page. */
export type HostMessage<L extends Line = CoreLine> =
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly message: string }
  /** Not the answer yet: how much of the work is done, 0 to 1. */
  | { readonly type: 'progress'; readonly id: number; readonly done: number }
  | L['event'];

/** The typed face of `ask`. */
export type Ask<L extends Line = CoreLine> = <N extends QuestionName<L>>(
  name: N,
  params: QuestionParams<L, N>,
) => Promise<QuestionAnswer<L, N>>;

export type QuestionName<L extends Line> = keyof L['queries'] & string;
export type QuestionParams<L extends Line, N extends QuestionName<L>> = L['queries'][N]['params'];
export type QuestionAnswer<L extends Line, N extends QuestionName<L>> = L['queries'][N]['answer'];

/** The core page. */
export interface CoreLine extends Line {
  readonly queries: { readonly [N in keyof CorePageQueries]: CorePageQueries[N] };
  readonly action: PageAction;
  readonly event: CoreEvent;
}

/** What the core page may ask: of its core, and of its core beside another. */
export interface CorePageQueries extends CoreQueries {
  compareCores: {
    params: PageParams & CoresComparison & { readonly only?: 'differences' };
    answer: CompareAnswer;
  };
}

export type PageAction =
  | { readonly kind: 'debug'; readonly frame?: number; readonly tid?: number }
  | { readonly kind: 'textReport' }
  | { readonly kind: 'openAsText' }
  | { readonly kind: 'openSource'; readonly file: string; readonly line: number }
  | { readonly kind: 'openHex'; readonly address: string }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'annotate'; readonly draft: AnnotationDraft }
  | { readonly kind: 'unannotate'; readonly id: string }
  /** Of annotations: nothing else on a page changes anything. */
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' }
  | { readonly kind: 'copyLink'; readonly place: CorePlace }
  | { readonly kind: 'writeUp' }
  /** Asks for a core to stand beside this one. */
  | { readonly kind: 'compareCore' }
  /** Shows both as text, in the editor's own comparison. */
  | { readonly kind: 'compareText'; readonly core: string }
  /** Opens the setting, or runs what would mend what is missing. */
  | { readonly kind: 'mend'; readonly remedy: Remedy }
  /** The reader looks at this frame: the marks in sources follow. */
  | { readonly kind: 'looksAt'; readonly tid: number; readonly frame: number }
  /** The reader has chosen this frame by hand: a debugger on the core goes there. */
  | ({ readonly kind: 'chooseFrame' } & ChosenFrame)
  | { readonly kind: 'reload' };

/** A frame of the stack that a page shows. */
export interface ChosenFrame {
  readonly tid: number;
  /** Index in the thread's frames, inline entries counted. */
  readonly frame: number;
  /** The reading that the stack is of, where it is not the one the verdict chose. */
  readonly hypothesis?: string;
}

/** What can be done where something is missing. */
export type Remedy = 'sysroot' | 'debugDirs';

/** What the host says to the core page. */
export type CoreEvent =
  /** The page may start to ask; sent in reply to `hello`. */
  | { readonly type: 'ready'; readonly version: number; readonly source: string; readonly hexEditor: boolean }
  /** The core could not be opened at all: the page says so and offers text. */
  | { readonly type: 'notACore'; readonly source: string; readonly message: string }
  /** The file could not be read: missing, no permission, a directory. */
  | { readonly type: 'unreadable'; readonly source: string; readonly message: string }
  /** The engine died or the file changed: ask again. */
  | { readonly type: 'reopened'; readonly reason: string }
  /** The debugger moved to another frame of a thread. */
  | { readonly type: 'focus'; readonly tid: number; readonly frame: number }
  | ({ readonly type: 'annotations' } & AnnotationState)
  /** One sentence for the reader. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'reveal'; readonly place: CorePlace }
  | { readonly type: 'perform'; readonly command: RowCommand };

/** All that is written on the core of a page. */
export interface AnnotationState {
  readonly annotations: readonly Annotation[];
  /** Why this may not be all. */
  readonly problems: readonly string[];
  /** Annotations of cores that lay in the same place before. */
  readonly ofOthers: number;
}

/** A place in a core that a page can show: what a link names. */
export interface CorePlace {
  readonly tid?: number;
  /** Counted from the innermost, inline functions not counted. */
  readonly frame?: number;
  readonly address?: string;
  readonly register?: string;
  /** Another core, as the host calls it, that should stand beside this one. */
  readonly beside?: string;
}

/** What can be done with the row under the menu or the focus; each is a command of the editor too. */
export type RowCommand =
  | 'copyAddress'
  | 'copyValue'
  | 'copyRow'
  | 'copyGdb'
  | 'copyLink'
  | 'annotate'
  | 'deleteAnnotation'
  | 'follow'
  | 'showMemory'
  | 'showCode'
  | 'openSource'
  | 'searchValue'
  | 'searchPointers'
  | 'compareThread'
  | 'find'
  | 'undo'
  | 'redo';
