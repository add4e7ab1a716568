/**
 * Keeps the keyboard where the reader was. A browser forgets which element of a page has the focus as soon as another document takes it
 * (HTML, "focus update steps"; Chromium's FocusController clears the element of the old document), and an editor that gives the focus back
 * gives it to the page as a whole. The same happens where the element is replaced, as by the stack of another thread.
 *
 * @param root all that may be focused, whose contents may be replaced at any time
 */
export function keepFocus(root: HTMLElement): void {
  let last: Place | undefined;
  const giveBack = (): void => {
    if (last === undefined || document.activeElement !== document.body) return;
    // The row that was chosen may have moved meanwhile, but the reader did not ask to be moved.
    find(last, root)?.focus({ preventScroll: true });
  };
  root.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) last = { element: target, home: homeOf(target, root) };
  });
  window.addEventListener('focus', giveBack);
  new MutationObserver(() => {
    // Somebody else's turn at the keyboard is not taken from him, and a reader who has clicked beside everything has left.
    if (last?.element.isConnected === false && document.hasFocus()) giveBack();
  }).observe(root, { childList: true, subtree: true });
}

/** Where the focus was: the element, and the name of the part of the page it was in, which outlives it. */
interface Place {
  readonly element: HTMLElement;
  readonly home: string | undefined;
}

function find({ element, home }: Place, root: HTMLElement): HTMLElement | undefined {
  if (element.isConnected) return element;
  const part = home === undefined ? undefined : root.querySelector<HTMLElement>(home);
  if (!part || part.tabIndex >= 0) return part ?? undefined;
  return part.querySelector<HTMLElement>('[tabindex="0"]') ?? undefined;
}

/** The name of the innermost custom element around `element` that is the page's own part of it. */
function homeOf(element: HTMLElement, root: HTMLElement): string | undefined {
  for (let at: Element | null = element; at !== null && at !== root; at = at.parentElement)
    if (at.localName.startsWith('redzone-')) return at.localName;
  return undefined;
}
