import type { FrameRow } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { AnnotationFlag, annotationLines } from '../annotations/annotationFlag.js';
import { addressKey } from '../hex.js';
import { physicalIndex, type CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import { frameSubject } from '../subject.js';
import { frameName, framePlace } from './frameWords.js';
import { setTrust } from './trust.js';

/** The call stack, innermost first; choosing a frame shows its registers and its slots, a second click its source. */
export class FrameList extends HTMLElement {
  show(model: CoreModel): void {
    const frameAt = (index: number): FrameRow | undefined => model.frames.get()?.items[index];
    const flags = new WeakMap<HTMLElement, AnnotationFlag>();
    const physicalAt = (index: number): number => physicalIndex(model.frames.get()?.items ?? [], index);
    const list: VirtualList = new VirtualList(this, {
      ...commandedRows(
        model,
        (index) => {
          const [frame, tid] = [frameAt(index), model.thread.get()];
          return frame && tid !== undefined ? frameSubject(tid, physicalAt(index), frame) : undefined;
        },
        (index) => list.rowAt(index),
      ),
      role: 'listbox',
      label: 'Call stack',
      create: () => {
        const flag = new AnnotationFlag();
        const row = element(
          'div',
          { class: 'frame-row' },
          element('span', { class: 'frame-number mono' }),
          element('span', { class: 'frame-name mono' }),
          element('span', { class: 'frame-place' }),
          element('span', { class: 'trust' }),
          flag.root,
        );
        flags.set(row, flag);
        return row;
      },
      fill: (row, index) => {
        const frame = frameAt(index);
        const [number, name, place, trust] = row.children;
        if (!number || !name || !place || !trust) return;
        row.classList.toggle('cut', frame === undefined);
        if (!frame) {
          fillCut(row, cutWords(model));
          return;
        }
        const { lit } = model;
        row.classList.toggle('selected', index === model.frame.get());
        row.classList.toggle('inlined', frame.inlined === true);
        row.classList.toggle('lit', lit.get().frames.has(index) || lit.get().instructions.has(addressKey(frame.pc)));
        const notes = model.annotations.get().onFrame(model.thread.get(), physicalAt(index), frame);
        flags.get(row)?.show(notes);
        setText(number, frame.inlined === true ? '' : String(physicalAt(index)));
        setText(name, frameName(frame));
        setText(place, framePlace(frame));
        setTrust(trust, frame.trust);
        setTitle(row, [frameTitle(frame, model.frames.get()?.rejected[index]), ...annotationLines(notes)].join('\n'));
      },
      onActivate: (index) => {
        const frame = frameAt(index);
        if (!frame) return;
        const again = index === model.frame.get();
        model.chooseFrame(index);
        model.showFrame(index);
        if (again && frame.file !== undefined && frame.line !== undefined) {
          model.messenger.do({ kind: 'openSource', file: frame.file, line: frame.line });
        }
      },
    });
    model.frames.subscribe((page) => {
      const listed = page?.items.length ?? 0;
      this.style.setProperty('--number-width', `${Math.max(2, String(physicalAt(listed - 1)).length)}ch`);
      list.setCount(listed + (page !== undefined && page.total > listed ? 1 : 0));
      list.setActive(model.frame.get());
    });
    model.frame.subscribe((index) => {
      list.setActive(index);
      list.reveal(index);
      list.refresh();
    });
    for (const cell of [model.lit, model.annotations]) {
      cell.subscribe(() => {
        list.refresh();
      });
    }
  }
}

/** What a stack too deep to be listed says in its last row. */
function cutWords(model: CoreModel): string {
  const page = model.frames.get();
  return page === undefined ? '' : `${page.total - page.items.length} further frames are not listed`;
}

function fillCut(row: HTMLElement, words: string): void {
  const [number, name, place, trust, note] = row.children;
  for (const cell of [number, place, trust]) if (cell) setText(cell, '');
  if (trust) trust.className = 'trust-none';
  if (note instanceof HTMLElement) note.hidden = true;
  if (name) setText(name, words);
  row.classList.remove('selected', 'inlined', 'lit');
  setTitle(row, words);
}

function frameTitle(frame: FrameRow, rejected: readonly string[] | undefined): string {
  const lines = [
    `${frameName(frame)}${frame.offset === undefined || frame.function === undefined ? '' : `+${frame.offset}`}`,
  ];
  lines.push(`pc ${frame.pc}${frame.cfa === undefined ? '' : `, CFA ${frame.cfa}`}`);
  if (frame.file !== undefined) lines.push(`${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`);
  if (frame.module !== undefined) lines.push(frame.module);
  if (frame.inlined === true) lines.push('inline, part of the frame below');
  if (frame.tailCallers !== undefined)
    lines.push(`tail call from ${frame.tailCallers.join(', from ')}: no frame is left of it`);
  lines.push(`found by ${frame.trust}`);
  for (const reason of rejected ?? []) lines.push(`not by a stronger rule: ${reason}`);
  return lines.join('\n');
}
