import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { groupMark } from '../mark.js';
import type { PopulationModel } from '../populationModel.js';
import { cellText } from './cellText.js';
import { columnChoice } from './columnChoice.js';

/** More columns than these no line holds. */
const MOST_COLUMNS = 24;

/** The crashes that are looked at, one a line; sorted by a column, opened in the editor. */
export class CoreList extends HTMLElement {
  show(model: PopulationModel): void {
    const head = element('div', { class: 'core-head', role: 'row', 'aria-rowindex': '1' });
    const host = element('div', { class: 'core-rows', 'data-testid': 'core-rows' });
    const choice = element('details', { class: 'column-choice' }, element('summary', {}, 'Columns…'));
    this.append(
      element(
        'div',
        { class: 'section-head' },
        element('h2', {}, 'Crashes'),
        element('span', { class: 'section-actions' }, choice),
      ),
      host,
    );
    let columns: readonly string[] = [];
    let rows: Uint32Array = new Uint32Array();

    const list: VirtualList = new VirtualList(host, {
      role: 'grid',
      label: 'Crashes',
      headRows: 1,
      create: () => element('div', { class: 'core-row' }),
      fill: (row, index) => {
        fill(row, model, columns, rows[index]);
      },
      onActivate: (index, event) => {
        const row = rows[index];
        const wanted =
          event.type === 'keydown' || (event.target instanceof Element && event.target.closest('.open-core'));
        if (wanted && row !== undefined) open(model, row);
      },
      onKey: (event) => {
        if (event.key !== 'Escape') return false;
        host.blur();
        return true;
      },
    });
    host.addEventListener('dblclick', () => {
      const row = rows[list.active];
      if (row !== undefined) open(model, row);
    });
    host.firstElementChild?.before(head);

    const arrange = () => {
      const { sort, columns: chosen } = model.view.get();
      columns = (chosen ?? model.columnOrder().listed).filter((name) => model.column(name)).slice(0, MOST_COLUMNS);
      const tracks = columns.map(trackOf);
      host.style.setProperty('--tracks', tracks.map(({ least, share }) => `minmax(${least}px, ${share}fr)`).join(' '));
      host.style.setProperty('--least', `${tracks.reduce((sum, { least }) => sum + least + GAP, 2 * EDGE - GAP)}px`);
      head.replaceChildren(...columns.map((name) => headCell(model, name, sort)));
      choice.querySelector('.column-panel')?.remove();
      choice.append(columnChoice(model, columns));
      refill();
    };
    const refill = () => {
      rows = model.sortedRows(model.view.get().sort);
      list.setCount(rows.length);
      if (host.scrollTop > 0) list.reveal(0);
    };
    model.view.subscribe(arrange);
    model.selection.subscribe(refill);
  }
}

/** As in the style sheet: between two columns, and at either end of a line. */
const GAP = 10;
const EDGE = 12;

/** Least width in pixels, and the share of what is left: six columns are to fit beside facets and matrix on a small screen. */
function trackOf(name: string): { readonly least: number; readonly share: number } {
  switch (name) {
    case 'time':
      return { least: 142, share: 0 };
    case 'label':
      return { least: 124, share: 0.6 };
    case 'source':
    case 'signature':
      return { least: 130, share: 2 };
    default:
      return { least: 70, share: 1 };
  }
}

function headCell(
  model: PopulationModel,
  name: string,
  sort: { readonly column: string; readonly descending: boolean } | undefined,
): HTMLElement {
  const sorted = sort?.column === name;
  const press = element(
    'button',
    { class: 'core-sort', title: name },
    name,
    sorted ? (sort.descending ? ' ↓' : ' ↑') : '',
  );
  press.addEventListener('click', () => {
    // Up, down, and as the table has them.
    if (!sorted) model.setView({ sort: { column: name, descending: name === 'time' } });
    else if (sort.descending === (name === 'time'))
      model.setView({ sort: { column: name, descending: name !== 'time' } });
    else {
      model.setView({ sort: undefined });
    }
    // The head is made anew; the focus stays on its column.
    [...document.querySelectorAll<HTMLElement>('.core-sort')].find((other) => other.title === name)?.focus();
  });
  const order = sorted ? (sort.descending ? 'descending' : 'ascending') : 'none';
  return element('div', { role: 'columnheader', class: 'core-cell', 'aria-sort': order }, press);
}

function fill(row: HTMLElement, model: PopulationModel, columns: readonly string[], at: number | undefined): void {
  while (row.children.length > columns.length) row.lastElementChild?.remove();
  while (row.children.length < columns.length) row.append(element('div', { class: 'core-cell', role: 'gridcell' }));
  for (const [index, name] of columns.entries()) {
    const cell = row.children[index];
    if (!(cell instanceof HTMLElement)) continue;
    const text = at === undefined ? '' : cellText(model.column(name), at);
    cell.classList.toggle('mono', name === 'source' || name === 'signature');
    if (name === model.groups.column && at !== undefined)
      cell.replaceChildren(groupMark(model.groups, model.groups.codes[at] ?? 0), element('span', {}, text));
    else if (name === 'source') cell.replaceChildren(...sourceCell(text));
    else setText(cell, text);
    setTitle(cell, text);
  }
}

function sourceCell(text: string): HTMLElement[] {
  if (text === '') return [];
  // Its end is what differs from line to line.
  return [element('span', { class: 'open-core' }, element('bdi', {}, text))];
}

function open(model: PopulationModel, row: number): void {
  const source = cellText(model.column('source'), row);
  if (source === '')
    model.announcement.set('This row does not say where its core is: the table has no column “source”.');
  else model.host.openCore(source);
}
