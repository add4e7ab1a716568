import type { SlotPage } from '../../../src/shared/queries.js';
import type { Slot } from '../../../src/shared/report.js';
import type { Messenger } from '../../messenger.js';
import { parseHex } from '../hex.js';

/** Slots asked for at once. */
const PAGE_SLOTS = 256;
/** Slots asked for at once in a search: few enough that the engine answers others in between. */
const BATCH_SLOTS = 2048;
/** Pages kept; a reader who scrolls on and on must not fill the memory. */
const KEPT_PAGES = 400;

/** The slots of one thread's stack, fetched in pages as they come into view. */
export class SlotSource {
  readonly lowest: number;
  readonly highest: number;
  /** Address of slot 0. */
  readonly rsp: bigint;
  readonly #messenger: Messenger;
  readonly #tid: number;
  readonly #onPage: () => void;
  readonly #pages = new Map<number, readonly Slot[] | 'awaited'>();

  /**
   * Asks for the slots around %rsp. Resolves to a sentence where this thread's stack is not in the core; rejects when the question
   * fails.
   */
  static async open(messenger: Messenger, tid: number, onPage: () => void): Promise<SlotSource | string> {
    const page = await messenger.ask('slots', { tid, from: -PAGE_SLOTS, count: 2 * PAGE_SLOTS });
    const anchor = page.items[0];
    const address = parseHex(anchor?.address);
    if (page.lowest > page.highest || anchor === undefined || address === undefined) {
      return page.reason ?? 'No memory around %rsp was written to this core.';
    }
    return new SlotSource(messenger, tid, onPage, page, address - BigInt(anchor.index) * 8n);
  }

  private constructor(messenger: Messenger, tid: number, onPage: () => void, first: SlotPage, rsp: bigint) {
    this.lowest = first.lowest;
    this.highest = first.highest;
    this.rsp = rsp;
    this.#messenger = messenger;
    this.#tid = tid;
    this.#onPage = onPage;
    for (const page of [-1, 0]) {
      this.#pages.set(
        page,
        first.items.filter((slot) => Math.floor(slot.index / PAGE_SLOTS) === page),
      );
    }
  }

  /** The slot, or undefined while it is not there. */
  at(index: number): Slot | undefined {
    const number = Math.floor(index / PAGE_SLOTS);
    const page = this.#pages.get(number);
    if (page === undefined || page === 'awaited') return undefined;
    // The first page may begin above its bound, where the stack's mapping does.
    const offset = index - (page[0]?.index ?? 0);
    return page[offset];
  }

  /** All slots in order, in large batches that are not kept: for searching. */
  async *all(signal: AbortSignal): AsyncIterable<readonly Slot[]> {
    for (let from = this.lowest; from <= this.highest && !signal.aborted; from += BATCH_SLOTS) {
      yield (await this.#messenger.ask('slots', { tid: this.#tid, from, count: BATCH_SLOTS }, signal)).items;
    }
  }

  /** Asks for the pages that hold these slots. */
  want(first: number, last: number): void {
    const from = Math.floor(Math.max(first, this.lowest) / PAGE_SLOTS);
    const to = Math.floor(Math.min(last, this.highest) / PAGE_SLOTS);
    for (let page = from; page <= to; page++) {
      if (!this.#pages.has(page)) this.#fetch(page);
    }
  }

  #fetch(page: number): void {
    this.#pages.set(page, 'awaited');
    this.#forgetOldest();
    this.#messenger.ask('slots', { tid: this.#tid, from: page * PAGE_SLOTS, count: PAGE_SLOTS }).then(
      (answer) => {
        this.#pages.set(page, answer.items);
        this.#onPage();
      },
      () => {
        this.#pages.delete(page);
      },
    );
  }

  #forgetOldest(): void {
    for (const [page, slots] of this.#pages) {
      if (this.#pages.size <= KEPT_PAGES) return;
      if (slots !== 'awaited') this.#pages.delete(page);
    }
  }
}
