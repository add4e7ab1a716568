import { button, textField, toggle } from '../../controls.js';
import { element, setText } from '../../dom.js';
import type { Findable } from './findQuery.js';
import { type Match, search } from './findSearch.js';

/** A pause in typing after which the search starts. */
const PAUSE_MS = 120;

/**
 * The page's own find: over all rows, drawn or not. Enter and F3 go on, Shift back; Escape closes and gives the focus back to where it
 * was.
 */
export class FindBar {
  readonly root = element('div', {
    class: 'find-bar',
    role: 'search',
    'aria-label': 'Find on this page',
    'data-testid': 'find',
  });
  readonly #parts: readonly Findable[];
  readonly #count = element('span', { class: 'find-count', role: 'status', 'aria-live': 'polite' });
  readonly #text = textField({ 'aria-label': 'Find', placeholder: 'Find', class: 'find-text' }, () => {
    this.#later();
  });
  readonly #matchCase = toggle({ title: 'Match case (Alt+C)' }, 'Aa', () => {
    this.#run();
  });
  readonly #regex = toggle({ title: 'Regular expression (Alt+R)' }, '.*', () => {
    this.#run();
  });
  #matches: readonly Match[] = [];
  #at = -1;
  #isDone = true;
  #running: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #before: Element | null = null;

  constructor(parts: readonly Findable[]) {
    this.#parts = parts;
    this.root.hidden = true;
    this.root.append(
      this.#text.element,
      this.#matchCase.element,
      this.#regex.element,
      this.#count,
      button({ title: 'Previous match (Shift+F3)', 'aria-label': 'Previous match', appearance: 'icon' }, '↑', () => {
        this.step(-1);
      }),
      button({ title: 'Next match (F3)', 'aria-label': 'Next match', appearance: 'icon' }, '↓', () => {
        this.step(1);
      }),
      button({ title: 'Close (Escape)', 'aria-label': 'Close', appearance: 'icon' }, '×', () => {
        this.close();
      }),
    );
    this.root.addEventListener('keydown', (event) => {
      const used =
        event.key === 'Escape'
          ? this.close()
          : event.key === 'Enter' && this.#text.element.contains(event.target as Node)
            ? this.step(event.shiftKey ? -1 : 1)
            : event.altKey && event.key.toLowerCase() === 'c'
              ? this.#matchCase.flip()
              : event.altKey && event.key.toLowerCase() === 'r'
                ? this.#regex.flip()
                : false;
      if (used) event.preventDefault();
      // Letters that are typed here mean nothing to the page or to the workbench; F3 does.
      if (event.key !== 'F3') event.stopPropagation();
    });
  }

  get isOpen(): boolean {
    return !this.root.hidden;
  }

  open(): true {
    if (!this.isOpen) this.#before = document.activeElement;
    this.root.hidden = false;
    this.#text.focus();
    this.#text.select();
    return true;
  }

  close(): true {
    this.root.hidden = true;
    this.#running?.abort();
    this.#show([], -1, '');
    for (const part of this.#parts) part.mark?.(new Set());
    if (this.#before instanceof HTMLElement) this.#before.focus();
    return true;
  }

  /** Goes `by` matches on, around the end. */
  step(by: number): boolean {
    const count = this.#matches.length;
    if (count === 0) return false;
    const from = this.#at < 0 ? (by > 0 ? -1 : 0) : this.#at;
    this.#go((from + by + count) % count);
    return true;
  }

  /** Goes to the first match from where the reader is; where there is none, to the very first. */
  #goFirst(start: number, done: boolean): void {
    const first = this.#matches.findIndex(({ part, key }) => part !== this.#parts[0] || key >= start);
    if (first >= 0) this.#go(first);
    else if (done) this.#go(0);
  }

  #go(index: number): void {
    const match = this.#matches[index];
    if (!match) return;
    this.#at = index;
    match.part.go(match.key);
    this.#tell(this.#isDone, false);
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#run();
    }, PAUSE_MS);
  }

  #run(): void {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    for (const part of this.#parts) part.mark?.(new Set());
    this.#show([], -1, '');
    const start = this.#parts[0]?.at?.() ?? Number.NEGATIVE_INFINITY;
    const query = { text: this.#text.value, matchCase: this.#matchCase.on, regex: this.#regex.on };
    search(this.#parts, query, running.signal, ({ matches, done, more }) => {
      this.#matches = matches;
      this.#isDone = done && !more;
      if (query.text === '') setText(this.#count, '');
      else if (this.#at < 0) this.#goFirst(start, done);
      if (query.text !== '') this.#tell(done, more);
    }).then(
      (complaint) => {
        if (complaint !== undefined) setText(this.#count, complaint);
      },
      (error: unknown) => {
        if (!running.signal.aborted) setText(this.#count, error instanceof Error ? error.message : String(error));
      },
    );
  }

  #show(matches: readonly Match[], at: number, text: string): void {
    this.#matches = matches;
    this.#at = at;
    setText(this.#count, text);
  }

  #tell(done: boolean, more: boolean): void {
    const { length } = this.#matches;
    const part = this.#matches[this.#at]?.part.name;
    if (length === 0) setText(this.#count, done ? 'No results' : 'Searching…');
    else
      setText(
        this.#count,
        `${this.#at + 1} of ${length}${more || !done ? '+' : ''}${part === undefined ? '' : `, ${part}`}`,
      );
  }
}
