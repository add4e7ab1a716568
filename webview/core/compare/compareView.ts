import type { ComparedSide, CompareRow, StackChoice } from '../../../src/shared/queries.js';
import { textField, toggle } from '../../controls.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { type CoreModel, sentence } from '../model.js';
import { PageCache } from '../pageCache.js';
import { commandedRows } from '../rowCommands.js';
import type { Subject } from '../subject.js';
import { CompareRowView, RELATION_WORDS } from './compareRow.js';

/** Two stacks side by side, frame by frame: of the crashed thread under two readings, or of two threads. */
export class CompareView extends HTMLElement {
  #pages: PageCache<CompareRow> | undefined;

  show(model: CoreModel, options: { onShow(): void }): void {
    const hint = element('p', { class: 'quiet dock-hint' }, HINT);
    const status = element('span', { class: 'address-note', role: 'status', 'aria-live': 'polite' });
    const host = element('div', { class: 'compare-list', 'aria-colcount': '4' });
    const heads = new SideHeads();
    host.append(heads.root);
    const views = new WeakMap<HTMLElement, CompareRowView>();
    const list: VirtualList = new VirtualList(host, {
      role: 'grid',
      label: 'Two stacks side by side',
      headRows: 1,
      ...commandedRows(
        model,
        (index) => subjectOf(this.#pages?.at(index)),
        (index) => list.rowAt(index),
      ),
      create: () => {
        const view = new CompareRowView();
        views.set(view.root, view);
        return view.root;
      },
      fill: (row, index) => views.get(row)?.show(this.#pages?.at(index)),
      onActivate: (index, event) => {
        if (event instanceof MouseEvent && event.detail < 2) return;
        const subject = subjectOf(this.#pages?.at(index));
        if (subject?.address !== undefined) model.goTo(subject.address);
      },
      onRange: (first, last) => this.#pages?.want(first, last),
    });
    const run = (): void => {
      const wanted = model.comparing.get();
      if (!wanted) return;
      const only = differences.on ? { only: 'differences' as const } : {};
      let first = true;
      const pages: PageCache<CompareRow> = new PageCache<CompareRow>(
        async (from, count) => {
          try {
            const answer = await model.messenger.ask('compare', { ...wanted, ...only, from, count });
            if (this.#pages === pages) {
              setText(status, differingWords(answer.differing));
              heads.show(answer.left, answer.right);
            }
            return answer;
          } catch (error) {
            if (this.#pages === pages) setText(status, sentence(error));
            throw error;
          }
        },
        (page) => {
          if (this.#pages !== pages) return;
          hint.hidden = true;
          host.hidden = false;
          if (list.count !== page.total) list.setCount(page.total);
          if (first) {
            first = false;
            // What lies below the stack pointer stands above, for those who look for it.
            const innermost = Math.max(
              0,
              page.items.findIndex(({ part, name }) => part === 'frame' && name === 'frame'),
            );
            list.show(innermost, innermost, 1);
            list.setActive(innermost);
          }
          list.refresh();
        },
      );
      this.#pages = pages;
      pages.want(0, 0);
    };
    const differences = toggle({ title: 'Only what differs' }, '≠', run);
    const other = textField(
      {
        'aria-label': 'Thread to compare with',
        placeholder: 'Thread id',
        title: 'A thread to put beside the one that is shown; C on a row of the list of threads does the same',
        class: 'compare-thread',
      },
      () => undefined,
    );
    other.element.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && event.key !== 'F3') event.stopPropagation();
      if (event.key !== 'Enter') return;
      const tid = Number(other.value.trim());
      if (Number.isSafeInteger(tid) && tid > 0) model.compareWith({ tid });
      else setText(status, 'Type the id of a thread, as the list of threads has it.');
    });
    host.hidden = true;
    this.append(element('div', { class: 'dock-bar' }, other.element, differences.element, status), hint, host);
    model.comparing.subscribe((wanted) => {
      if (!wanted) return;
      options.onShow();
      run();
    });
  }
}

const HINT =
  'Choose a reading, or type what to assume (rsp+=8), under Readings: the stack that it gives stands here beside the verdict’s. ' +
  'C on a thread puts that thread beside the one that is shown.';

function differingWords(count: number): string {
  return count === 0 ? 'No differences' : `${count} ${count === 1 ? 'difference' : 'differences'}`;
}

/** The heads of both sides: which stack it is, and how well it holds together. */
class SideHeads {
  readonly #left = element('span', { class: 'compare-head', role: 'columnheader' });
  readonly #right = element('span', { class: 'compare-head', role: 'columnheader' });
  readonly root = element(
    'div',
    { class: 'compare-row compare-heads', role: 'row', 'aria-rowindex': '1' },
    element('span', { class: 'compare-name', role: 'columnheader' }, 'where'),
    this.#left,
    element(
      'span',
      { class: 'compare-sign', role: 'columnheader' },
      element('span', { class: 'visually-hidden' }, 'how they compare'),
    ),
    this.#right,
  );

  show(left: ComparedSide, right: ComparedSide): void {
    for (const [head, side] of [
      [this.#left, left],
      [this.#right, right],
    ] as const) {
      setText(head, sideWords(side));
      setTitle(head, sideTitle(side));
    }
  }
}

function sideWords(side: ComparedSide): string {
  const score = side.score === undefined ? '' : `  ${side.score.toFixed(2)}`;
  return `${choiceWords(side)}${side.chosen && side.hypothesis === undefined && side.score !== undefined ? ', as judged' : ''}${score}`;
}

function choiceWords({ tid, hypothesis }: StackChoice): string {
  return hypothesis === undefined ? `thread ${tid}` : `thread ${tid} if ${hypothesis}`;
}

function sideTitle(side: ComparedSide): string {
  const changed = Object.entries(side.registers).map(([name, value]) => `%${name} = ${value}`);
  return [
    choiceWords(side),
    side.why ?? '',
    changed.join(', '),
    side.score === undefined ? '' : `coherence ${side.score.toFixed(3)}`,
    `${side.frames} frames; the walk ended: ${side.stop}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function subjectOf(row: CompareRow | undefined): Subject | undefined {
  if (row === undefined) return undefined;
  const value = row.left ?? row.right;
  const spelled = (side: CompareRow['left']): string =>
    side === undefined ? '(nothing)' : `${side.value ?? ''} ${side.text}`.trim();
  return {
    section: 'comparison',
    row: `${row.name}  ${spelled(row.left)}  ${RELATION_WORDS[row.relation]}  ${spelled(row.right)}`,
    ...(value?.address === undefined ? {} : { address: value.address }),
    ...(value?.value === undefined || row.part === 'frame' ? {} : { value: value.value }),
  };
}
