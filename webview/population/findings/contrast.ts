import type { Finding, Rate, Rates } from '../../../src/shared/findings.js';
import { element } from '../../dom.js';
import { amount, percent } from '../format.js';
import type { PopulationModel } from '../populationModel.js';
import { subjectColour } from './subjectColour.js';

/**
 * The finding at a glance, inside and outside as two bars of one scale: crashes for how much ran, where that is known, otherwise the
 * subject's share of the crashes.
 */
export function contrast(model: PopulationModel, finding: Finding): HTMLElement {
  const { inside, outside, rates } = finding;
  const colour = subjectColour(model, finding);
  const drawn = ({ where, part, count, figure }: Bar) => bar(where, part, colour, count, figure);
  const bars =
    rates === undefined
      ? [shareBar(placeOf(finding), inside), shareBar('elsewhere', outside)]
      : rateBars(placeOf(finding), rates);
  return element('div', { class: 'contrast' }, ...bars.map(drawn));
}

interface Bar {
  readonly where: string;
  /** 0 to 1, of the whole length. */
  readonly part: number;
  readonly count: string;
  readonly figure: string;
}

function shareBar(where: string, { cases, of }: Finding['inside']): Bar {
  return {
    where,
    part: of === 0 ? 0 : cases / of,
    count: `${cases.toLocaleString('en')} of ${of.toLocaleString('en')}`,
    figure: percent(cases, of),
  };
}

/** The longer bar is the higher rate. */
function rateBars(where: string, { inside, outside }: Rates): Bar[] {
  const rateOf = ({ crashes, exposure }: Rate) => (exposure > 0 ? crashes / exposure : 0);
  const most = Math.max(rateOf(inside), rateOf(outside));
  // Per so many units that the higher rate is a number above 1.
  const scale = most > 0 ? 10 ** Math.max(0, Math.ceil(-Math.log10(most))) : 1;
  const barOf = (place: string, rate: Rate) => ({
    where: place,
    part: most > 0 ? rateOf(rate) / most : 0,
    count: `${rate.crashes.toLocaleString('en')} in ${amount(rate.exposure)}`,
    figure: `${amount(rateOf(rate) * scale)} per ${scale.toLocaleString('en')}`,
  });
  return [barOf(where, inside), barOf('elsewhere', outside)];
}

function bar(where: string, part: number, colour: number, count: string, figure: string): HTMLElement {
  const fill = element('span', { class: `contrast-fill colour-${colour}` });
  fill.style.width = `${part * 100}%`;
  return element(
    'div',
    { class: 'contrast-row' },
    element('span', { class: 'contrast-where' }, where),
    element('span', { class: 'contrast-bar', 'aria-hidden': 'true' }, fill),
    element('span', { class: 'contrast-count' }, count),
    element('span', { class: 'contrast-figure' }, figure),
  );
}

function placeOf({ dimension, value, question }: Finding): string {
  if (question === 'when') return 'in that time';
  if (question === 'hidden-groups') return 'in group A';
  return Array.isArray(value)
    ? value.map(String).join(', ')
    : `${typeof dimension === 'string' ? dimension : dimension.join(', ')} ${String(value)}`;
}
