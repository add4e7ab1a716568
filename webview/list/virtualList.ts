import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from '@tanstack/virtual-core';
import { setAttributes } from '../dom.js';

/** Every row of the page is this high, so that places are known before contents are. */
export const ROW_HEIGHT = 20;

/**
 * A long list of rows of one height, of which only those in view exist. The host element scrolls, takes the focus and names the
 * active row for assistive technology; row elements are recycled, so `fill` must set everything that `create` did not.
 */
export class VirtualList {
  readonly #host: HTMLElement;
  readonly #rows: VirtualRows;
  readonly #sizer = document.createElement('div');
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #drawn = new Map<number, HTMLElement>();
  readonly #idPrefix: string;
  #count = 0;
  #active = -1;

  constructor(host: HTMLElement, rows: VirtualRows) {
    this.#host = host;
    this.#rows = rows;
    this.#idPrefix = `list${listNumber++}-`;
    setAttributes(host, { role: rows.role, 'aria-label': rows.label, tabindex: '0' });
    host.classList.add('virtual-list');
    this.#sizer.className = 'virtual-sizer';
    this.#sizer.setAttribute('role', 'presentation');
    host.append(this.#sizer);
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(this.#options());
    this.#virtualizer._didMount();
    this.#virtualizer._willUpdate();
    host.addEventListener('keydown', (event) => {
      this.#onKey(event);
    });
    this.#sizer.addEventListener('click', (event) => {
      const index = this.#indexOf(event.target);
      if (index === undefined) return;
      this.setActive(index);
      rows.onActivate?.(index, event);
    });
    // Before the editor's own listener, which reads what the rows are about from the document.
    host.addEventListener(
      'contextmenu',
      (event) => {
        const index = this.#indexOf(event.target) ?? this.#active;
        this.setActive(index);
        const context = index < 0 ? undefined : rows.menu?.(index);
        setAttributes(host, { 'data-vscode-context': context && JSON.stringify(context) });
      },
      true,
    );
    host.addEventListener('focus', () => {
      if (this.#active >= 0) rows.onMove?.(this.#active);
    });
  }

  get count(): number {
    return this.#count;
  }

  get active(): number {
    return this.#active;
  }

  /** Index of the first row wholly in view. */
  get top(): number {
    return Math.ceil(this.#host.scrollTop / ROW_HEIGHT);
  }

  /** The element of a row, while it is drawn. */
  rowAt(index: number): HTMLElement | undefined {
    return this.#drawn.get(index);
  }

  setCount(count: number): void {
    this.#count = count;
    if (this.#active >= count) this.#active = count - 1;
    if (this.#rows.role === 'grid')
      this.#host.setAttribute('aria-rowcount', String(count + (this.#rows.headRows ?? 0)));
    this.#virtualizer.setOptions(this.#options());
    this.#virtualizer._willUpdate();
    this.refresh();
  }

  /** Fills every drawn row again; places stay. */
  refresh(): void {
    for (const row of this.#drawn.values()) row.dataset['index'] = '';
    this.#draw();
  }

  /** Makes a row active without calling `onActivate`. */
  setActive(index: number): void {
    if (index < 0 || index >= this.#count || index === this.#active) return;
    const before = this.#drawn.get(this.#active);
    this.#active = index;
    if (before) this.#markActive(before, false);
    const now = this.#drawn.get(index);
    if (now) this.#markActive(now, true);
    this.#nameActive();
    this.#rows.onMove?.(index);
  }

  /** Scrolls a row into view: as little as possible, or a little above the middle, always or unless it stands well in view already. */
  reveal(index: number, where: 'nearest' | 'middle' | 'middleUnlessInView' = 'nearest'): void {
    if (index < 0 || index >= this.#count) return;
    const height = this.#host.clientHeight;
    const head = (this.#rows.headRows ?? 0) * ROW_HEIGHT;
    const start = index * ROW_HEIGHT + head;
    const top = this.#host.scrollTop;
    let wanted = top;
    const isWellInView = start - head >= top && start + ROWS_BELOW * ROW_HEIGHT <= top + height;
    if (where === 'middle' || (where === 'middleUnlessInView' && !isWellInView))
      wanted = start - Math.floor((height * 0.45) / ROW_HEIGHT) * ROW_HEIGHT;
    else if (start - head < top) wanted = start - head;
    else if (start + ROW_HEIGHT > top + height) wanted = start + ROW_HEIGHT - height;
    if (wanted !== top) this.#host.scrollTop = Math.max(0, wanted);
    this.#draw();
  }

  /** Puts `first` on top, unless `anchor` would then lie below `share` of the height: then `anchor` lies there. */
  show(first: number, anchor: number, share: number): void {
    const rows = Math.floor((this.#host.clientHeight * share) / ROW_HEIGHT);
    this.#host.scrollTop = Math.max(0, first, anchor - rows) * ROW_HEIGHT;
    this.#draw();
  }

  #options() {
    const head = (this.#rows.headRows ?? 0) * ROW_HEIGHT;
    return {
      count: this.#count,
      getScrollElement: () => this.#host,
      estimateSize: () => ROW_HEIGHT,
      paddingStart: head,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      overscan: 12,
      onChange: () => {
        this.#draw();
      },
    };
  }

  #draw(): void {
    this.#sizer.style.height = `${this.#virtualizer.getTotalSize()}px`;
    const items = this.#virtualizer.getVirtualItems();
    const first = items[0]?.index ?? 0;
    const last = items[items.length - 1]?.index ?? -1;
    const free: HTMLElement[] = [];
    for (const [index, row] of this.#drawn) {
      if (index >= first && index <= last && index < this.#count) continue;
      this.#drawn.delete(index);
      free.push(row);
    }
    for (const item of items) {
      let row = this.#drawn.get(item.index);
      if (!row) {
        row = free.pop() ?? this.#newRow();
        this.#drawn.set(item.index, row);
        row.dataset['index'] = '';
      }
      if (row.dataset['index'] === '') this.#fill(row, item.index, item.start);
    }
    for (const row of free) row.remove();
    this.#nameActive();
    if (items.length > 0) this.#rows.onRange?.(first, last);
  }

  #newRow(): HTMLElement {
    const row = this.#rows.create();
    row.classList.add('virtual-row');
    row.setAttribute('role', this.#rows.role === 'grid' ? 'row' : 'option');
    this.#sizer.append(row);
    return row;
  }

  #fill(row: HTMLElement, index: number, start: number): void {
    row.dataset['index'] = String(index);
    row.id = `${this.#idPrefix}${index}`;
    row.style.transform = `translateY(${start}px)`;
    if (this.#rows.role === 'grid') row.setAttribute('aria-rowindex', String(index + 1 + (this.#rows.headRows ?? 0)));
    else setAttributes(row, { 'aria-setsize': String(this.#count), 'aria-posinset': String(index + 1) });
    this.#rows.fill(row, index);
    this.#markActive(row, index === this.#active);
  }

  #markActive(row: HTMLElement, active: boolean): void {
    row.classList.toggle('active', active);
    row.setAttribute('aria-selected', String(active));
  }

  #nameActive(): void {
    const row = this.#drawn.get(this.#active);
    setAttributes(this.#host, { 'aria-activedescendant': row?.id });
  }

  #indexOf(target: EventTarget | null): number | undefined {
    const row = target instanceof Element ? target.closest<HTMLElement>('.virtual-row') : null;
    const index = row?.dataset['index'];
    return index === undefined || index === '' ? undefined : Number(index);
  }

  #onKey(event: KeyboardEvent): void {
    if (this.#rows.onKey?.(event, this.#active) === true) {
      take(event);
      return;
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.#host.clientHeight / ROW_HEIGHT) - 2);
    const from = Math.max(0, this.#active);
    const to = {
      ArrowDown: this.#active + 1,
      ArrowUp: from - 1,
      PageDown: from + page,
      PageUp: from - page,
      Home: 0,
      End: this.#count - 1,
    }[event.key];
    if (to !== undefined) {
      take(event);
      const index = Math.min(Math.max(0, to), this.#count - 1);
      this.reveal(index);
      this.setActive(index);
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#active >= 0) {
      take(event);
      this.#rows.onActivate?.(this.#active, event);
    }
  }
}

/** A row stands well in view where so many rows do, itself counted. */
const ROWS_BELOW = 4;

/** What a list needs to know about its rows. */
export interface VirtualRows {
  readonly role: 'grid' | 'listbox';
  readonly label: string;
  /** Rows that stand above the first one and stay in view while it scrolls. */
  readonly headRows?: number;
  create(): HTMLElement;
  fill(row: HTMLElement, index: number): void;
  /** Enter, space or a click. */
  onActivate?(index: number, event: Event): void;
  onMove?(index: number): void;
  /** Returns true where the key was used. */
  onKey?(event: KeyboardEvent, active: number): boolean;
  /** What the editor's menu is to know of the row it is opened on. */
  menu?(index: number): object | undefined;
  /** First and last row that are drawn. */
  onRange?(first: number, last: number): void;
}

let listNumber = 1;

/** Keeps a key from the browser and from the workbench, which hears every key that reaches the window. */
function take(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}
