import type { Annotation } from '../../../src/shared/annotations.js';
import { targetWords } from '../../../src/shared/annotations.js';
import { button } from '../../controls.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import type { CoreModel } from '../model.js';
import type { Pane } from '../../pane.js';
import { annotationLines, SIGNS } from './annotationFlag.js';

/** Everything that is written on this core, oldest first; choosing one goes to what it is on. */
export class AnnotationList extends HTMLElement {
  show(model: CoreModel, pane: Pane): void {
    const host = element('div', { class: 'note-list' });
    const note = element('p', { class: 'quiet note-hint' });
    this.append(note, host);
    const at = (index: number): Annotation | undefined => model.annotations.get().all[index];
    const list = new VirtualList(host, {
      role: 'listbox',
      label: 'Notes',
      create: () =>
        element(
          'div',
          { class: 'note-row' },
          element('span', { class: 'note-sign', 'aria-hidden': 'true' }),
          element('span', { class: 'note-where mono' }),
          element('span', { class: 'note-text' }),
        ),
      fill: (row, index) => {
        const annotation = at(index);
        const [sign, where, text] = row.children;
        if (!annotation || !sign || !where || !text) return;
        sign.className = `note-sign note-${annotation.mark}`;
        setText(sign, SIGNS[annotation.mark]);
        setText(where, shortTarget(annotation));
        setText(text, annotation.text.split('\n', 1)[0] || annotation.mark);
        setTitle(
          row,
          [targetWords(annotation.target), annotation.about ?? '', ...annotationLines([annotation])].join('\n'),
        );
      },
      onActivate: (index) => {
        const annotation = at(index);
        if (annotation) model.goToTarget(annotation.target);
      },
      onKey: (event, index) => {
        const annotation = at(index);
        if (event.key !== 'Delete' || !annotation) return false;
        model.messenger.do({ kind: 'unannotate', id: annotation.id });
        return true;
      },
    });
    const export_ = button(
      { title: 'Open verdict, stacks and notes as a Markdown document', class: 'pane-button' },
      'Write Up',
      () => {
        model.messenger.do({ kind: 'writeUp' });
      },
    );
    pane.aside.append(export_);
    model.annotations.subscribe((index) => {
      pane.setCount(index.all.length);
      list.setCount(index.all.length);
      const words = hint(index.all.length, index.ofOthers, index.problems);
      note.hidden = words === '';
      setText(note, words);
      host.hidden = index.all.length === 0;
      this.style.setProperty('--rows', String(Math.min(index.all.length, 8)));
    });
  }
}

function hint(count: number, ofOthers: number, problems: readonly string[]): string {
  const parts = [...problems];
  if (ofOthers > 0)
    parts.push(`${ofOthers} ${ofOthers === 1 ? 'note belongs' : 'notes belong'} to another core that lay here before.`);
  if (count === 0 && problems.length === 0)
    parts.push('Press A on a slot, register or frame to write what you think of it.');
  return parts.join(' ');
}

function shortTarget({ target }: Annotation): string {
  if ('slot' in target) return target.slot.replace(/^0x/, '');
  if ('register' in target) return `%${target.register}`;
  if ('frame' in target) return `frame ${target.frame}`;
  return `${target.length} B`;
}
