import { element } from '../../dom.js';
import type { PageMemory } from '../pageState.js';

/** One of the views below the stack. */
export interface DockView {
  readonly id: string;
  readonly title: string;
  readonly root: HTMLElement;
  /** It comes into view. */
  onShow?(): void;
}

/**
 * What is looked at beside the stack and not all the time: one tab each, below it, folded until one is wanted. A tab that is clicked
 * again folds them.
 */
export class Dock {
  readonly root: HTMLElement;
  readonly #views: readonly DockView[];
  readonly #tabs = new Map<string, HTMLElement>();
  readonly #memory: PageMemory;
  #open: string | undefined;

  constructor(views: readonly DockView[], memory: PageMemory) {
    this.#views = views;
    this.#memory = memory;
    const list = element('div', { class: 'dock-tabs', role: 'tablist', 'aria-label': 'Below the stack' });
    for (const view of views) {
      const tab = element(
        'button',
        { class: 'dock-tab', role: 'tab', id: `tab-${view.id}`, 'aria-controls': `dock-${view.id}`, tabindex: '-1' },
        view.title,
      );
      tab.addEventListener('click', () => {
        this.show(this.#open === view.id ? undefined : view.id);
      });
      this.#tabs.set(view.id, tab);
      list.append(tab);
      view.root.classList.add('dock-view');
      view.root.id = `dock-${view.id}`;
      view.root.setAttribute('role', 'tabpanel');
      view.root.setAttribute('aria-labelledby', tab.id);
    }
    list.addEventListener('keydown', (event) => {
      const tabs = [...this.#tabs.values()];
      const at = tabs.indexOf(document.activeElement as HTMLElement);
      const step = { ArrowRight: 1, ArrowLeft: tabs.length - 1 }[event.key];
      if (step === undefined || at < 0) return;
      event.preventDefault();
      tabs[(at + step) % tabs.length]?.focus();
    });
    this.root = element(
      'section',
      { class: 'dock', 'aria-label': 'Memory, disassembly, search' },
      list,
      ...views.map(({ root }) => root),
    );
    this.#mark();
    const remembered = memory.state.dock;
    if (views.some(({ id }) => id === remembered)) this.show(remembered);
  }

  /** Brings a view up; undefined folds all. */
  show(id: string | undefined): void {
    if (this.#open === id) return;
    this.#open = id;
    this.#mark();
    this.#memory.remember({ dock: id ?? '' });
    this.#views.find((view) => view.id === id)?.onShow?.();
  }

  get open(): string | undefined {
    return this.#open;
  }

  #mark(): void {
    this.root.classList.toggle('folded', this.#open === undefined);
    this.root.dataset['open'] = this.#open ?? '';
    this.#views.forEach((view, index) => {
      const selected = view.id === this.#open;
      view.root.hidden = !selected;
      const tab = this.#tabs.get(view.id);
      tab?.setAttribute('aria-selected', String(selected));
      // One of the tabs is reached by Tab, the others by the arrows.
      tab?.setAttribute('tabindex', selected || (this.#open === undefined && index === 0) ? '0' : '-1');
    });
  }
}
