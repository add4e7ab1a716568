import { button } from '../controls.js';
import { element, setText, setTitle } from '../dom.js';
import { counted, day, percent } from './format.js';
import { groupMark, groupName } from './mark.js';
import type { PopulationModel } from './populationModel.js';

/** The head of the page: what this is, how much there is of it, and the labels with their colours, which choose. */
export function headline(model: PopulationModel): HTMLElement {
  const { groups, table } = model;
  const everything = model.count('', { codes: new Uint8Array(table.rows), size: 1 });
  const bar = element('div', { class: 'share-bar', 'aria-hidden': 'true' });
  const legend = element('ul', { class: 'legend', 'aria-label': groups.column ?? 'Crashes' });
  for (const code of groups.order) {
    const count = everything[code] ?? 0;
    const part = element('span', { class: `colour-${groups.colour(code)}` });
    part.style.flexGrow = String(count);
    bar.append(part);
    legend.append(element('li', {}, legendEntry(model, code, count)));
  }
  const title = element('h1', {}, counted(table.rows));
  const sub = element('p', { class: 'headline-sub' });
  const [first, last] = extent(model.time);
  setTitle(sub, model.dataset);
  setText(sub, [last >= first ? `${day(first)} to ${day(last)} UTC` : '', model.dataset].filter(Boolean).join(' · '));
  const copyLink = button({ class: 'copy-link' }, 'Copy Link', () => {
    model.copyLink();
  });
  return element(
    'header',
    { class: 'headline', 'data-testid': 'headline' },
    element('div', { class: 'headline-title' }, title, sub),
    element('div', { class: 'headline-labels' }, bar, legend),
    element('div', { class: 'headline-actions' }, copyLink),
  );
}

function legendEntry(model: PopulationModel, code: number, count: number): HTMLElement {
  const { groups, table } = model;
  const { column } = groups;
  const contents = [
    groupMark(groups, code),
    element('span', { class: 'legend-name' }, groupName(groups, code)),
    element('span', { class: 'legend-count' }, `${count.toLocaleString('en')}  ${percent(count, table.rows)}`),
  ];
  if (column === undefined || !groups.single(code)) return element('span', { class: 'legend-entry' }, ...contents);
  const text = groups.text(code);
  const entry = element('button', { class: 'legend-entry' }, ...contents);
  setTitle(entry, `Only ${column} ${text}`);
  entry.addEventListener('click', () => {
    model.toggle(column, text);
  });
  model.selection.subscribe(({ values }) => {
    entry.setAttribute('aria-pressed', String(values.get(column)?.texts.includes(text) ?? false));
  });
  return entry;
}

function extent(times: Float64Array | undefined): [number, number] {
  let first = Infinity;
  let last = -Infinity;
  for (const time of times ?? []) {
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}
