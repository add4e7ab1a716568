import { element, type Child } from './dom.js';

/** What a part of the page shows instead of contents: what is not there, and what can be done about it. */
export function emptyState(title: string, text?: string, advice?: string): HTMLElement {
  const more = advice === undefined ? [] : [element('p', { class: 'empty-text' }, advice)];
  return stateOf(element('p', { class: 'empty-title' }, title), text, ...more);
}

/** The same for a page that has nothing else to show; `more` are the things to do. */
export function emptyPage(title: string, text: string, ...more: readonly Child[]): HTMLElement {
  return element('div', { class: 'whole' }, stateOf(element('h1', { class: 'empty-title' }, title), text, ...more));
}

function stateOf(title: HTMLElement, text: string | undefined, ...more: readonly Child[]): HTMLElement {
  return element(
    'div',
    { class: 'empty' },
    title,
    text === undefined ? undefined : element('p', { class: 'empty-text' }, text),
    ...more,
  );
}
