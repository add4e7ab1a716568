import { element, setAttributes, setText } from '../dom.js';

/** What a plot shows, as rows of texts under a head; numbers are formatted already. */
export interface TableContents {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows that are not among them. */
  readonly more?: number;
}

/** Longer tables nobody reads on a page. */
const MOST_ROWS = 1000;

/** The table behind a plot: a button that shows it, and the place where it stands. Its contents are made while it is seen. */
export class DataTable {
  readonly toggle = element('button', { class: 'link table-toggle', 'aria-expanded': 'false' }, 'Table');
  readonly place = element('div', { class: 'table-place', tabindex: '0', role: 'region' });
  readonly #contents: () => TableContents;

  constructor(title: string, contents: () => TableContents) {
    this.#contents = contents;
    this.place.hidden = true;
    setAttributes(this.place, { 'aria-label': `${title} as a table` });
    setAttributes(this.toggle, { 'aria-label': `Table: ${title}` });
    this.toggle.addEventListener('click', () => {
      this.place.hidden = !this.place.hidden;
      this.toggle.setAttribute('aria-expanded', String(!this.place.hidden));
      const words = this.place.hidden ? 'Table' : 'Hide table';
      setText(this.toggle, words);
      setAttributes(this.toggle, { 'aria-label': `${words}: ${title}` });
      this.refresh();
    });
  }

  refresh(): void {
    if (this.place.hidden) this.place.replaceChildren();
    else this.place.replaceChildren(drawn(this.#contents()));
  }
}

function drawn({ caption, head, rows, more = 0 }: TableContents): HTMLElement {
  const shown = rows.slice(0, MOST_ROWS);
  const left = more + rows.length - shown.length;
  return element(
    'table',
    { class: 'data-table' },
    element('caption', {}, left > 0 ? `${caption} (${left.toLocaleString('en')} more rows are not shown)` : caption),
    element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
    element(
      'tbody',
      {},
      ...shown.map((cells) =>
        element(
          'tr',
          {},
          ...cells.map((text, index) =>
            index === 0 ? element('th', { scope: 'row' }, text) : element('td', {}, text),
          ),
        ),
      ),
    ),
  );
}
