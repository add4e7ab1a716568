import { element, setAttributes, setTitle } from '../../dom.js';
import { counted } from '../format.js';
import { groupName } from '../mark.js';
import type { Groups } from '../model/groups.js';

/** Squares that stand together under one name. */
export interface Block {
  readonly name: string | undefined;
  readonly codes: readonly number[];
}

export interface SquareMapParts {
  readonly label: string;
  readonly groups: Groups;
  readonly blocks: readonly Block[];
  text(code: number): string;
  choose(code: number, only: boolean): void;
}

/** Many small squares, of which one at a time is the active one for the keyboard. */
export class SquareMap {
  readonly root: HTMLElement;
  counts: Uint32Array = new Uint32Array();
  readonly #parts: SquareMapParts;
  readonly #squares: { readonly code: number; readonly square: HTMLElement; shown: string }[] = [];
  #active = 0;

  constructor(parts: SquareMapParts) {
    this.#parts = parts;
    this.root = element('div', {
      class: 'square-map',
      role: 'listbox',
      'aria-multiselectable': 'true',
      'aria-label': parts.label,
      tabindex: '0',
    });
    for (const [number, { name, codes }] of parts.blocks.entries()) {
      const squares = element('div', { class: 'squares', role: 'presentation' });
      for (const code of codes) {
        const square = element('div', { class: 'square', role: 'option', id: `square-${mapNumber}-${code}` });
        square.dataset['index'] = String(this.#squares.length);
        this.#squares.push({ code, square, shown: '' });
        squares.append(square);
      }
      if (name === undefined) this.root.append(squares);
      else {
        const id = `block-${mapNumber}-${number}`;
        this.root.append(
          element(
            'div',
            { class: 'block', role: 'group', 'aria-labelledby': id },
            element('div', { class: 'block-name', id, role: 'presentation' }, name),
            squares,
          ),
        );
      }
    }
    mapNumber++;
    this.root.addEventListener('click', (event) => {
      const square = event.target instanceof Element ? event.target.closest<HTMLElement>('.square') : null;
      if (!square) return;
      this.#activate(Number(square.dataset['index']));
      this.#choose(!(event.ctrlKey || event.metaKey || event.shiftKey));
    });
    this.root.addEventListener('keydown', (event) => {
      this.#onKey(event);
    });
    this.root.style.setProperty('--square', `${sideOf(this.#squares.length)}px`);
    this.#activate(0);
  }

  /** Fills the squares: by the shares of the groups, fainter where there are few crashes. */
  show(counts: Uint32Array, chosen: (code: number) => boolean): void {
    this.counts = counts;
    const { groups } = this.#parts;
    let most = 1;
    for (const { code } of this.#squares) most = Math.max(most, this.#total(code));
    for (const one of this.#squares) {
      const own = groups.order.map((group) => counts[one.code * groups.size + group] ?? 0);
      const isChosen = chosen(one.code);
      const shown = `${own.join()} ${most} ${isChosen}`;
      // Of two thousand squares most stay as they are.
      if (shown === one.shown) continue;
      one.shown = shown;
      this.#fill(one.square, one.code, own, most, isChosen);
    }
  }

  #fill(square: HTMLElement, code: number, own: readonly number[], most: number, chosen: boolean): void {
    const { groups } = this.#parts;
    const total = own.reduce((sum, count) => sum + count, 0);
    const text = `${this.#parts.text(code)}: ${counted(total)}${total === 0 ? '' : `, ${own.flatMap((count, index) => (count === 0 ? [] : [`${count.toLocaleString('en')} ${groupName(groups, groups.order[index] ?? 0)}`])).join(', ')}`}`;
    setAttributes(square, { 'aria-label': text, 'aria-selected': String(chosen) });
    setTitle(square, text);
    square.classList.toggle('none', total === 0);
    let done = 0;
    const stops = own.flatMap((count, index) => {
      if (count === 0) return [];
      const from = (done / total) * 100;
      done += count;
      const colour = `var(--colour-${groups.colour(groups.order[index] ?? 0)})`;
      return [`${colour} ${from.toFixed(1)}% ${((done / total) * 100).toFixed(1)}%`];
    });
    square.style.background = total === 0 ? '' : `linear-gradient(to top, ${stops.join(', ')})`;
    square.style.opacity = total === 0 ? '' : (0.3 + 0.7 * (Math.log1p(total) / Math.log1p(most))).toFixed(2);
  }

  #total(code: number): number {
    const { size } = this.#parts.groups;
    let total = 0;
    for (let group = 0; group < size; group++) total += this.counts[code * size + group] ?? 0;
    return total;
  }

  #choose(only: boolean): void {
    const active = this.#squares[this.#active];
    if (active) this.#parts.choose(active.code, only);
  }

  #activate(index: number): void {
    this.#squares[this.#active]?.square.classList.remove('active');
    this.#active = Math.min(Math.max(0, index), this.#squares.length - 1);
    const square = this.#squares[this.#active]?.square;
    square?.classList.add('active');
    setAttributes(this.root, { 'aria-activedescendant': square?.id });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') this.#choose(!(event.ctrlKey || event.metaKey || event.shiftKey));
    else {
      const to = this.#reached(event.key);
      if (to === undefined) return;
      this.#activate(to);
      this.#squares[this.#active]?.square.scrollIntoView({ block: 'nearest' });
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** Up and down go to what is drawn above and below, however wide the map is. */
  #reached(key: string): number | undefined {
    switch (key) {
      case 'ArrowRight':
        return this.#active + 1;
      case 'ArrowLeft':
        return this.#active - 1;
      case 'Home':
        return 0;
      case 'End':
        return this.#squares.length - 1;
      case 'ArrowDown':
        return this.#across(1);
      case 'ArrowUp':
        return this.#across(-1);
      default:
        return undefined;
    }
  }

  #across(step: 1 | -1): number {
    const here = this.#squares[this.#active]?.square.getBoundingClientRect();
    if (!here) return 0;
    let best = this.#active;
    let line: number | undefined;
    for (let index = this.#active + step; index >= 0 && index < this.#squares.length; index += step) {
      const { top, left } = this.#squares[index]?.square.getBoundingClientRect() ?? here;
      if (top === here.top) continue;
      line ??= top;
      if (top !== line) break;
      best = index;
      if (step === 1 ? left >= here.left : left <= here.left) break;
    }
    return best;
  }
}

/** Few machines are drawn large, many small. */
function sideOf(squares: number): number {
  if (squares <= 80) return 24;
  return squares <= 400 ? 16 : 11;
}

let mapNumber = 1;
