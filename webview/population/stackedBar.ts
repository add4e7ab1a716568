import { element } from '../dom.js';
import type { Groups } from './model/groups.js';

/** A bar of one part for each group, which is filled again and again; lengths are shares of the longest bar beside it. */
export class StackedBar {
  readonly root = element('span', { class: 'stacked-bar', 'aria-hidden': 'true' });
  readonly #parts: readonly { readonly group: number; readonly part: HTMLElement }[];

  constructor(groups: Groups) {
    this.#parts = groups.order.map((group) => ({
      group,
      part: element('span', { class: `colour-${groups.colour(group)}` }),
    }));
    this.root.append(...this.#parts.map(({ part }) => part));
  }

  /** Counts of the groups stand in `counts` from `at` on. */
  show(counts: Uint32Array, at: number, most: number): void {
    for (const { group, part } of this.#parts) {
      const count = counts[at + group] ?? 0;
      // A single one among a million is seen, too.
      part.style.width = count === 0 || most === 0 ? '0' : `max(2px, ${((count / most) * 100).toFixed(2)}%)`;
    }
  }
}
