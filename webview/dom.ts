import { printable } from './printable.js';

/**
 * Makes an element with attributes and children. Strings become text nodes after `printable`: nothing that comes from a core ever
 * passes through HTML. `undefined` attributes and children are left out.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  append(made, children);
  return made;
}

export type Attributes = Readonly<Record<string, string | undefined>>;
export type Child = Node | string | undefined;

/** Sets or, where undefined, removes each attribute. */
export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) target.removeAttribute(key);
    else if (key === 'title') setTitle(target, value);
    else target.setAttribute(key, printable(value));
  }
}

/** Sets a tooltip, whose lines stay lines. */
export function setTitle(target: Element, text: string): void {
  const shown = text.split('\n').map(printable).join('\n');
  if (target.getAttribute('title') !== shown) target.setAttribute('title', shown);
}

/** Appends nodes and strings, strings as printable text. */
export function append(target: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined) continue;
    target.append(typeof child === 'string' ? printable(child) : child);
  }
}

/** Replaces the text of an element; writes only what differs, since rows are refilled on every scroll. */
export function setText(target: Element, text: string): void {
  const shown = printable(text);
  if (target.textContent !== shown) target.textContent = shown;
}
