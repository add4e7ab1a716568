import type { DisassemblyAnswer, InstructionRow } from '../../../src/shared/queries.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { AnnotationFlag, annotationLines } from '../annotations/annotationFlag.js';
import { AddressField } from '../dock/addressField.js';
import { addressDigits, baseName, parseHex } from '../hex.js';
import { type CoreModel, sentence } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import type { Subject } from '../subject.js';

/** Instructions before and after the address that is asked for. */
const BEFORE = 120;
const COUNT = 280;

/** Instructions around an address. While it is in view it follows the frame that is chosen, and says what its instruction accesses. */
export class CodeView extends HTMLElement {
  #items: readonly InstructionRow[] = [];
  #run = 0;
  #shown: string | undefined;

  show(model: CoreModel, options: { isOpen(): boolean; onShow(): void }): void {
    const field = new AddressField(model, (address) => {
      model.codeAt.set({ address });
    });
    const host = element('div', { class: 'code-list' });
    const hint = element('p', { class: 'quiet dock-hint' });
    this.append(element('div', { class: 'dock-bar' }, field.root), hint, host);
    const flags = new WeakMap<HTMLElement, AnnotationFlag>();
    const list: VirtualList = new VirtualList(host, {
      role: 'listbox',
      label: 'Disassembly',
      ...commandedRows(
        model,
        (index) => this.#subject(index),
        (index) => list.rowAt(index),
      ),
      create: () => {
        const flag = new AnnotationFlag();
        const row = element(
          'div',
          { class: 'code-row mono' },
          element('span', { class: 'code-mark', 'aria-hidden': 'true' }),
          element('span', { class: 'address' }),
          element('span', { class: 'code-place' }),
          element('span', { class: 'code-text' }),
          element('span', { class: 'code-effect' }),
          flag.root,
        );
        flags.set(row, flag);
        return row;
      },
      fill: (row, index) => {
        const item = this.#items[index];
        const [mark, address, place, text, effect] = row.children;
        if (!item || !mark || !address || !place || !text || !effect) return;
        row.classList.toggle('current', item.current === true);
        row.classList.toggle('absent', item.kind !== 'instruction');
        setText(mark, item.current === true ? '►' : '');
        setText(address, addressDigits(parseHex(item.address) ?? 0n));
        setText(place, placeOf(item, this.#items[index - 1]));
        setText(text, item.text);
        setText(effect, effectOf(item));
        const notes = model.annotations.get().within(BigInt(item.address), Math.max(1, item.length));
        flags.get(row)?.show(notes);
        setTitle(row, [titleOf(item), ...annotationLines(notes)].join('\n'));
      },
      onActivate: (index, event) => {
        if (event instanceof MouseEvent && event.detail < 2) return;
        const item = this.#items[index];
        const accessed = item?.effective?.[0]?.address;
        if (accessed !== undefined) model.goTo(accessed);
        else if (item?.file !== undefined && item.line !== undefined)
          model.messenger.do({ kind: 'openSource', file: item.file, line: item.line });
      },
    });
    const load = (address: string) => {
      this.#shown = address;
      field.address = address;
      const tid = model.thread.get();
      const hypothesis = model.hypothesis.get();
      const frame = model.physicalFrame(model.frame.get());
      const run = ++this.#run;
      model.messenger
        .ask('disassemble', {
          address,
          before: BEFORE,
          count: COUNT,
          ...(tid === undefined ? {} : { tid, frame, ...(hypothesis === undefined ? {} : { hypothesis }) }),
        })
        .then(
          (answer) => {
            if (run === this.#run) fill(answer);
          },
          (error: unknown) => {
            if (run === this.#run) fill({ items: [], at: 0, reason: sentence(error) });
          },
        );
    };
    const fill = ({ items, at, reason }: DisassemblyAnswer) => {
      this.#items = items;
      hint.hidden = items.length > 0;
      host.hidden = items.length === 0;
      setText(hint, items.length > 0 ? '' : (reason ?? 'There is no code at this address.'));
      list.setCount(items.length);
      if (at >= items.length) return;
      list.reveal(at, 'middle');
      list.setActive(at);
      list.refresh();
    };
    model.annotations.subscribe(() => {
      list.refresh();
    });
    model.codeAt.subscribe((wanted) => {
      if (wanted === undefined) return;
      options.onShow();
      load(wanted.address);
    });
    this.follow = () => {
      const pc = model.frames.get()?.items[model.frame.get()]?.pc;
      if (options.isOpen() && pc !== undefined) load(pc);
    };
    for (const cell of [model.frame, model.frames])
      cell.subscribe(() => {
        this.follow();
      });
  }

  /** Shows the code of the frame that is chosen, unless it is out of view. */
  follow: () => void = () => undefined;

  /** Comes into view: with what was wanted last, else with the chosen frame. */
  appear(): void {
    if (this.#shown === undefined) this.follow();
  }

  #subject(index: number): Subject | undefined {
    const item = this.#items[index];
    if (item === undefined) return undefined;
    const row = `${item.address}  ${placeOf(item, undefined)}  ${item.text}  ${effectOf(item)}`.trimEnd();
    const accessed = item.effective?.[0]?.address;
    return {
      section: 'code',
      row,
      address: item.address,
      value: item.text,
      gdb: `x/i ${item.address}`,
      target: { range: item.address, length: Math.max(1, item.length) },
      about: row,
      ...(accessed === undefined ? {} : { follow: { address: accessed, code: false } }),
      ...(item.file === undefined || item.line === undefined ? {} : { source: { file: item.file, line: item.line } }),
    };
  }
}

/** The function where it begins to be another, the offset in between; the line where it is another. */
function placeOf(item: InstructionRow, before: InstructionRow | undefined): string {
  const name = item.symbol !== undefined && item.symbol !== before?.symbol ? item.symbol : '';
  const offset = item.offset === undefined ? '' : `+${item.offset.replace(/^0x/, '')}`;
  const moved = item.line !== undefined && (item.line !== before?.line || item.file !== before.file);
  const line = moved && item.file !== undefined ? ` ${baseName(item.file)}:${item.line}` : '';
  return `${name}${offset}${line}`;
}

function effectOf(item: InstructionRow): string {
  const parts = (item.effective ?? []).map(
    ({ access, size, address, text }) =>
      `${ACCESS[access]}${size > 0 ? ` ${size}` : ''} at ${address}${text === '' ? '' : `: ${text}`}`,
  );
  if (parts.length > 0) return parts.join('; ');
  return item.refersTo ?? '';
}

const ACCESS = { read: 'reads', write: 'writes', readWrite: 'reads and writes' } as const;

function titleOf(item: InstructionRow): string {
  const lines = [`${item.address}  ${item.bytes.replace(/(..)(?=.)/g, '$1 ')}`, item.text];
  if (item.symbol !== undefined) lines.push(`${item.symbol}+${item.offset ?? '?'}`);
  if (item.file !== undefined) lines.push(`${item.file}:${item.line ?? '?'}`);
  const effect = effectOf(item);
  if (effect !== '') lines.push(effect);
  return lines.join('\n');
}
