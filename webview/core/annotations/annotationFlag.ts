import type { Annotation, AnnotationMark } from '../../../src/shared/annotations.js';
import { element, setText } from '../../dom.js';

/** What a row shows of the annotations on it: the mark of the most pressing one, and its words. */
export class AnnotationFlag {
  readonly root = element('span', { class: 'note' });
  readonly #sign = element('span', { class: 'note-sign', 'aria-hidden': 'true' });
  readonly #text = element('span', { class: 'note-text' });

  constructor() {
    this.root.append(this.#sign, this.#text);
    this.root.hidden = true;
  }

  show(annotations: readonly Annotation[]): void {
    const hidden = annotations.length === 0;
    if (this.root.hidden !== hidden) this.root.hidden = hidden;
    const first = mostPressing(annotations);
    if (first === undefined) return;
    this.root.className = `note note-${first.mark}`;
    setText(this.#sign, SIGNS[first.mark]);
    setText(this.#text, annotations.map((annotation) => firstLine(annotation)).join(' · '));
  }
}

/** Signs that stand beside the colour of a mark. */
export const SIGNS: Readonly<Record<AnnotationMark, string>> = { suspicious: '⚑', explained: '✓', noted: '✎' };

/** The marks as the reader is offered them. */
export const MARK_WORDS: Readonly<Record<AnnotationMark, string>> = {
  suspicious: 'Suspicious',
  explained: 'Explained',
  noted: 'Note',
};

/** All annotations of a row as lines of a tooltip. */
export function annotationLines(annotations: readonly Annotation[]): string[] {
  return annotations.map(
    ({ mark, text, author, changed }) =>
      `${SIGNS[mark]} ${text.replace(/\s*\n\s*/g, ' / ') || mark} (${author}, ${changed.slice(0, 16).replace('T', ' ')})`,
  );
}

/** Suspicions come before everything that was said about them. */
export function mostPressing(annotations: readonly Annotation[]): Annotation | undefined {
  return annotations.find(({ mark }) => mark === 'suspicious') ?? annotations.at(-1);
}

function firstLine({ text, mark }: Annotation): string {
  return text.split('\n', 1)[0] || mark;
}
