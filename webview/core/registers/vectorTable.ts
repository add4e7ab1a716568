import type { RegistersAnswer, VectorValue } from '../../../src/shared/queries.js';
import { dropdown } from '../../controls.js';
import { element } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { VECTOR_FORMATS, formatVector, type VectorFormat } from './vectorFormat.js';

/** Vector registers in a format of the reader's choice, sixteen bytes a line. */
export function vectorTable(answer: RegistersAnswer): HTMLElement {
  if (answer.vectors.length === 0) return emptyState('No vector registers', answer.vectorState);
  const table = element('div', { class: 'vectors', role: 'table', 'aria-label': 'Vector registers' });
  const fill = (format: VectorFormat) => {
    table.replaceChildren(...answer.vectors.flatMap((vector) => vectorRows(vector, format)));
  };
  fill(chosenFormat);
  const choice = dropdown(
    { class: 'vector-format', 'aria-label': 'Show vectors as' },
    VECTOR_FORMATS,
    chosenFormat,
    (value) => {
      const format = VECTOR_FORMATS.find((candidate) => candidate.value === value);
      if (!format) return;
      chosenFormat = format.value;
      fill(format.value);
    },
  );
  return element('div', {}, element('div', { class: 'vector-bar' }, choice), table);
}

// Kept while the page lives: moving to another frame must not change how its vectors are read.
let chosenFormat: VectorFormat = 'bytes';

function vectorRows(vector: VectorValue, format: VectorFormat): HTMLElement[] {
  const lines = vector.initial ? ['initial state: never written'] : formatVector(vector.bytes, format);
  return lines.map((line, index) =>
    element(
      'div',
      { class: `vector-row${vector.initial ? ' initial' : ''}`, role: 'row', title: `${vector.name} ${vector.bytes}` },
      element('span', { class: 'register-name', role: 'rowheader' }, index === 0 ? vector.name : `+${index * 16}`),
      element('span', { class: 'value', role: 'cell' }, line),
    ),
  );
}
