import type { CompareAnswer, CompareRow, PageParams } from '../../../src/shared/queries.js';
import { button, textField, toggle } from '../../controls.js';
import { element, setText } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { type Comparison, type CoreModel, sentence } from '../model.js';
import { PageCache } from '../pageCache.js';
import { commandedRows } from '../rowCommands.js';
import type { Subject } from '../subject.js';
import { CompareRowView, RELATION_WORDS } from './compareRow.js';
import { SideHeads } from './sideHeads.js';

/** Two stacks side by side, frame by frame: of the crashed thread under two readings, of two threads, or of two cores. */
export class CompareView extends HTMLElement {
  #pages: PageCache<CompareRow> | undefined;

  show(model: CoreModel, options: { onShow(): void }): void {
    const hint = element('p', { class: 'quiet dock-hint' }, HINT);
    const status = element('span', { class: 'address-note compare-status', role: 'status', 'aria-live': 'polite' });
    const host = element('div', { class: 'compare-list', 'aria-colcount': '4' });
    const heads = new SideHeads();
    host.append(heads.root);
    const subjectAt = (index: number): Subject | undefined =>
      subjectOf(this.#pages?.at(index), coreOf(model.comparing.get()) !== undefined);
    const views = new WeakMap<HTMLElement, CompareRowView>();
    const list: VirtualList = new VirtualList(host, {
      role: 'grid',
      label: 'Two stacks side by side',
      headRows: 1,
      ...commandedRows(
        model,
        (index) => subjectAt(index),
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
        const subject = subjectAt(index);
        if (subject?.address !== undefined) model.goTo(subject.address);
      },
      onRange: (first, last) => this.#pages?.want(first, last),
    });
    const run = (): void => {
      const wanted = model.comparing.get();
      if (!wanted) return;
      asText.hidden = coreOf(wanted) === undefined;
      const only = differences.on ? { only: 'differences' as const } : {};
      let first = true;
      const pages: PageCache<CompareRow> = new PageCache<CompareRow>(
        async (from, count) => {
          try {
            const answer = await asked(model, wanted, { ...only, from, count });
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
            const start = firstToSee(page.items);
            list.show(start, start, 1);
            list.setActive(start);
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
        title:
          'A thread to put beside the one that is shown, of the core that stands there; C on a row of the list of threads does the same',
        class: 'compare-thread',
      },
      () => undefined,
    );
    other.element.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && event.key !== 'F3') event.stopPropagation();
      if (event.key !== 'Enter') return;
      const tid = Number(other.value.trim());
      const core = coreOf(model.comparing.get());
      if (!Number.isSafeInteger(tid) || tid <= 0)
        setText(status, 'Type the id of a thread, as the list of threads has it.');
      else if (core === undefined) model.compareWith({ tid });
      else model.compareWithCore(core, tid);
    });
    const choose = button({ title: 'Puts the crash of another core beside this one' }, 'Other Core…', () => {
      model.messenger.do({ kind: 'compareCore' });
    });
    const asText = button({ title: 'Shows both in the editor’s own comparison of texts' }, 'As Text', () => {
      const core = coreOf(model.comparing.get());
      if (core !== undefined) model.messenger.do({ kind: 'compareText', core });
    });
    asText.hidden = true;
    host.hidden = true;
    const bar = element('div', { class: 'dock-bar' }, other.element, differences.element, status, asText, choose);
    this.append(bar, hint, host);
    model.comparing.subscribe((wanted) => {
      if (!wanted) return;
      options.onShow();
      run();
    });
  }
}

const HINT =
  'Choose a reading, or type what to assume (rsp+=8), under Readings: the stack that it gives stands here beside the verdict’s. ' +
  'C on a thread puts that thread beside the one that is shown; Other Core… the crash of another core.';

function asked(
  model: CoreModel,
  wanted: Comparison,
  page: PageParams & { readonly only?: 'differences' },
): Promise<CompareAnswer> {
  return 'core' in wanted
    ? model.messenger.ask('compareCores', { ...wanted, ...page })
    : model.messenger.ask('compare', { ...wanted, ...page });
}

/** The other core, where it is two that are compared. */
function coreOf(wanted: Comparison | undefined): string | undefined {
  return wanted !== undefined && 'core' in wanted ? wanted.core : undefined;
}

/** Of two cores what is known of them; else the innermost frame: what lies below the stack pointer stands above, for those who look. */
function firstToSee(rows: readonly CompareRow[]): number {
  if (rows[0]?.part === 'fact') return 0;
  return Math.max(
    0,
    rows.findIndex(({ part, name }) => part === 'frame' && name === 'frame'),
  );
}

function differingWords(count: number): string {
  return count === 0 ? 'No differences' : `${count} ${count === 1 ? 'difference' : 'differences'}`;
}

/** @param ofCores what stands on the right is in another core: its addresses mean nothing here */
function subjectOf(row: CompareRow | undefined, ofCores: boolean): Subject | undefined {
  if (row === undefined) return undefined;
  const value = row.left ?? (ofCores ? undefined : row.right);
  const spelled = (side: CompareRow['left']): string =>
    side === undefined ? '(nothing)' : `${side.value ?? ''} ${side.text}`.trim();
  return {
    section: 'comparison',
    row: `${row.name}  ${spelled(row.left)}  ${RELATION_WORDS[row.relation]}  ${spelled(row.right)}`,
    ...(value?.address === undefined ? {} : { address: value.address }),
    ...(value?.value === undefined || row.part === 'frame' ? {} : { value: value.value }),
  };
}
