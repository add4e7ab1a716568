import type { SignalField } from '../../../src/shared/queries.js';
import { element } from '../../dom.js';
import { wordDigits } from '../hex.js';
import { KIND_WORDS, makeMark, setMark } from '../marks.js';
import { type Subject, wordSubject } from '../subject.js';

/** One field of a signal frame, with a sign that says whether the crash has the same. */
export function fieldRow(field: SignalField): HTMLElement {
  const { name, value, text, kind, crash, equal } = field;
  const word = wordDigits(value);
  const mark = makeMark();
  // A number that says nothing more needs no sign, and what the crash has the room.
  setMark(mark, kind === 'number' ? undefined : kind);
  const saysNothing = kind === 'number' && text === '';
  const differs = equal === false;
  return element(
    'div',
    {
      class: `register-row${differs ? ' differs' : ''}`,
      role: 'row',
      'data-field': name,
      title: titleOf(field),
    },
    element('span', { class: 'register-name', role: 'rowheader' }, name),
    element(
      'span',
      { class: 'value', role: 'gridcell' },
      element('span', { class: 'zeros' }, word.zeros),
      element('span', {}, word.digits),
    ),
    element(
      'span',
      { class: 'field-sign', role: 'gridcell' },
      element('span', { 'aria-hidden': 'true' }, equal === undefined ? '' : differs ? '≠' : '='),
      element('span', { class: 'visually-hidden' }, equal === undefined ? '' : differs ? 'different' : 'equal'),
    ),
    element(
      'span',
      { class: 'meaning', role: 'gridcell' },
      saysNothing ? undefined : mark,
      saysNothing ? undefined : element('span', { class: `slot-text kind-${kind}` }, text),
      differs ? element('span', { class: 'field-crash mono' }, `crash ${crash ?? ''}`) : undefined,
    ),
  );
}

/** What menus, copying and notes need to know of it: it is a word of the stack. */
export function fieldSubject(tid: number | undefined, field: SignalField): Subject {
  const { name, value, text, slot, kind } = field;
  const row = `${name}  ${value}  ${text}`.trimEnd();
  return {
    section: 'slot',
    row,
    about: row,
    ...(slot === undefined ? {} : { address: slot, gdb: `*(unsigned long *)${slot}` }),
    ...(slot === undefined || tid === undefined ? {} : { target: { slot, tid } }),
    ...wordSubject(value, kind),
  };
}

function titleOf({ name, value, text, kind, crash, equal, slot }: SignalField): string {
  const lines = [`${name} ${value}`];
  if (text !== '') lines.push(kind === 'number' ? text : `${KIND_WORDS[kind]}: ${text}`);
  if (slot !== undefined) lines.push(`in the slot at ${slot}`);
  if (crash !== undefined) lines.push(equal === true ? 'the same at the crash' : `at the crash: ${crash}`);
  return lines.join('\n');
}
