import type { Finding } from '../../../src/shared/findings.js';
import { element } from '../../dom.js';
import { percent } from '../format.js';
import type { PopulationModel } from '../populationModel.js';

/** The finding at a glance: the subject's share inside, and outside, as two bars of one scale. */
export function contrast(model: PopulationModel, finding: Finding): HTMLElement {
  const { inside, outside } = finding;
  const colour = colourOf(model, finding);
  return element(
    'div',
    { class: 'contrast' },
    bar(placeOf(finding), inside.cases, inside.of, colour),
    bar('elsewhere', outside.cases, outside.of, colour),
  );
}

function bar(where: string, cases: number, of: number, colour: number): HTMLElement {
  const fill = element('span', { class: `contrast-fill colour-${colour}` });
  fill.style.width = `${of === 0 ? 0 : (cases / of) * 100}%`;
  return element(
    'div',
    { class: 'contrast-row' },
    element('span', { class: 'contrast-where' }, where),
    element('span', { class: 'contrast-bar', 'aria-hidden': 'true' }, fill),
    element('span', { class: 'contrast-count' }, `${cases.toLocaleString('en')} of ${of.toLocaleString('en')}`),
    element('span', { class: 'contrast-percent' }, percent(cases, of)),
  );
}

function placeOf({ dimension, value, question }: Finding): string {
  if (question === 'when') return 'in that time';
  if (question === 'hidden-groups') return 'in the group';
  return Array.isArray(value)
    ? value.map(String).join(', ')
    : `${typeof dimension === 'string' ? dimension : dimension.join(', ')} ${String(value)}`;
}

function colourOf({ groups }: PopulationModel, { label, kind }: Finding): number {
  const subject = groups.column === 'label' ? label : kind;
  const code = groups.order.find((one) => groups.text(one) === subject);
  return code === undefined ? 0 : groups.colour(code);
}
