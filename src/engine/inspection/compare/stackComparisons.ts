import type { ComparedSide, CompareAnswer, CompareRow, QueryParams, StackChoice } from '../../../shared/queries.js';
import { hex } from '../../base/addresses.js';
import { coherenceOf } from '../../unwind/coherence.js';
import { stopText } from '../../unwind/stackwalker.js';
import type { Inspection } from '../openInspection.js';
import type { ThreadView } from '../threadView.js';
import type { ThreadViews } from '../threadViews.js';
import { threadSlots } from '../threadSlots.js';
import { type ComparedStack, compareStacks, MOST_FRAMES } from './compareStacks.js';

/** Compares stacks of one core, and keeps the last comparison for its further pages. */
export class StackComparisons {
  #last: { readonly key: string; readonly rows: readonly CompareRow[] } | undefined;

  constructor(
    private readonly inspection: Inspection,
    private readonly views: ThreadViews,
  ) {}

  /** @throws QueryError for a thread or a reading that the core does not have */
  compare({ left, right, from, count, only }: QueryParams<'compare'>): CompareAnswer {
    const key = JSON.stringify([left, right]);
    if (this.#last?.key !== key) {
      this.#last = { key, rows: compareStacks(this.#stackOf(left), this.#stackOf(right)) };
    }
    const { rows } = this.#last;
    const differing = rows.filter(({ part, relation }) => part !== 'frame' && isDifference(relation)).length;
    const shown = only === 'differences' ? withDifferences(rows) : rows;
    return {
      total: shown.length,
      from,
      items: shown.slice(from, from + count),
      differing,
      left: this.#sideOf(left),
      right: this.#sideOf(right),
    };
  }

  #viewOf({ tid, hypothesis }: StackChoice): ThreadView {
    return this.views.of(this.views.thread(tid), hypothesis);
  }

  #stackOf(choice: StackChoice): ComparedStack {
    const { inspection } = this;
    const view = this.#viewOf(choice);
    const frames = view.walk.frames.slice(0, MOST_FRAMES);
    const { architecture } = inspection.core;
    const pointer = frames[0]?.registers.get(architecture?.stackPointer ?? '');
    return {
      tid: choice.tid,
      frames,
      rows: view.rows,
      frameOfRow: view.frameOfRow,
      slots: threadSlots(inspection, this.views.thread(choice.tid), frames, pointer),
      registers: architecture?.displayOrder ?? [],
    };
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

function isDifference(relation: CompareRow['relation']): boolean {
  return relation !== 'equal' && relation !== 'alike';
}

/** Rows that differ, each under the heading of its frame; a frame in which nothing differs is left out whole. */
function withDifferences(rows: readonly CompareRow[]): CompareRow[] {
  const shown: CompareRow[] = [];
  let heading: CompareRow | undefined;
  for (const row of rows) {
    if (row.part === 'frame') {
      heading = row;
      if (!isDifference(row.relation)) continue;
    } else if (!isDifference(row.relation)) continue;
    if (heading !== undefined) shown.push(heading);
    if (row !== heading) shown.push(row);
    heading = undefined;
  }
  return shown;
}
