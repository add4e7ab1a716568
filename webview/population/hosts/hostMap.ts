import { dropdown } from '../../controls.js';
import { element } from '../../dom.js';
import { emptyState } from '../../emptyState.js';
import { DataTable } from '../dataTable.js';
import { groupName } from '../mark.js';
import { gatheringDimension, gathered, machineDimension, placed } from '../model/places.js';
import type { PopulationModel } from '../populationModel.js';
import { SquareMap, type Block } from './squareMap.js';

const NOTHING = '(nothing)';

/** Every machine as a square, filled by its labels, gathered by where it stands: one that differs is seen at once. */
export function hostMap(model: PopulationModel): HTMLElement {
  const place = element('div', { class: 'map-place' });
  const choices = element('span', { class: 'section-actions' });
  const table = new DataTable('Map of machines', () => contents(model, machine, map));
  const root = element(
    'section',
    { class: 'hosts', 'aria-label': 'Map of machines', 'data-testid': 'hosts' },
    element('div', { class: 'section-head' }, element('h2', {}, 'Machines'), choices),
    place,
    table.place,
  );
  let machine: string | undefined;
  let within: string | undefined;
  let map: SquareMap | undefined;

  const build = () => {
    const order = model.columnOrder();
    const view = model.view.get();
    const known = (name: string | undefined) => (name !== undefined && model.facet(name) ? name : undefined);
    const nextMachine = known(view.map) ?? machineDimension(order, (name) => model.facet(name));
    const nextWithin =
      view.within === NOTHING ? undefined : (known(view.within) ?? gatheringDimension(order, nextMachine));
    if (map && nextMachine === machine && nextWithin === within) return;
    machine = nextMachine;
    within = nextWithin;
    const facet = machine === undefined ? undefined : model.facet(machine);
    if (machine === undefined || !facet) {
      place.replaceChildren(emptyState('No machines', 'No column says where a crash happened.'));
      return;
    }
    const name = machine;
    map = new SquareMap({
      label: `Map of ${name}`,
      groups: model.groups,
      blocks: blocksOf(model, name, within),
      text: (code) => facet.text(code),
      choose: (code, only) => {
        model.toggle(name, facet.text(code), only);
      },
    });
    const { more } = placed(facet);
    place.replaceChildren(
      map.root,
      ...(more > 0
        ? [element('p', { class: 'empty-text' }, `${more.toLocaleString('en')} more with fewer crashes are not drawn.`)]
        : []),
    );
    choices.replaceChildren(...dimensionChoices(model, name, within), table.toggle);
    draw();
  };
  const draw = () => {
    const facet = machine === undefined ? undefined : model.facet(machine);
    if (machine === undefined || !facet || !map) return;
    const chosen = model.selection.get().values.get(machine);
    map.show(
      model.count(machine, facet),
      (code) => (chosen?.texts.includes(facet.text(code)) ?? false) !== (chosen?.not ?? false),
    );
    table.refresh();
  };
  model.view.subscribe(build);
  model.selection.subscribe(draw);
  return root;
}

function dimensionChoices(model: PopulationModel, machine: string, within: string | undefined): HTMLElement[] {
  const names = model.columnOrder().dimensions;
  const choices = (list: readonly string[]) => list.map((value) => ({ value, label: value }));
  return [
    dropdown(
      { class: 'map-choice', position: 'below', 'aria-label': 'A square is' },
      choices([...new Set([machine, ...names])]),
      machine,
      (map) => {
        model.setView({ map });
      },
    ),
    dropdown(
      { class: 'map-choice', position: 'below', 'aria-label': 'Gathered by' },
      choices([NOTHING, ...names.filter((name) => name !== machine)]),
      within ?? NOTHING,
      (value) => {
        model.setView({ within: value });
      },
    ),
  ];
}

function blocksOf(model: PopulationModel, machine: string, within: string | undefined): Block[] {
  const facet = model.facet(machine);
  if (!facet) return [];
  const { codes } = placed(facet);
  const gathering = within === undefined ? undefined : model.facet(within);
  const homes = gathering && gathered(facet, gathering);
  if (!gathering || !homes) return [{ name: undefined, codes }];
  const blocks = new Map<number, number[]>();
  for (const code of codes) {
    const home = homes[code] ?? 0;
    const block = blocks.get(home);
    if (block) block.push(code);
    else blocks.set(home, [code]);
  }
  return [...blocks]
    .sort(([a], [b]) => (a || Infinity) - (b || Infinity))
    .map(([home, inside]) => ({ name: gathering.text(home) || 'no value', codes: inside }));
}

function contents(model: PopulationModel, machine: string | undefined, map: SquareMap | undefined) {
  const { groups } = model;
  const facet = machine === undefined ? undefined : model.facet(machine);
  const counts = map?.counts ?? new Uint32Array();
  const total = (code: number) =>
    groups.order.reduce((sum, group) => sum + (counts[code * groups.size + group] ?? 0), 0);
  const codes = facet
    ? [...Array(facet.size).keys()].filter((code) => total(code) > 0).sort((a, b) => total(b) - total(a))
    : [];
  return {
    caption: `Crashes by ${machine ?? 'machine'}, the most first`,
    head: [machine ?? 'machine', ...groups.order.map((group) => groupName(groups, group))],
    rows: codes
      .slice(0, 1000)
      .map((code) => [
        facet?.text(code) || 'no value',
        ...groups.order.map((group) => (counts[code * groups.size + group] ?? 0).toLocaleString('en')),
      ]),
    more: Math.max(0, codes.length - 1000),
  };
}
