import { element, setTitle } from '../../dom.js';
import { amount } from '../format.js';
import { groupMark, groupName } from '../mark.js';
import type { RateCell, RateMatrix, RateRow } from '../model/rateMatrix.js';
import type { PopulationModel } from '../populationModel.js';
import { CHANCE, matrixCell } from './matrixCell.js';

/** Rates by value and label, with what they are rates of. It is its own data table. */
export function rateTable(
  model: PopulationModel,
  dimension: string,
  unit: string,
  text: (code: number) => string,
  { rows, more, per }: RateMatrix,
): HTMLElement {
  const { groups } = model;
  const head = [dimension, unit];
  return element(
    'table',
    { class: 'matrix-table' },
    element('caption', { class: 'matrix-caption' }, `Crashes per ${per.toLocaleString('en')} ${unit}`),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        ...head.map((name) => element('th', { scope: 'col', title: name }, name)),
        ...groups.order.map((group) => {
          const name = groupName(groups, group);
          return element('th', { scope: 'col', title: name }, groupMark(groups, group), element('span', {}, name));
        }),
      ),
    ),
    element(
      'tbody',
      {},
      ...rows.map((row) => lineOf(model, dimension, unit, text(row.code), row, per)),
      ...(more > 0
        ? [
            element(
              'tr',
              {},
              element('th', { scope: 'row', class: 'more' }, `${more.toLocaleString('en')} more`),
              element('td'),
              ...groups.order.map(() => element('td')),
            ),
          ]
        : []),
    ),
  );
}

function lineOf(
  model: PopulationModel,
  dimension: string,
  unit: string,
  value: string,
  { exposure, cells }: RateRow,
  per: number,
): HTMLElement {
  return element(
    'tr',
    {},
    element('th', { scope: 'row', title: value }, value),
    element('td', { class: 'matrix-exposure' }, amount(exposure)),
    ...model.groups.order.map((group) => {
      const cell = cells[group];
      const button = matrixCell(model, dimension, value, group, amount((cell?.rate ?? 0) * per), cell?.residual ?? 0);
      if (cell) setTitle(button, inWords(cell, exposure, unit));
      return element('td', {}, button);
    }),
  );
}

function inWords({ count, expected, residual }: RateCell, exposure: number, unit: string): string {
  const more =
    residual > CHANCE
      ? 'more than chance would make'
      : residual < -CHANCE
        ? 'fewer than chance would make'
        : 'as chance would have it';
  return `${count.toLocaleString('en')} in ${amount(exposure)} ${unit}; ${expected.toFixed(1)} at the rate of all: ${more}`;
}
