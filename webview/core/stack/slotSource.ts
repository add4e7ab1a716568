import type { SlotPage, StackChoice } from '../../../src/shared/queries.js';
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
  #choice: StackChoice;
  readonly #onPage: () => void;
  readonly #pages = new Map<number, readonly Slot[] | 'awaited'>();
  /** Of the reading before, shown until those of this one are there: nothing flickers. */
  #stale = new Map<number, readonly Slot[] | 'awaited'>();

  /**
   * Asks for the slots around %rsp. Resolves to the answer that says so where this thread's stack is not in the core; rejects when
   * the question fails.
   */
  static async open(messenger: Messenger, choice: StackChoice, onPage: () => void): Promise<SlotSource | SlotPage> {
    const page = await messenger.ask('slots', { ...choice, from: -PAGE_SLOTS, count: 2 * PAGE_SLOTS });
    const anchor = page.items[0];
    const address = parseHex(anchor?.address);
    if (page.lowest > page.highest || anchor === undefined || address === undefined) {
      return page;
    }
    return new SlotSource(messenger, choice, onPage, page, address - BigInt(anchor.index) * 8n);
  }

  private constructor(messenger: Messenger, choice: StackChoice, onPage: () => void, first: SlotPage, rsp: bigint) {
    this.lowest = first.lowest;
    this.highest = first.highest;
    this.rsp = rsp;
    this.#messenger = messenger;
    this.#choice = choice;
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
    let page = this.#pages.get(number);
    if (page === undefined || page === 'awaited') page = this.#stale.get(number);
    if (page === undefined || page === 'awaited') return undefined;
    // The first page may begin above its bound, where the stack's mapping does.
    const offset = index - (page[0]?.index ?? 0);
    return page[offset];
  }

  /** Asks anew whose the slots are: their words stay, their owners follow from how the stack is read. */
  readAs(choice: StackChoice): void {
    if (choice.hypothesis === this.#choice.hypothesis) return;
    this.#choice = choice;
    this.#stale = new Map(this.#pages);
    this.#pages.clear();
    this.#onPage();
  }

  /** All slots in order, in large batches that are not kept: for searching. */
  async *all(signal: AbortSignal): AsyncIterable<readonly Slot[]> {
    for (let from = this.lowest; from <= this.highest && !signal.aborted; from += BATCH_SLOTS) {
      yield (await this.#messenger.ask('slots', { ...this.#choice, from, count: BATCH_SLOTS }, signal)).items;
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
    const choice = this.#choice;
    this.#messenger.ask('slots', { ...choice, from: page * PAGE_SLOTS, count: PAGE_SLOTS }).then(
      (answer) => {
        if (choice !== this.#choice) return;
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
