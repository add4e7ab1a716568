import { element } from '../../dom.js';
import type { PopulationModel } from '../populationModel.js';

/** The columns of the table to tick; those shown stand first, in their order. */
export function columnChoice(model: PopulationModel, shown: readonly string[]): HTMLElement {
  const others = model.table.columns.map(({ name }) => name).filter((name) => !shown.includes(name));
  return element(
    'div',
    { class: 'column-panel', role: 'group', 'aria-label': 'Columns of the list' },
    ...[...shown, ...others].map((name) => {
      const box = element('input', { type: 'checkbox' });
      box.checked = shown.includes(name);
      box.addEventListener('change', () => {
        const columns = box.checked ? [...shown, name] : shown.filter((other) => other !== name);
        model.setView({ columns: columns.length === 0 ? ['source'] : columns });
      });
      return element('label', {}, box, name);
    }),
  );
}
