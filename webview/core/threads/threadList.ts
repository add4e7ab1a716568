import type { Page, ThreadRow } from '../../../src/shared/queries.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import type { CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import { threadSubject } from '../subject.js';
import { PageCache } from '../pageCache.js';

/** The threads, crashed first, as the core lists them; choosing one shows its stack. */
export class ThreadList extends HTMLElement {
  show(model: CoreModel): void {
    const pages: PageCache<ThreadRow> = new PageCache<ThreadRow>(
      (from, count) => model.messenger.ask('threads', { from, count }),
      (page: Page<ThreadRow>) => {
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
          const thread = pages.at(index);
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
        ),
      fill: (row, index) => {
        const thread = pages.at(index);
        const [dot, tid, name, top] = row.children;
        if (!dot || !tid || !name || !top) return;
        dot.classList.toggle('crashed', thread?.crashed ?? false);
        if (dot.firstElementChild) setText(dot.firstElementChild, thread?.crashed === true ? 'crashed' : '');
        row.classList.toggle('selected', thread !== undefined && thread.tid === model.thread.get());
        setText(tid, thread ? String(thread.tid) : '…');
        setText(name, thread?.name ?? '');
        setText(top, thread?.top ?? '');
        setTitle(row, thread ? `Thread ${thread.tid}${thread.crashed ? ', crashed' : ''}` : '');
      },
      onActivate: (index) => {
        const thread = pages.at(index);
        if (thread) model.selectThread(thread.tid);
      },
      onRange: (first, last) => {
        pages.want(first, last);
      },
    });
    list.setCount(model.summary.threadCount);
    model.thread.subscribe(() => {
      list.refresh();
    });
  }
}
