import type { GroupMark, HiddenGroup } from '../../../src/shared/findings.js';
import { element } from '../../dom.js';
import { counted, day, percent } from '../format.js';

/** Marks of a group that are told: the most telling come first. */
const MOST_MARKS = 5;

/** What the groups of one label look like, side by side. */
export function groupsView(groups: readonly HiddenGroup[]): HTMLElement {
  return element('div', { class: 'groups', 'data-testid': 'groups' }, ...groups.map(groupView));
}

function groupView({ crashes, start, end, marks }: HiddenGroup, index: number): HTMLElement {
  const since = [
    ...(start === undefined ? [] : [`since ${day(Date.parse(start))}`]),
    ...(end === undefined ? [] : [`until ${day(Date.parse(end))}`]),
  ].join(' ');
  const name = String.fromCharCode(0x41 + index);
  return element(
    'div',
    { class: 'group', role: 'group', 'aria-label': `Population ${name}` },
    element('p', { class: 'group-name' }, `${name}: ${counted(crashes)} ${since}`.trim()),
    element('ul', {}, ...marks.slice(0, MOST_MARKS).map(markItem)),
  );
}

function markItem({ dimension, value, here, elsewhere }: GroupMark): HTMLElement {
  return element(
    'li',
    {},
    `${dimension} ${String(value)}: `,
    element('b', {}, percent(here, 1)),
    `, the others ${percent(elsewhere, 1)}`,
  );
}
