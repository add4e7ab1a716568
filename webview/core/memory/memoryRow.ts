import type { Annotation } from '../../../src/shared/annotations.js';
import { element, setText, setTitle } from '../../dom.js';
import { AnnotationFlag, annotationLines } from '../annotations/annotationFlag.js';
import { addressDigits } from '../hex.js';
import { asciiOf, type MemoryRow, ROW_BYTES, spellElements } from './memoryRows.js';

/** One row of a dump. Bytes that are chosen or written on are spans of their own, so that they can be seen. */
export class MemoryRowView {
  readonly root: HTMLElement;
  readonly #address = element('span', { class: 'address' });
  readonly #hex = element('span', { class: 'memory-hex' });
  readonly #text = element('span', { class: 'memory-text' });
  readonly #flag = new AnnotationFlag();

  constructor() {
    this.root = element('div', { class: 'memory-row mono' }, this.#address, this.#hex, this.#text, this.#flag.root);
  }

  show(at: bigint, row: MemoryRow | undefined, state: MemoryRowState): void {
    const empty = row !== undefined && row.bytes.every((byte) => byte === undefined);
    this.root.classList.toggle('center', state.center);
    this.root.classList.toggle('absent', empty);
    setText(this.#address, addressDigits(at));
    if (row === undefined || empty) {
      setText(this.#hex, row === undefined ? '…' : (row.absent ?? 'not there'));
      setText(this.#text, '');
    } else {
      this.#spell(at, row, state);
    }
    this.#flag.show(state.notes);
    const title = [`0x${addressDigits(at)}`, row?.absent ?? '', ...annotationLines(state.notes)];
    setTitle(this.root, title.filter((line) => line !== '').join('\n'));
  }

  #spell(at: bigint, row: MemoryRow, { size, isChosen, isNoted }: MemoryRowState): void {
    const classOf = (offset: number): string =>
      `${isChosen(at + BigInt(offset)) ? 'chosen ' : ''}${isNoted(at + BigInt(offset)) ? 'noted' : ''}`.trim();
    const elements = spellElements(row, size);
    // What stands between two elements is of their class where they are of one.
    const digits = elements.flatMap((text, i) => {
      const className = classOf(i * size);
      if (i === 0) return [{ text, className }];
      const gap = i === elements.length / 2 ? '  ' : ' ';
      return [
        { text: gap, className: className === classOf((i - 1) * size) ? className : '' },
        { text, className },
      ];
    });
    fillRuns(this.#hex, digits);
    const ascii = asciiOf(row);
    fillRuns(
      this.#text,
      Array.from({ length: ROW_BYTES }, (_, i) => ({ text: ascii[i] ?? '', className: classOf(i) })),
    );
  }

  /** The byte of the row that is drawn at a point; undefined beside the digits. */
  byteAt(x: number, y: number, size: number): number | undefined {
    const inText = within(this.#text, x);
    const cell = inText ? this.#text : within(this.#hex, x) ? this.#hex : undefined;
    if (!cell || this.root.classList.contains('absent')) return undefined;
    const box = cell.getBoundingClientRect();
    if (y < box.top || y > box.bottom) return undefined;
    // All characters are equally wide here.
    const length = cell.textContent.length;
    const character = Math.min(length - 1, Math.floor(((x - box.left) / box.width) * length));
    if (inText) return Math.min(ROW_BYTES - 1, character);
    const before = cell.textContent.slice(0, character + 1).replace(/ +$/, '');
    const ordinal = before.split(/ +/).length - 1;
    return Math.min(ROW_BYTES - size, ordinal * size);
  }
}

/** What the view knows of a row. */
export interface MemoryRowState {
  /** It holds the address that was gone to. */
  readonly center: boolean;
  /** Bytes of one element. */
  readonly size: number;
  readonly notes: readonly Annotation[];
  readonly isChosen: (address: bigint) => boolean;
  readonly isNoted: (address: bigint) => boolean;
}

function within(cell: HTMLElement, x: number): boolean {
  const { left, right } = cell.getBoundingClientRect();
  return x >= left && x < right;
}

/** Fills a cell with runs of one class each; plain text where there is only one without. */
function fillRuns(cell: HTMLElement, parts: readonly { readonly text: string; readonly className: string }[]): void {
  if (parts.every(({ className }) => className === '')) {
    setText(cell, parts.map(({ text }) => text).join(''));
    return;
  }
  const runs: { text: string; className: string }[] = [];
  for (const { text, className } of parts) {
    const last = runs.at(-1);
    if (last?.className === className) last.text += text;
    else runs.push({ text, className });
  }
  cell.replaceChildren(...runs.map(({ text, className }) => element('span', { class: className }, text)));
}
