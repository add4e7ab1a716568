import { button, dropdown } from '../../controls.js';
import { element, setText, setTitle } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { AnnotationFlag, annotationLines } from '../annotations/annotationFlag.js';
import { AddressField } from '../dock/addressField.js';
import { addressDigits, parseHex } from '../hex.js';
import type { CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import type { Subject } from '../subject.js';
import { asciiOf, MEMORY_FORMATS, type MemoryRow, ROW_BYTES, rowsOfAnswer, spellRow, wordAt } from './memoryRows.js';

/** Rows before and after an address that can be scrolled to; further ones by going there. */
const REACH = 32_768;
/** Rows asked for at once. */
const PAGE_ROWS = 128;
/** Pages kept. */
const KEPT_PAGES = 256;

/** Memory as hex and text around any address. */
export class MemoryView extends HTMLElement {
  #start = 0n;
  #size = 1;
  #center: bigint | undefined;
  readonly #pages = new Map<number, readonly MemoryRow[] | 'awaited'>();
  readonly #history: bigint[] = [];

  show(model: CoreModel, options: MemoryOptions): void {
    const field = new AddressField(model, (address) => {
      model.memoryAt.set({ address });
    });
    const format = dropdown(
      { 'aria-label': 'Show memory as', class: 'memory-format' },
      MEMORY_FORMATS,
      'bytes',
      (value) => {
        this.#size = MEMORY_FORMATS.find((known) => known.value === value)?.size ?? 1;
        list.refresh();
      },
    );
    const host = element('div', { class: 'memory-list' });
    const hint = element('p', { class: 'quiet dock-hint' }, 'Type an address, or press M on a slot or a register.');
    const hex = options.hexEditor
      ? button({ title: 'Open the file of the core as bytes', class: 'pane-button' }, 'Open in Hex Editor', () => {
          model.messenger.do({ kind: 'openHex', address: `0x${(this.#center ?? 0n).toString(16)}` });
        })
      : undefined;
    this.append(element('div', { class: 'dock-bar' }, field.root, format, hex), hint, host);
    const flags = new WeakMap<HTMLElement, AnnotationFlag>();
    const list: VirtualList = new VirtualList(host, {
      role: 'listbox',
      label: 'Memory',
      ...commandedRows(
        model,
        (index) => this.#subject(index),
        (index) => list.rowAt(index),
      ),
      create: () => {
        const flag = new AnnotationFlag();
        const row = element(
          'div',
          { class: 'memory-row mono' },
          element('span', { class: 'address' }),
          element('span', { class: 'memory-hex' }),
          element('span', { class: 'memory-text' }),
          flag.root,
        );
        flags.set(row, flag);
        return row;
      },
      fill: (row, index) => {
        const [address, digits, text] = row.children;
        if (!address || !digits || !text) return;
        const found = this.#row(index);
        const at = this.#start + BigInt(index * ROW_BYTES);
        row.classList.toggle('center', this.#center !== undefined && at === this.#center - (this.#center % 16n));
        setText(address, addressDigits(at));
        const empty = found !== undefined && found.bytes.every((byte) => byte === undefined);
        row.classList.toggle('absent', empty);
        setText(
          digits,
          found === undefined ? '…' : empty ? (found.absent ?? 'not there') : spellRow(found, this.#size),
        );
        setText(text, found === undefined || empty ? '' : asciiOf(found));
        const notes = noteOn(model, at);
        flags.get(row)?.show(notes);
        setTitle(
          row,
          [`0x${addressDigits(at)}`, found?.absent ?? '', ...annotationLines(notes)]
            .filter((line) => line !== '')
            .join('\n'),
        );
      },
      onActivate: (index, event) => {
        if (event instanceof MouseEvent && event.detail < 2) return;
        const follow = this.#subject(index)?.follow;
        if (follow) model.goTo(follow.address, follow.code);
      },
      onRange: (first, last) => {
        this.#want(model, first, last, () => {
          list.refresh();
        });
      },
    });
    host.addEventListener('keydown', (event) => {
      if (!event.altKey || event.key !== 'ArrowLeft') return;
      event.preventDefault();
      event.stopPropagation();
      this.#history.pop();
      const back = this.#history.pop();
      if (back !== undefined) model.memoryAt.set({ address: `0x${back.toString(16)}` });
    });
    model.annotations.subscribe(() => {
      list.refresh();
    });
    model.memoryAt.subscribe((wanted) => {
      const address = parseHex(wanted?.address);
      host.hidden = address === undefined;
      hint.hidden = address !== undefined;
      if (address === undefined) return;
      this.#center = address;
      this.#history.push(address);
      field.address = `0x${address.toString(16)}`;
      options.onShow();
      const row = address / 16n;
      const first = row > BigInt(REACH) ? row - BigInt(REACH) : 0n;
      const last = row + BigInt(REACH) > LAST_ROW ? LAST_ROW : row + BigInt(REACH);
      if (first * 16n !== this.#start || list.count === 0) this.#pages.clear();
      this.#start = first * 16n;
      list.setCount(Number(last - first) + 1);
      list.reveal(Number(row - first), 'middle');
      list.setActive(Number(row - first));
      list.refresh();
    });
  }

  #row(index: number): MemoryRow | undefined {
    const page = this.#pages.get(Math.floor(index / PAGE_ROWS));
    return page === undefined || page === 'awaited' ? undefined : page[index % PAGE_ROWS];
  }

  #subject(index: number): Subject | undefined {
    const row = this.#row(index);
    if (row === undefined) return undefined;
    const address = `0x${row.address.toString(16)}`;
    // Of the row that was gone to, the word that was meant; of others the first.
    const offset =
      this.#center !== undefined && this.#center / 16n === row.address / 16n ? Number(this.#center % 16n) : 0;
    const value = wordAt(row, offset);
    const text = `${address}  ${spellRow(row, this.#size)}  ${asciiOf(row)}`;
    return {
      section: 'memory',
      row: text,
      address: `0x${(row.address + BigInt(offset)).toString(16)}`,
      gdb: `x/16xb ${address}`,
      target: { range: address, length: ROW_BYTES },
      about: text,
      ...(value === undefined ? {} : { value, follow: { address: value, code: false } }),
    };
  }

  #want(model: CoreModel, first: number, last: number, onPage: () => void): void {
    for (let page = Math.floor(first / PAGE_ROWS); page <= Math.floor(last / PAGE_ROWS); page++) {
      if (this.#pages.has(page)) continue;
      const start = this.#start;
      const address = start + BigInt(page * PAGE_ROWS * ROW_BYTES);
      this.#pages.set(page, 'awaited');
      for (const [old, rows] of this.#pages) {
        if (this.#pages.size > KEPT_PAGES && rows !== 'awaited' && old !== page) this.#pages.delete(old);
      }
      model.messenger.ask('memory', { address: `0x${address.toString(16)}`, length: PAGE_ROWS * ROW_BYTES }).then(
        (answer) => {
          if (start !== this.#start) return;
          this.#pages.set(page, rowsOfAnswer(answer));
          onPage();
        },
        () => this.#pages.delete(page),
      );
    }
  }
}

/** What the view needs of the page. */
export interface MemoryOptions {
  readonly hexEditor: boolean;
  /** It has something to show. */
  onShow(): void;
}

const LAST_ROW = 2n ** 60n - 1n;

function noteOn(model: CoreModel, at: bigint) {
  const index = model.annotations.get();
  return index.all.length === 0
    ? []
    : [...index.onSlot(at), ...index.onSlot(at + 8n).filter((note) => 'slot' in note.target)];
}
