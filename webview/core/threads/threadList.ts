import type { Page, ThreadRow } from '../../../src/shared/queries.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import type { CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import { threadSubject } from '../subject.js';
import type { Pane } from '../../pane.js';
import { textField, toggle } from '../../controls.js';
import { pagesOf } from '../paging.js';
import { selectThreads, type ThreadGroup } from './threadSelection.js';
import { PageCache } from '../pageCache.js';

/** The threads, crashed first, as the core lists them; choosing one shows its stack. */
export class ThreadList extends HTMLElement {
  show(model: CoreModel, pane?: Pane): void {
    // While nothing is filtered or folded, threads come page by page as they come into view.
    let selected: readonly ThreadGroup[] | undefined;
    const at = (index: number): ThreadRow | undefined => (selected ? selected[index]?.thread : pages.at(index));
    const pages: PageCache<ThreadRow> = new PageCache<ThreadRow>(
      (from, count) => model.messenger.ask('threads', { from, count }),
      (page: Page<ThreadRow>) => {
        if (selected) return;
        if (list.count !== page.total) list.setCount(page.total);
        else list.refresh();
        const index = page.items.findIndex((row) => row.tid === model.thread.get());
        if (index >= 0) list.setActive(page.from + index);
      },
    );
    const list: VirtualList = new VirtualList(this, {
      ...commandedRows(
        model,
        (index) => {
          const thread = at(index);
          return thread && threadSubject(thread);
        },
        (index) => list.rowAt(index),
      ),
      role: 'listbox',
      label: 'Threads',
      create: () =>
        element(
          'div',
          { class: 'thread-row' },
          element('span', { class: 'crash-dot' }, element('span', { class: 'visually-hidden' })),
          element('span', { class: 'mono tid' }),
          element('span', { class: 'thread-name' }),
          element('span', { class: 'thread-top mono' }),
          element('span', { class: 'thread-count' }),
        ),
      fill: (row, index) => {
        const thread = at(index);
        const count = selected?.[index]?.count ?? 1;
        const [dot, tid, name, top, more] = row.children;
        if (!dot || !tid || !name || !top || !more) return;
        setText(more, count > 1 ? `×${count}` : '');
        dot.classList.toggle('crashed', thread?.crashed ?? false);
        if (dot.firstElementChild) setText(dot.firstElementChild, thread?.crashed === true ? 'crashed' : '');
        row.classList.toggle('selected', thread !== undefined && thread.tid === model.thread.get());
        setText(tid, thread ? String(thread.tid) : '…');
        setText(name, thread?.name ?? '');
        setText(top, thread?.top ?? '');
        setTitle(row, thread ? `Thread ${thread.tid}${thread.crashed ? ', crashed' : ''}` : '');
      },
      onActivate: (index) => {
        const thread = at(index);
        if (thread) model.selectThread(thread.tid);
      },
      onRange: (first, last) => {
        if (!selected) pages.want(first, last);
      },
    });
    if (pane)
      offerSelection(model, pane, (groups) => {
        selected = groups;
        list.setCount(groups?.length ?? model.summary.threadCount);
        list.refresh();
      });
    list.setCount(model.summary.threadCount);
    model.thread.subscribe(() => {
      list.refresh();
    });
  }
}

/** Fewer threads are seen at a glance. */
const MANY_THREADS = 8;

/** A filter and a switch that folds threads with the same stack, for cores of many threads; both need all rows. */
function offerSelection(
  model: CoreModel,
  pane: Pane,
  show: (groups: readonly ThreadGroup[] | undefined) => void,
): void {
  if (model.summary.threadCount <= MANY_THREADS) return;
  let all: ThreadRow[] | undefined;
  let run = 0;
  const select = async (): Promise<void> => {
    const own = ++run;
    if (filter.value.trim() === '' && !fold.on) {
      show(undefined);
      return;
    }
    if (all === undefined) {
      const rows: ThreadRow[] = [];
      const ask = (from: number, count: number) => model.messenger.ask('threads', { from, count });
      for await (const page of pagesOf(ask)) {
        if (own !== run) return;
        rows.push(...page);
        show(selectThreads(rows, filter.value, fold.on));
      }
      all = rows;
    }
    if (own === run) show(selectThreads(all, filter.value, fold.on));
  };
  const begin = (): void => {
    select().catch((error: unknown) => {
      model.announcement.set(error instanceof Error ? error.message : String(error));
    });
  };
  const filter = textField({ 'aria-label': 'Filter threads', placeholder: 'Filter', class: 'thread-filter' }, begin);
  const fold = toggle({ title: 'Fold threads with the same stack' }, '≡', begin);
  // Letters that are typed here mean nothing to the page.
  filter.element.addEventListener('keydown', (event) => {
    if (!event.ctrlKey && !event.metaKey && event.key !== 'F3') event.stopPropagation();
  });
  pane.aside.append(filter.element, fold.element);
}
