import type {
  ComparedSide,
  ComparedStack,
  CompareAnswer,
  CompareRow,
  QueryParams,
  StackChoice,
} from '../../../shared/queries.js';
import { hex } from '../../base/addresses.js';
import { coherenceOf } from '../../unwind/coherence.js';
import { stopText } from '../../unwind/stackwalker.js';
import type { Inspection } from '../openInspection.js';
import type { ThreadView } from '../threadView.js';
import type { ThreadViews } from '../threadViews.js';
import { threadSlots } from '../threadSlots.js';
import { comparedStack, MOST_FRAMES } from './comparedStack.js';
import { compareStacks } from './compareStacks.js';
import { comparisonPage } from './comparisonPage.js';

/** Compares stacks of one core, and keeps the last comparison for its further pages. */
export class StackComparisons {
  #last: { readonly key: string; readonly rows: readonly CompareRow[] } | undefined;

  constructor(
    private readonly inspection: Inspection,
    private readonly views: ThreadViews,
  ) {}

  /** @throws QueryError for a thread or a reading that the core does not have */
  compare({ left, right, ...page }: QueryParams<'compare'>): CompareAnswer {
    const key = JSON.stringify([left, right]);
    if (this.#last?.key !== key)
      this.#last = { key, rows: compareStacks(this.stack(left), this.stack(right), left.tid === right.tid) };
    return comparisonPage(this.#last.rows, [this.#sideOf(left), this.#sideOf(right)], page);
  }

  /**
   * One of them alone, for a comparison with one of another core.
   *
   * @throws QueryError for a thread or a reading that the core does not have
   */
  stack(choice: StackChoice): ComparedStack {
    const { inspection } = this;
    const view = this.#viewOf(choice);
    const frames = view.walk.frames.slice(0, MOST_FRAMES);
    const { architecture } = inspection.core;
    const pointer = frames[0]?.registers.get(architecture?.stackPointer ?? '');
    const walked = {
      frames,
      rows: view.rows,
      frameOfRow: view.frameOfRow,
      slots: threadSlots(inspection, this.views.thread(choice.tid), frames, pointer),
      registers: architecture?.displayOrder ?? [],
    };
    return comparedStack(walked, this.#sideOf(choice));
  }

  #viewOf({ tid, hypothesis }: StackChoice): ThreadView {
    return this.views.of(this.views.thread(tid), hypothesis);
  }

  #sideOf(choice: StackChoice): ComparedSide {
    const { judgement, context, crashedThread, core } = this.inspection;
    const { walk } = this.#viewOf(choice);
    const side = { tid: choice.tid, frames: walk.frames.length, stop: stopText(walk.stop) };
    if (choice.tid !== crashedThread?.tid) return { ...side, chosen: true, registers: {} };
    const candidate = judgement
      ?.candidates()
      .find((other) => (choice.hypothesis === undefined ? other === judgement.chosen : other.id === choice.hypothesis));
    const crash = judgement?.crash.registers ?? crashedThread.registers;
    const first = walk.frames[0]?.registers;
    // A hypothesis may keep the innermost frame as the crash left it, and change what its caller is found by.
    const changed = Object.entries(candidate?.changed ?? {});
    const assumed = (core.architecture?.displayOrder ?? []).flatMap((name): [string, bigint][] => {
      const [was, is] = [crash.get(name), first?.get(name)];
      return is === undefined || was === is ? [] : [[name, is]];
    });
    const registers = candidate === undefined ? assumed : changed;
    const score = candidate?.coherence.score ?? (context === undefined ? undefined : coherenceOf(context, walk).score);
    return {
      ...side,
      ...(choice.hypothesis === undefined ? {} : { hypothesis: choice.hypothesis }),
      chosen: candidate !== undefined && candidate === judgement?.chosen,
      registers: Object.fromEntries(registers.map(([name, value]) => [name, hex(value)])),
      ...(candidate === undefined ? {} : { why: candidate.why }),
      ...(score === undefined ? {} : { score: Math.round(score * 1000) / 1000 }),
    };
  }
}
