import { dropdown } from '../../controls.js';
import { element, setTitle } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { percent } from '../format.js';
import { groupMark, groupName } from '../mark.js';
import { matrixOf, type Matrix, type MatrixCell } from '../model/matrix.js';
import { toggled, withValues } from '../model/selection.js';
import type { PopulationModel } from '../populationModel.js';

const SHOWN = 14;
/** A residual at which the shade is full; beyond, more colour would say nothing more. */
const FULL = 12;
/** Below this, what stands in a cell is what chance puts there. */
const CHANCE = 3;

/** A dimension by label: where more stands than chance would put there is shaded. It is its own data table. */
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
    const matrix = matrixOf(model.count(dimension, facet), model.groups.size, SHOWN);
    place.replaceChildren(drawn(model, dimension, (code) => facet.text(code), matrix));
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
  const { groups } = model;
  const { count = 0, residual = 0, expected = 0 } = cell ?? {};
  const choose = element('button', { class: `matrix-cell colour-${groups.colour(group)}` }, count.toLocaleString('en'));
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
  choose.style.setProperty('--shade', `${Math.round((Math.min(Math.max(residual, 0), FULL) / FULL) * 100)}%`);
  choose.classList.toggle('over', residual > CHANCE);
  choose.addEventListener('click', () => {
    const chosen = withValues(model.selection.get(), dimension, { texts: [value], not: false });
    const column = groups.column;
    const already = column !== undefined && chosen.values.get(column)?.texts.join() === groups.text(group);
    model.select(
      column === undefined || !groups.single(group) || already
        ? chosen
        : toggled(chosen, column, groups.text(group), true),
    );
  });
  return element('td', {}, choose);
}
