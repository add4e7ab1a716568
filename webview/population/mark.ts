import { element } from '../dom.js';
import type { Groups } from './model/groups.js';

/** A shape for each colour, so that no group is told by its colour alone. */
const SHAPES = ['■', '●', '▲', '◆', '▼', '★', '✚'];

/** The mark of a group, for legends and rows; its name stands beside it. */
export function groupMark(groups: Groups, code: number): HTMLElement {
  const colour = groups.colour(code);
  return element('span', { class: `group-mark colour-${colour}`, 'aria-hidden': 'true' }, SHAPES[colour] ?? '■');
}

/** What a group is called; rows without any have a name too. */
export function groupName(groups: Groups, code: number): string {
  return groups.text(code) || `no ${groups.column ?? 'label'}`;
}
