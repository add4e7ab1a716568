import { element, setText, setTitle } from '../dom.js';
import { button } from '../controls.js';
import { clockInWords, isClockName } from './model/clock.js';
import { counted, moment, number } from './format.js';
import { EVERYTHING, isEverything, withRange, withValues, type Range, type ValueChoice } from './model/selection.js';
import type { PopulationModel } from './populationModel.js';

/** A search through a million rows takes a while: not at every letter. */
const TYPING_MS = 200;

/** What is looked at, always in view: how many rows, by which conditions, and how to take each back. */
export function selectionBar(model: PopulationModel): HTMLElement {
  const count = element('span', { class: 'selected-count', role: 'status', 'data-testid': 'selected-count' });
  const chips = element('ul', { class: 'chips', 'aria-label': 'Conditions' });
  const clear = element('button', { class: 'link' }, 'Clear all');
  clear.addEventListener('click', () => {
    model.select(EVERYTHING);
    search.focus();
  });
  const search = element('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Find in any column',
    'aria-label': 'Find in any column',
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  search.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      model.select({ ...model.selection.get(), text: search.value });
    }, TYPING_MS);
  });
  const copy = button({ class: 'copy-query' }, 'Copy as Query', () => {
    model.copy(model.query(), 'The query was copied.');
  });

  model.selection.subscribe((selection) => {
    const all = isEverything(selection);
    const shown = model.rows().length;
    setText(count, all ? `All ${counted(shown)}` : `${shown.toLocaleString('en')} of ${counted(model.table.rows)}`);
    clear.hidden = all;
    if (search.value !== selection.text && document.activeElement !== search) search.value = selection.text;
    chips.replaceChildren(
      ...[...selection.values].map(([column, choice]) => valueChip(model, column, choice)),
      ...[...selection.ranges].map(([column, range]) => rangeChip(model, column, range)),
    );
  });
  return element(
    'div',
    { class: 'selection-bar', 'data-testid': 'selection' },
    count,
    chips,
    clear,
    element('span', { class: 'selection-actions' }, search, copy),
  );
}

const SHOWN_TEXTS = 3;

function valueChip(model: PopulationModel, column: string, choice: ValueChoice): HTMLElement {
  const named = choice.texts.slice(0, SHOWN_TEXTS).map((text) => (text === '' ? 'no value' : text));
  const more = choice.texts.length - named.length;
  const is = choice.not ? 'is not' : 'is';
  const words = isClockName(column)
    ? `time of ${column === 'time..hour' ? 'day' : 'week'} ${is} ${clockInWords(column, choice.texts)}`
    : `${column} ${is} ${named.join(' or ')}${more > 0 ? ` or ${more} more` : ''}`;
  const turn = element('button', { class: 'chip-text' }, words);
  setTitle(turn, choice.not ? 'Only these instead' : 'All but these instead');
  turn.addEventListener('click', () => {
    model.select(withValues(model.selection.get(), column, { ...choice, not: !choice.not }));
  });
  return chip(turn, words, () => {
    model.select(withValues(model.selection.get(), column, undefined));
  });
}

function rangeChip(model: PopulationModel, column: string, [from, to]: Range): HTMLElement {
  const inWords = column === 'time' ? moment : number;
  const words = [
    column,
    ...(Number.isFinite(from) ? [`from ${inWords(from)}`] : []),
    ...(Number.isFinite(to) ? [`${column === 'time' ? 'to' : 'below'} ${inWords(to)}`] : []),
  ].join(' ');
  return chip(element('span', { class: 'chip-text' }, words), words, () => {
    model.select(withRange(model.selection.get(), column, undefined));
  });
}

function chip(text: HTMLElement, words: string, onRemove: () => void): HTMLElement {
  const remove = element('button', { class: 'chip-remove', 'aria-label': `Take back: ${words}` }, '×');
  remove.addEventListener('click', onRemove);
  return element('li', { class: 'chip' }, text, remove);
}
