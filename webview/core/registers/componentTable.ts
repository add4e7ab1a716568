import type { RegisterComponentRow, RegistersAnswer } from '../../../src/shared/queries.js';
import { element } from '../../dom.js';
import { wordDigits } from '../hex.js';

/**
 * The parts of the processor's extended state with their registers (x87, opmask, PKRU...): saved, in the initial state, which was never
 * written, or not saved, which is not known. Nothing where the core tells of none.
 */
export function componentTable({ components }: RegistersAnswer): HTMLElement | undefined {
  if (components.length === 0) return undefined;
  return element(
    'div',
    { class: 'components', role: 'table', 'aria-label': 'Extended state' },
    ...components.flatMap((component) => [headRow(component), ...registerRows(component)]),
  );
}

const STATE_WORDS: Readonly<Record<RegisterComponentRow['state'], string>> = {
  saved: 'saved',
  initial: 'initial state',
  'not-saved': 'not saved',
};

function headRow({ name, state, text }: RegisterComponentRow): HTMLElement {
  return element(
    'div',
    {
      class: `vector-row component-head component-${state}`,
      role: 'row',
      title: `${name}: ${STATE_WORDS[state]}${text === '' ? '' : `, ${text}`}`,
    },
    element('span', { class: 'component-name', role: 'rowheader' }, name),
    element('span', { class: 'trust', role: 'cell' }, STATE_WORDS[state]),
    element('span', { class: 'component-text', role: 'cell' }, text),
  );
}

function registerRows({ registers }: RegisterComponentRow): HTMLElement[] {
  return registers.map(({ name, value, text }) => {
    const word = wordDigits(value);
    return element(
      'div',
      {
        class: 'vector-row component-register',
        role: 'row',
        title: `${name} ${value}${text === '' ? '' : `\n${text}`}`,
      },
      element('span', { class: 'register-name', role: 'rowheader' }, name),
      element('span', { class: 'value', role: 'cell' }, `${word.zeros}${word.digits}`),
      element('span', { class: 'component-text', role: 'cell' }, text),
    );
  });
}
