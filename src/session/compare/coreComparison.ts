import { compareStacks } from '../../engine/inspection/compare/compareStacks.js';
import { comparisonPage } from '../../engine/inspection/compare/comparisonPage.js';
import type { ComparedStack, CompareAnswer, CompareRow, PageParams, StackChoice } from '../../shared/queries.js';
import type { OpenedCore } from '../coreSession.js';
import { coreFacts, factRows } from './coreFacts.js';
import { tellApart } from './tellApart.js';

/** What is asked of a comparison of two cores. */
export interface CorePair {
  readonly left: OpenedCore;
  readonly right: OpenedCore;
  readonly leftStack: StackChoice;
  /** A thread of the right one; absent: the crashed one. */
  readonly rightTid?: number;
}

/** Two cores side by side: what is known of each as a whole, then their stacks by frame. Keeps the last one for its further pages. */
export class CoreComparison {
  #last: { readonly key: string; readonly compared: Promise<Compared> } | undefined;

  /** Rejects with a sentence where a core has no such thread, or none at all. The first page always reads anew. */
  async page(
    pair: CorePair,
    page: PageParams & { readonly only?: 'differences' },
    signal?: AbortSignal,
  ): Promise<CompareAnswer> {
    const { left, right, leftStack, rightTid } = pair;
    const key = JSON.stringify([left.path, right.path, leftStack, rightTid]);
    if (this.#last?.key !== key || page.from === 0) this.#last = { key, compared: compare(pair, signal) };
    const { rows, sides } = await this.#last.compared;
    return comparisonPage(rows, sides, page);
  }
}

interface Compared {
  readonly rows: readonly CompareRow[];
  readonly sides: readonly [ComparedStack['side'], ComparedStack['side']];
}

async function compare({ left, right, leftStack, rightTid }: CorePair, signal?: AbortSignal): Promise<Compared> {
  const tid = rightTid ?? (await threadToShow(right, signal));
  const [leftNamed, rightNamed] = tellApart(left.path, right.path);
  const stacks = [
    await left.ask('comparedStack', leftStack, signal),
    await right.ask('comparedStack', { tid }, signal),
  ] as const;
  const facts = factRows(await coreFacts(left, signal), await coreFacts(right, signal));
  return {
    rows: [...facts, ...compareStacks(stacks[0], stacks[1], false)],
    sides: [
      { ...stacks[0].side, core: leftNamed },
      { ...stacks[1].side, core: rightNamed },
    ],
  };
}

async function threadToShow(core: OpenedCore, signal: AbortSignal | undefined): Promise<number> {
  const { crashedTid } = await core.ask('summary', {}, signal);
  const tid = crashedTid ?? (await core.ask('threads', { from: 0, count: 1 }, signal)).items[0]?.tid;
  if (tid === undefined) throw new Error(`No thread could be read from ${core.path}.`);
  return tid;
}
