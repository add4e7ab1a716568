import type { CoreSummary } from '../../src/shared/queries.js';
import type { Messenger } from '../messenger.js';
import type { Comparison } from './model.js';

/** What of a page survives that its tab is hidden and that the window reloads: where the reader was, and what was open. */
export interface PageState {
  /** Which core it is about. */
  readonly core?: string;
  readonly tid?: number;
  /** Index into the frame list. */
  readonly frame?: number;
  /** The slot that was active, and the one on top. */
  readonly slot?: number | undefined;
  readonly top?: number | undefined;
  readonly hypothesis?: string;
  /** Panes by id: open or folded. */
  readonly panes?: Readonly<Record<string, boolean>>;
  /** The pane below the stack, and what it shows. */
  readonly dock?: string;
  readonly memory?: string;
  readonly comparing?: Comparison;
}

/** Keeps the state with the editor, which gives it back to the next page of the same tab. */
export class PageMemory {
  readonly #messenger: Messenger;
  #state: PageState;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(messenger: Messenger) {
    this.#messenger = messenger;
    const remembered = messenger.remembered();
    this.#state = typeof remembered === 'object' && remembered !== null ? remembered : {};
  }

  get state(): PageState {
    return this.#state;
  }

  /** Where a reader was holds for one core: of another, which took its place, only the arrangement of the page is kept. */
  beginWith({ size, process, crashedTid }: CoreSummary): void {
    const core = [size, process?.pid, process?.buildId, crashedTid].join(' ');
    const { panes = {}, dock = '' } = this.#state;
    if (this.#state.core !== core) this.#state = { panes, dock };
    this.remember({ core });
  }

  /** Changes part of the state; scrolling changes it many times a second, so it is handed on a little later. */
  remember(change: PageState): void {
    this.#state = { ...this.#state, ...change };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#messenger.remember(this.#state);
    }, REST_MS);
  }

  rememberPane(id: string, open: boolean): void {
    this.remember({ panes: { ...this.#state.panes, [id]: open } });
  }
}

const REST_MS = 100;
