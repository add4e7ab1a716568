import { VirtualList } from '../../list/virtualList.js';
import type { Page } from '../../../src/shared/queries.js';
import type { Pane } from '../../pane.js';
import type { CoreModel } from '../model.js';
import { PageCache } from '../pageCache.js';
import { commandedRows } from '../rowCommands.js';
import type { Subject } from '../subject.js';

/** What tells one list of rows from another. */
export interface PagedRows<T> {
  /** The query that answers for the rows, and the name by which a picked row names this list. */
  readonly query: 'mappings' | 'modules';
  readonly label: string;
  readonly ask: (from: number, count: number) => Promise<Page<T>>;
  readonly subject: (row: T) => Subject;
  readonly create: () => HTMLElement;
  /** @param row `undefined` while it is on its way */
  readonly fill: (drawn: HTMLElement, row: T | undefined) => void;
  readonly open: (row: T) => void;
}

/** A list in a pane whose rows are asked for as they are scrolled to; a row that another part of the page picks is shown in it. */
export function showPagedRows<T>(host: HTMLElement, model: CoreModel, pane: Pane, rows: PagedRows<T>): void {
  let wanted: number | undefined;
  // A row that is wanted before the list is there is shown when it is.
  const show = (): void => {
    if (wanted === undefined || wanted >= list.count) return;
    list.reveal(wanted, 'middle');
    list.setActive(wanted);
    wanted = undefined;
  };
  const pages: PageCache<T> = new PageCache<T>(rows.ask, (page) => {
    pane.setCount(page.total);
    list.setCount(page.total);
    show();
  });
  const subject = (index: number): Subject | undefined => {
    const row = pages.at(index);
    return row && rows.subject(row);
  };
  const list: VirtualList = new VirtualList(host, {
    ...commandedRows(model, subject, (index) => list.rowAt(index)),
    role: 'listbox',
    label: rows.label,
    create: rows.create,
    fill: (drawn, index) => {
      rows.fill(drawn, pages.at(index));
    },
    onActivate: (index) => {
      const row = pages.at(index);
      if (row) rows.open(row);
    },
    onRange: (first, last) => {
      pages.want(first, last);
    },
  });
  pages.want(0, 0);
  model.pickedRow.subscribe((picked) => {
    if (picked?.list !== rows.query) return;
    wanted = picked.row;
    pages.want(picked.row, picked.row);
    show();
  });
}
