import type { ComparedValue, CompareRow, Relation } from '../../../src/shared/queries.js';
import { element, setText, setTitle } from '../../dom.js';
import { addressDigits, parseHex, wordDigits } from '../hex.js';
import { makeMark, setMark } from '../marks.js';

/** One row of two stacks side by side: the name, what either side has, and between them how they compare. */
export class CompareRowView {
  readonly root: HTMLElement;
  readonly #name = element('span', { class: 'compare-name', role: 'rowheader' });
  readonly #left = new ValueCell('left');
  readonly #right = new ValueCell('right');
  readonly #sign = element('span', { class: 'compare-sign', role: 'gridcell' });
  readonly #signText = element('span', { 'aria-hidden': 'true' });
  readonly #signWords = element('span', { class: 'visually-hidden' });

  constructor() {
    this.#sign.append(this.#signText, this.#signWords);
    this.root = element(
      'div',
      { class: 'compare-row mono' },
      this.#name,
      this.#left.root,
      this.#sign,
      this.#right.root,
    );
  }

  show(row: CompareRow | undefined): void {
    const relation = row?.relation ?? 'equal';
    this.root.className = `compare-row mono virtual-row compare-${row?.part ?? 'slot'} relation-${relation}`;
    setText(this.#name, row === undefined ? '…' : nameOf(row));
    // What is compared of a frame is its place. Below the stack pointer is none: a sign would speak of the slots.
    const isSigned = row !== undefined && row.name !== 'below';
    setText(this.#signText, isSigned ? SIGNS[relation] : '');
    setText(this.#signWords, isSigned ? RELATION_WORDS[relation] : '');
    const isWords = row?.part === 'frame' || row?.part === 'fact';
    this.#left.show(row?.left, isWords);
    this.#right.show(row?.right, isWords);
    setTitle(this.root, row === undefined ? '' : titleOf(row));
  }
}

const SIGNS: Readonly<Record<Relation, string>> = {
  equal: '=',
  alike: '≈',
  different: '≠',
  leftOnly: '←',
  rightOnly: '→',
};

export const RELATION_WORDS: Readonly<Record<Relation, string>> = {
  equal: 'equal',
  alike: 'alike',
  different: 'different',
  leftOnly: 'on the left only',
  rightOnly: 'on the right only',
};

function nameOf({ part, name, leftFrame, rightFrame }: CompareRow): string {
  if (part !== 'frame') return part === 'slot' ? name.replace('-', '−') : name;
  if (leftFrame === undefined && rightFrame === undefined) return '';
  return leftFrame === rightFrame ? `#${leftFrame ?? ''}` : `#${leftFrame ?? '–'} #${rightFrame ?? '–'}`;
}

function titleOf(row: CompareRow): string {
  const side = (label: string, value: ComparedValue | undefined): string =>
    value === undefined ? `${label}: nothing` : `${label}: ${value.value ?? ''}  ${value.text}`.trimEnd();
  const at = (value: ComparedValue | undefined): string =>
    value?.address === undefined ? '' : `, at ${value.address}`;
  return [
    `${nameOf(row)}  ${RELATION_WORDS[row.relation]}`,
    `${side('left', row.left)}${at(row.left)}`,
    `${side('right', row.right)}${at(row.right)}`,
  ].join('\n');
}

/** What one side has. */
class ValueCell {
  readonly root: HTMLElement;
  readonly #address = element('span', { class: 'compare-address' });
  readonly #zeros = element('span', { class: 'zeros' });
  readonly #digits = element('span');
  readonly #mark = makeMark();
  readonly #text = element('span', { class: 'slot-text' });
  readonly #value: HTMLElement;

  constructor(side: 'left' | 'right') {
    this.#value = element('span', { class: 'value' }, this.#zeros, this.#digits);
    this.root = element('span', { class: `compare-value on-${side}`, role: 'gridcell' }, this.#address, this.#value);
    this.root.append(this.#mark, this.#text);
  }

  show(value: ComparedValue | undefined, isWords: boolean): void {
    const word = value?.value === undefined ? undefined : wordDigits(value.value);
    setText(this.#address, value?.address === undefined ? '' : addressDigits(parseHex(value.address) ?? 0n));
    setText(this.#zeros, isWords ? '' : (word?.zeros ?? ''));
    setText(this.#digits, isWords ? '' : (word?.digits ?? ''));
    this.#value.hidden = isWords || word === undefined;
    setMark(this.#mark, isWords ? undefined : value?.kind);
    this.#mark.toggleAttribute('hidden', isWords || value === undefined);
    setText(this.#text, value?.text ?? '');
    this.#text.className = isWords || value === undefined ? 'slot-text' : `slot-text kind-${value.kind}`;
  }
}
