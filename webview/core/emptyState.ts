import { element, type Child } from '../dom.js';

/** What a part of the page shows instead of contents: what is not there, and what can be done about it. */
export function emptyState(title: string, text?: string, ...more: readonly Child[]): HTMLElement {
  return element(
    'div',
    { class: 'empty' },
    element('p', { class: 'empty-title' }, title),
    text === undefined ? undefined : element('p', { class: 'empty-text' }, text),
    ...more,
  );
}
