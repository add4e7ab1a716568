import { dropdown } from '../../controls.js';
import { element, setTitle } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { percent } from '../format.js';
import { groupMark, groupName } from '../mark.js';
import { matrixOf, type Matrix, type MatrixCell } from '../model/matrix.js';
import { rateMatrixOf } from '../model/rateMatrix.js';
import type { Selection } from '../model/selection.js';
import type { PopulationModel } from '../populationModel.js';
import { CHANCE, matrixCell } from './matrixCell.js';
import { rateTable } from './rateTable.js';

const SHOWN = 14;

/**
 * A dimension by label: where more stands than chance would put there is shaded. Where it is known how much ran, these are rates, as long as
 * what is chosen does not divide what ran in ways that are not known. It is its own data table.
 */
export function matrixView(model: PopulationModel): HTMLElement {
  const place = element('div', {
    class: 'matrix-place',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Counts by label',
  });
  const head = element('div', { class: 'section-head' }, element('h2', {}, 'By label'));
  const root = element(
    'section',
    { class: 'matrix', 'aria-label': 'Values by label', 'data-testid': 'matrix' },
    head,
    place,
  );
  let choice: HTMLElement | undefined;
  let dimension: string | undefined;
  const draw = () => {
    const facet = dimension === undefined ? undefined : model.facet(dimension);
    if (dimension === undefined || !facet) {
      place.replaceChildren(emptyState('No dimensions', 'The table has no column to count by.'));
      return;
    }
    const counts = model.count(dimension, facet);
    const text = (code: number) => facet.text(code);
    const exposures = model.exposureOf(dimension);
    if (exposures && model.report.exposure && isOfWhatRan(model.selection.get(), dimension)) {
      const { size } = model.groups;
      const rates = rateMatrixOf(counts, size, (code) => exposures.get(text(code)), SHOWN);
      place.replaceChildren(rateTable(model, dimension, model.report.exposure.unit, text, rates));
      return;
    }
    place.replaceChildren(
      drawn(model, dimension, text, matrixOf(counts, model.groups.size, SHOWN)),
      ...(exposures
        ? [element('p', { class: 'empty-text' }, 'Counts: how much ran of what is chosen is not known.')]
        : []),
    );
  };
  const choose = () => {
    const names = model.columnOrder().dimensions.filter((name) => name !== model.groups.column);
    const wanted = model.view.get().matrix;
    const now =
      wanted !== undefined && names.includes(wanted)
        ? wanted
        : (names.find((name) => name !== 'kind' && name !== 'signature') ?? names[0]);
    if (now === dimension && choice) return;
    dimension = now;
    choice?.remove();
    choice = dropdown(
      { class: 'matrix-choice', position: 'below', 'aria-label': 'Dimension of the matrix' },
      names.map((value) => ({ value, label: value })),
      now ?? '',
      (matrix) => {
        model.setView({ matrix });
      },
    );
    head.append(choice);
    draw();
  };
  model.view.subscribe(choose);
  model.selection.subscribe(draw);
  return root;
}

/** What a crash was like says nothing of how much ran; where and when it was does. */
const OF_THE_CRASH = new Set(['label', 'kind', 'signature']);

function isOfWhatRan({ values, ranges, text }: Selection, dimension: string): boolean {
  const names = [...values.keys(), ...ranges.keys()];
  return text === '' && names.every((name) => name === dimension || OF_THE_CRASH.has(name));
}

function drawn(model: PopulationModel, dimension: string, text: (code: number) => string, matrix: Matrix): HTMLElement {
  const { groups } = model;
  return element(
    'table',
    { class: 'matrix-table' },
    element('caption', { class: 'visually-hidden' }, `Crashes by ${dimension} and ${groups.column ?? 'label'}`),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('th', { scope: 'col' }, dimension),
        ...groups.order.map((group) => {
          const cell = element(
            'th',
            { scope: 'col' },
            groupMark(groups, group),
            element('span', {}, groupName(groups, group)),
          );
          setTitle(cell, groupName(groups, group));
          return cell;
        }),
      ),
    ),
    element(
      'tbody',
      {},
      ...matrix.rows.map((row) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', title: text(row.code) }, text(row.code)),
          ...groups.order.map((group) => cellOf(model, dimension, text(row.code), group, row.total, row.cells[group])),
        ),
      ),
      ...(matrix.more > 0
        ? [
            element(
              'tr',
              {},
              element('th', { scope: 'row', class: 'more' }, `${matrix.more.toLocaleString('en')} more`),
              ...groups.order.map(() => element('td')),
            ),
          ]
        : []),
    ),
  );
}

function cellOf(
  model: PopulationModel,
  dimension: string,
  value: string,
  group: number,
  total: number,
  cell: MatrixCell | undefined,
): HTMLElement {
  const { count = 0, residual = 0, expected = 0 } = cell ?? {};
  const choose = matrixCell(model, dimension, value, group, count.toLocaleString('en'), residual);
  const more =
    residual > CHANCE
      ? 'more than chance would put here'
      : residual < -CHANCE
        ? 'fewer than chance would put here'
        : 'as chance would have it';
  setTitle(
    choose,
    `${count.toLocaleString('en')} of ${total.toLocaleString('en')} (${percent(count, total)}); ${expected.toFixed(1)} expected: ${more}`,
  );
  return element('td', {}, choose);
}
