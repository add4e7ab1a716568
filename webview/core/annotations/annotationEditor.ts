import {
  ANNOTATION_MARKS,
  type Annotation,
  type AnnotationDraft,
  type AnnotationMark,
  type AnnotationTarget,
  LONGEST_TEXT,
  targetWords,
} from '../../../src/shared/annotations.js';
import { button, radioGroup, textArea } from '../../controls.js';
import { element } from '../../dom.js';
import { MARK_WORDS, SIGNS } from './annotationFlag.js';

/** What is annotated, and where on the page it stands. */
export interface AnnotationSubject {
  readonly target: AnnotationTarget;
  readonly about?: string;
  /** The annotation to be reworded, where there is one. */
  readonly existing?: Annotation;
  /** Beside which the editor opens. */
  readonly beside: DOMRect;
}

/**
 * Opens the small form in which an annotation is written: mark, text, Enter to keep it, Escape to leave everything as it was. One at a
 * time; the focus returns to where it came from.
 */
export function openAnnotationEditor(page: HTMLElement, subject: AnnotationSubject, actions: EditorActions): void {
  for (const open of page.querySelectorAll('.note-editor')) open.remove();
  const before = document.activeElement;
  const { existing, target } = subject;
  let mark: AnnotationMark = existing?.mark ?? 'suspicious';
  const text = textArea({
    'aria-label': 'Text',
    placeholder: 'Why?',
    class: 'note-words',
    maxlength: String(LONGEST_TEXT),
  });
  text.value = existing?.text ?? '';
  const form = element('div', {
    class: 'note-editor',
    role: 'dialog',
    'aria-modal': 'true',
    'aria-label': `Note on ${targetWords(target)}`,
    'data-testid': 'note-editor',
  });
  const close = () => {
    form.remove();
    if (before instanceof HTMLElement) before.focus();
  };
  const save = () => {
    const draft = { target, mark, text: text.value.trim() };
    actions.write({
      ...draft,
      ...(existing === undefined ? {} : { id: existing.id }),
      ...(subject.about === undefined ? {} : { about: subject.about }),
    });
    close();
  };
  const choices = ANNOTATION_MARKS.map((value) => ({ value, label: `${SIGNS[value]} ${MARK_WORDS[value]}` }));
  form.append(
    element('div', { class: 'note-title' }, targetWords(target)),
    radioGroup({ 'aria-label': 'Mark' }, choices, mark, (value) => {
      mark = ANNOTATION_MARKS.find((known) => known === value) ?? mark;
    }),
    text.element,
    element(
      'div',
      { class: 'note-buttons' },
      button({ title: 'Keep it (Enter)' }, 'Save', save, true),
      button({ title: 'Leave everything as it was (Escape)' }, 'Cancel', close),
      existing === undefined
        ? undefined
        : button({ class: 'note-delete' }, 'Delete', () => {
            actions.remove(existing.id);
            close();
          }),
    ),
  );
  form.addEventListener('keydown', (event) => {
    // No key may reach the page below, or the workbench.
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && isWriting(event.target)) {
      event.preventDefault();
      save();
    } else if (event.key === 'Tab') keepFocus(form, event);
  });
  page.append(form);
  place(form, subject.beside);
  text.focus();
}

/** What the form does. */
export interface EditorActions {
  write(draft: AnnotationDraft): void;
  remove(id: string): void;
}

/** Enter on a button or a mark means that button or mark. */
function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.tagName === 'VSCODE-TEXT-AREA';
}

function keepFocus(form: HTMLElement, event: KeyboardEvent): void {
  const stops = [...form.querySelectorAll<HTMLElement>('vscode-radio-group, vscode-text-area, vscode-button')];
  const inside = stops.findIndex((stop) => stop.contains(document.activeElement));
  const next = stops[(inside + (event.shiftKey ? stops.length - 1 : 1)) % stops.length];
  event.preventDefault();
  (next?.querySelector<HTMLElement>('[tabindex="0"]') ?? next)?.focus();
}

/** Below what it is about, or above where there is no room; wholly on the page. */
function place(form: HTMLElement, beside: DOMRect): void {
  const { width, height } = form.getBoundingClientRect();
  const room = document.documentElement;
  const below = beside.bottom + 2;
  const top = below + height <= room.clientHeight ? below : Math.max(0, beside.top - height - 2);
  const left = Math.max(0, Math.min(beside.left + 24, room.clientWidth - width - 8));
  form.style.top = `${top}px`;
  form.style.left = `${left}px`;
}
