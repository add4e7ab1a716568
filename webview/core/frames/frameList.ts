import type { FrameRow } from '../../../src/shared/report.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { addressKey, baseName } from '../hex.js';
import { physicalIndex, type CoreModel } from '../model.js';
import { setTrust } from './trust.js';

/** The call stack, innermost first; choosing a frame shows its registers and its slots, a second click its source. */
export class FrameList extends HTMLElement {
  show(model: CoreModel): void {
    const frameAt = (index: number): FrameRow | undefined => model.frames.get()?.items[index];
    const list = new VirtualList(this, {
      role: 'listbox',
      label: 'Call stack',
      create: () =>
        element(
          'div',
          { class: 'frame-row' },
          element('span', { class: 'frame-number mono' }),
          element('span', { class: 'frame-name mono' }),
          element('span', { class: 'frame-place' }),
          element('span', { class: 'trust' }),
        ),
      fill: (row, index) => {
        const frame = frameAt(index);
        const [number, name, place, trust] = row.children;
        if (!frame || !number || !name || !place || !trust) return;
        const { lit } = model;
        row.classList.toggle('selected', index === model.frame.get());
        row.classList.toggle('inlined', frame.inlined === true);
        row.classList.toggle('lit', lit.get().frames.has(index) || lit.get().instructions.has(addressKey(frame.pc)));
        setText(number, frame.inlined === true ? '' : String(physicalIndex(model.frames.get()?.items ?? [], index)));
        setText(name, frameName(frame));
        setText(place, framePlace(frame));
        setTrust(trust, frame.trust);
        setTitle(row, frameTitle(frame, model.frames.get()?.rejected[index]));
      },
      onActivate: (index) => {
        const frame = frameAt(index);
        if (!frame) return;
        const again = index === model.frame.get();
        model.selectFrame(index);
        if (again && frame.file !== undefined && frame.line !== undefined) {
          model.messenger.do({ kind: 'openSource', file: frame.file, line: frame.line });
        }
        const start = index === 0 ? undefined : frameAt(index - 1)?.cfa;
        if (start !== undefined) model.wanted.set({ address: start });
      },
    });
    model.frames.subscribe((page) => {
      list.setCount(page?.items.length ?? 0);
      list.setActive(model.frame.get());
    });
    model.frame.subscribe((index) => {
      list.setActive(index);
      list.reveal(index);
      list.refresh();
    });
    model.lit.subscribe(() => {
      list.refresh();
    });
  }
}

/** The function, or why there is none. */
export function frameName(frame: FrameRow): string {
  if (frame.function !== undefined) return frame.function;
  if (/^0x0+$/.test(frame.pc)) return '(no code at 0)';
  return frame.module === undefined ? frame.pc : `${baseName(frame.module)}+${frame.offset ?? '?'}`;
}

/** `file:line` where known, else the module. */
export function framePlace(frame: FrameRow): string {
  if (frame.file !== undefined) return `${baseName(frame.file)}${frame.line === undefined ? '' : `:${frame.line}`}`;
  return frame.function !== undefined && frame.module !== undefined ? baseName(frame.module) : '';
}

function frameTitle(frame: FrameRow, rejected: readonly string[] | undefined): string {
  const lines = [
    `${frameName(frame)}${frame.offset === undefined || frame.function === undefined ? '' : `+${frame.offset}`}`,
  ];
  lines.push(`pc ${frame.pc}${frame.cfa === undefined ? '' : `, CFA ${frame.cfa}`}`);
  if (frame.file !== undefined) lines.push(`${frame.file}${frame.line === undefined ? '' : `:${frame.line}`}`);
  if (frame.module !== undefined) lines.push(frame.module);
  if (frame.inlined === true) lines.push('inline, part of the frame below');
  lines.push(`found by ${frame.trust}`);
  for (const reason of rejected ?? []) lines.push(`not by a stronger rule: ${reason}`);
  return lines.join('\n');
}
