import { element } from '../../dom.js';
import { toggled, withValues } from '../model/selection.js';
import type { PopulationModel } from '../populationModel.js';

/** A residual at which the shade is full; beyond, more colour would say nothing more. */
const FULL = 12;
/** Below this, what stands in a cell is what chance puts there. */
export const CHANCE = 3;

/** A cell of value and label: shaded by how far it is above chance, and a button that chooses its crashes. */
export function matrixCell(
  model: PopulationModel,
  dimension: string,
  value: string,
  group: number,
  text: string,
  residual: number,
): HTMLElement {
  const { groups } = model;
  const choose = element('button', { class: `matrix-cell colour-${groups.colour(group)}` }, text);
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
  return choose;
}
