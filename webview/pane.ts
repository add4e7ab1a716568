import { element, setText } from './dom.js';

/**
 * A section with a header, as the side bar's views have: the title folds it where `foldable`. `body` is where contents go, `aside`
 * the place right of the title for a count or a control.
 */
export class Pane {
  readonly root: HTMLElement;
  readonly body = element('div', { class: 'pane-body' });
  readonly aside = element('span', { class: 'pane-aside' });
  readonly #count = element('span', { class: 'pane-count' });
  readonly #onOpen: (() => void) | undefined;
  readonly #onToggle: ((open: boolean) => void) | undefined;
  readonly #toggle: HTMLElement;

  constructor(options: PaneOptions) {
    const bodyId = `pane-${options.id}`;
    this.body.id = bodyId;
    this.#onOpen = options.onOpen;
    this.#onToggle = options.onToggle;
    const title = element('span', { class: 'pane-title' }, options.title);
    this.#toggle = options.foldable
      ? element(
          'button',
          { class: 'pane-toggle', 'aria-controls': bodyId },
          element('span', { class: 'twistie' }),
          title,
        )
      : element('span', { class: 'pane-toggle' }, title);
    this.root = element(
      'section',
      { class: `pane pane-${options.id}`, 'aria-label': options.title, 'data-testid': options.testId },
      element('h2', { class: 'pane-header' }, this.#toggle, this.#count, this.aside),
      this.body,
    );
    if (options.foldable) {
      this.setOpen(options.open ?? false);
      this.#toggle.addEventListener('click', () => {
        const open = this.body.hidden !== false;
        this.setOpen(open);
        this.#onToggle?.(open);
      });
    }
  }

  setCount(count: number | undefined): void {
    setText(this.#count, count === undefined ? '' : String(count));
  }

  setOpen(open: boolean): void {
    this.body.hidden = !open;
    this.root.classList.toggle('folded', !open);
    this.#toggle.setAttribute('aria-expanded', String(open));
    if (open) this.#onOpen?.();
  }
}

export interface PaneOptions {
  readonly id: string;
  readonly title: string;
  readonly testId?: string;
  readonly foldable: boolean;
  readonly open?: boolean;
  readonly onOpen?: () => void;
  /** The reader has opened or folded it. */
  readonly onToggle?: (open: boolean) => void;
}
