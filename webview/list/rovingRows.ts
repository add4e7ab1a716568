import { setAttributes } from '../dom.js';

/**
 * Keyboard and menu for a short table whose rows all exist: the host takes the focus and names the active row, as the long lists do.
 * Rows are looked up anew each time, so the host may be filled again at will; `key` tells rows apart over that.
 */
export function rovingRows(host: HTMLElement, rows: RovingRows): void {
  let active = '';
  const prefix = `rows${tableNumber++}-`;
  const all = (): HTMLElement[] => [...host.querySelectorAll<HTMLElement>(rows.selector)];
  const keyOf = (row: HTMLElement): string => row.getAttribute(rows.keyAttribute) ?? '';
  const activate = (row: HTMLElement | undefined): void => {
    if (!row) return;
    active = keyOf(row);
    for (const other of all()) {
      other.classList.toggle('active', other === row);
      if (other !== row) other.removeAttribute('aria-selected');
    }
    row.id = `${prefix}${active}`;
    row.setAttribute('aria-selected', 'true');
    setAttributes(host, { 'aria-activedescendant': row.id });
    row.scrollIntoView({ block: 'nearest' });
    rows.onMove?.(row);
  };
  const current = (): HTMLElement | undefined => all().find((row) => keyOf(row) === active) ?? all()[0];
  host.tabIndex = 0;
  host.addEventListener('focus', () => {
    activate(current());
  });
  host.addEventListener('click', (event) => {
    const row = rowOf(event.target, rows.selector);
    activate(row);
    if (row && event.detail === 2) rows.onActivate?.(row);
  });
  host.addEventListener(
    'contextmenu',
    (event) => {
      const row = rowOf(event.target, rows.selector) ?? current();
      activate(row);
      const context = row && rows.menu?.(row);
      setAttributes(host, { 'data-vscode-context': context && JSON.stringify(context) });
    },
    true,
  );
  host.addEventListener('keydown', (event) => {
    const row = current();
    if (row === undefined || event.target !== host) return;
    if (rows.onKey?.(event, row) !== true && !moves(event, row)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  const moves = (event: KeyboardEvent, row: HTMLElement): boolean => {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const list = all();
    const index = list.indexOf(row);
    const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) activate(list[Math.min(Math.max(0, to), list.length - 1)]);
    else if (event.key === 'Enter' || event.key === ' ') rows.onActivate?.(row);
    else return false;
    return true;
  };
}

export interface RovingRows {
  readonly selector: string;
  /** The attribute of a row that stays the same when the table is filled again. */
  readonly keyAttribute: string;
  onMove?(row: HTMLElement): void;
  /** Enter, space or a double click. */
  onActivate?(row: HTMLElement): void;
  /** Returns true where the key was used. */
  onKey?(event: KeyboardEvent, row: HTMLElement): boolean;
  menu?(row: HTMLElement): object | undefined;
}

let tableNumber = 1;

function rowOf(target: EventTarget | null, selector: string): HTMLElement | undefined {
  return (target instanceof Element ? target.closest<HTMLElement>(selector) : null) ?? undefined;
}
