import { element, setAttributes } from '../../dom.js';
import { moment } from '../format.js';
import type { Range } from '../model/selection.js';

/** Where the brush lies now. */
export interface BrushPlace {
  /** Ends of the brush lie on these, ascending. */
  readonly borders: readonly number[];
  readonly x: (time: number) => number;
  readonly width: number;
  readonly height: number;
  readonly range: Range | undefined;
}

export interface BrushEvents {
  pick(range: Range | undefined): void;
  /** The bin below the pointer. */
  hover(bin: number | undefined): void;
}

/**
 * Chooses a time: by dragging over the plot, or with the two ends, which are sliders for the keyboard. A click on a bin chooses it; on
 * the plot outside, or Escape, everything.
 */
export class Brush {
  readonly root = element('div', { class: 'brush' });
  readonly #events: BrushEvents;
  readonly #shade = element('div', { class: 'brush-shade', hidden: '' });
  readonly #ends = [handle('From'), handle('To')] as const;
  #place: BrushPlace | undefined;
  #dragFrom: number | undefined;

  constructor(events: BrushEvents) {
    this.#events = events;
    this.root.append(this.#shade, ...this.#ends);
    this.root.addEventListener('pointerdown', (event) => {
      this.#down(event);
    });
    this.root.addEventListener('pointermove', (event) => {
      this.#move(event);
    });
    this.root.addEventListener('pointerup', () => {
      this.#dragFrom = undefined;
    });
    this.root.addEventListener('pointerleave', () => {
      events.hover(undefined);
    });
    for (const [which, end] of this.#ends.entries())
      end.addEventListener('keydown', (event) => {
        this.#onKey(event, which === 0);
      });
  }

  show(place: BrushPlace): void {
    this.#place = place;
    const { borders, range } = place;
    this.#shade.hidden = range === undefined;
    const [first, last] = [this.#border(0), this.#border(borders.length - 1)];
    const from = Math.max(range?.[0] ?? first, first);
    const to = Math.min(range?.[1] ?? last, last);
    this.#shade.style.left = `${place.x(from)}px`;
    this.#shade.style.width = `${Math.max(0, place.x(to) - place.x(from))}px`;
    this.#shade.style.height = `${place.height}px`;
    for (const [end, time] of [
      [this.#ends[0], from],
      [this.#ends[1], to],
    ] as const) {
      end.style.left = `${place.x(time)}px`;
      end.style.height = `${place.height}px`;
      setAttributes(end, {
        'aria-valuemin': '0',
        'aria-valuemax': String(borders.length - 1),
        'aria-valuenow': String(this.#nearest(time)),
        'aria-valuetext': moment(time),
      });
    }
  }

  #down(event: PointerEvent): void {
    const bin = this.#binAt(event);
    if (event.button !== 0 || bin === undefined) return;
    this.#dragFrom = bin;
    this.root.setPointerCapture(event.pointerId);
    const range = this.#place?.range;
    const same = range?.[0] === this.#border(bin) && range[1] === this.#border(bin + 1);
    this.#pick(same ? undefined : [bin, bin + 1]);
  }

  #move(event: PointerEvent): void {
    const bin = this.#binAt(event);
    this.#events.hover(bin);
    if (this.#dragFrom === undefined || bin === undefined || bin === this.#dragFrom) return;
    this.#pick([Math.min(bin, this.#dragFrom), Math.max(bin, this.#dragFrom) + 1]);
  }

  #onKey(event: KeyboardEvent, isFrom: boolean): void {
    const place = this.#place;
    if (!place || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape') this.#events.pick(undefined);
    else {
      const last = place.borders.length - 1;
      const from = this.#nearest(place.range?.[0] ?? -Infinity);
      const to = this.#nearest(place.range?.[1] ?? Infinity);
      const now = isFrom ? from : to;
      const wanted = {
        ArrowLeft: now - 1,
        ArrowDown: now - 1,
        ArrowRight: now + 1,
        ArrowUp: now + 1,
        PageDown: now - 10,
        PageUp: now + 10,
        Home: 0,
        End: last,
      }[event.key];
      if (wanted === undefined) return;
      if (isFrom) this.#pick([Math.min(Math.max(0, wanted), to - 1), to]);
      else this.#pick([from, Math.max(Math.min(last, wanted), from + 1)]);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #pick(borders: readonly [from: number, to: number] | undefined): void {
    const range: Range | undefined = borders && [this.#border(borders[0]), this.#border(borders[1])];
    const before = this.#place?.range;
    if (range?.[0] === before?.[0] && range?.[1] === before?.[1]) return;
    // All of it is no choice.
    const all = borders?.[0] === 0 && borders[1] === (this.#place?.borders.length ?? 0) - 1;
    this.#events.pick(all ? undefined : range);
  }

  #binAt(event: PointerEvent): number | undefined {
    const place = this.#place;
    if (!place) return undefined;
    const at = event.clientX - this.root.getBoundingClientRect().left;
    const [first, last] = [place.x(this.#border(0)), place.x(this.#border(place.borders.length - 1))];
    if (this.#dragFrom === undefined && (at < first || at > last)) return undefined;
    const next = place.borders.findIndex((border) => place.x(border) > at);
    return next < 0 ? place.borders.length - 2 : Math.max(0, next - 1);
  }

  #border(index: number): number {
    return this.#place?.borders[index] ?? NaN;
  }

  #nearest(time: number): number {
    const borders = this.#place?.borders ?? [];
    const index = borders.findIndex((border) => border >= time);
    return index < 0 ? borders.length - 1 : index;
  }
}

function handle(label: string): HTMLElement {
  return element('div', { class: 'brush-end', role: 'slider', tabindex: '0', 'aria-label': label });
}
