import { dropdown } from '../../controls.js';
import { element } from '../../dom.js';
import type { PopulationModel } from '../populationModel.js';
import { FacetView } from './facetView.js';

/** So many are open from the start; each open one is counted at every choice. */
const OPEN = 6;
const SHOWN = 14;

/** The dimensions with their values and counts. Those that findings speak of stand first. */
export function facetList(model: PopulationModel): HTMLElement {
  const place = element('div', { class: 'facet-places' });
  const root = element(
    'section',
    { class: 'facets', 'aria-labelledby': 'facets-title', 'data-testid': 'facets' },
    element('div', { class: 'section-head' }, element('h2', { id: 'facets-title' }, 'Where and what')),
    place,
  );
  const views = new Map<string, FacetView>();
  const show = (name: string, open: boolean) => {
    const view = views.get(name) ?? new FacetView(model, name);
    views.set(name, view);
    view.setOpen(open);
    return view.root;
  };
  const { dimensions } = model.columnOrder();
  const rest = dimensions.slice(SHOWN);
  const adder = rest.length === 0 ? undefined : moreFacets(rest, (name) => adder?.before(show(name, true)));
  // The one the legend stands for already is folded.
  const roots = dimensions.slice(0, SHOWN).map((name, index) => show(name, index > 0 && index <= OPEN));
  place.append(...roots, ...(adder ? [adder] : []));
  return root;
}

function moreFacets(names: readonly string[], add: (name: string) => void): HTMLElement {
  const choices = [{ value: '', label: `${names.length} more…` }, ...names.map((value) => ({ value, label: value }))];
  return dropdown({ class: 'facet-more', position: 'below', 'aria-label': 'More dimensions' }, choices, '', (name) => {
    if (name !== '') add(name);
  });
}
