import { button, dropdown } from '../../controls.js';
import { element } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { AddressField } from '../dock/addressField.js';
import { parseHex } from '../hex.js';
import type { CoreModel } from '../model.js';
import { commandedRows } from '../rowCommands.js';
import type { Subject } from '../subject.js';
import { ByteSelection } from './byteSelection.js';
import { MemoryRowView } from './memoryRow.js';
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
  readonly #drawn = new WeakMap<HTMLElement, MemoryRowView>();
  #selection: ByteSelection | undefined;

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
        this.#onChosen();
      },
    );
    const host = element('div', { class: 'memory-list' });
    const hint = element(
      'p',
      { class: 'quiet dock-hint' },
      'Type an address, or press M on a slot or a register. Shift and the arrows choose bytes; A writes a note on them.',
    );
    const hex = options.hexEditor
      ? button({ title: 'Open the file of the core as bytes', class: 'pane-button' }, 'Open in Hex Editor', () => {
          model.messenger.do({ kind: 'openHex', address: `0x${(this.#center ?? 0n).toString(16)}` });
        })
      : undefined;
    this.append(element('div', { class: 'dock-bar' }, field.root, format, hex), hint, host);
    const commands = commandedRows(
      model,
      (index) => this.#subject(index),
      (index) => list.rowAt(index),
    );
    const list: VirtualList = new VirtualList(host, {
      role: 'listbox',
      label: 'Memory',
      onMove: (index) => {
        commands.onMove(index);
      },
      menu: (index) => commands.menu(index),
      create: () => {
        const view = new MemoryRowView();
        this.#drawn.set(view.root, view);
        return view.root;
      },
      fill: (row, index) => {
        const at = this.#start + BigInt(index * ROW_BYTES);
        const annotations = model.annotations.get();
        const chosen = this.#selection?.snapped(this.#size);
        this.#drawn.get(row)?.show(at, this.#row(index), {
          center: this.#center !== undefined && at === this.#center - (this.#center % 16n),
          size: this.#size,
          notes: annotations.within(at, ROW_BYTES),
          isNoted: (address) => annotations.all.length > 0 && annotations.onByte(address).length > 0,
          isChosen: (address) =>
            chosen !== undefined && address >= chosen.start && address < chosen.start + BigInt(chosen.length),
        });
      },
      onKey: (event, active) => this.#onKey(event, list) || commands.onKey(event, active),
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
    this.#takePointer(host, list, () => {
      sayChosen();
    });
    const sayChosen = (): void => {
      list.refresh();
      const chosen = this.#selection?.snapped(this.#size);
      if (chosen) field.say(chosenWords(chosen));
    };
    this.#onChosen = sayChosen;
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
      this.#selection = undefined;
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

  #onChosen: () => void = () => undefined;

  /** Left and right go byte by byte, with Shift the arrows choose. Escape chooses nothing. */
  #onKey(event: KeyboardEvent, list: VirtualList): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    if (event.key === 'Escape') {
      if (this.#selection === undefined) return false;
      this.#selection = undefined;
      this.#onChosen();
      return true;
    }
    const step = { ArrowLeft: -this.#size, ArrowRight: this.#size, ArrowUp: -ROW_BYTES, ArrowDown: ROW_BYTES }[
      event.key
    ];
    const across = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    if (step === undefined || (!event.shiftKey && !across) || list.active < 0) return false;
    const here = this.#start + BigInt(list.active * ROW_BYTES);
    const selection = (this.#selection ??= new ByteSelection(this.#centerIn(here) ?? here));
    selection.moveTo(selection.head + BigInt(step), event.shiftKey);
    this.#reveal(selection.head, list);
    this.#onChosen();
    return true;
  }

  #reveal(address: bigint, list: VirtualList): void {
    const row = Number((address - this.#start) / 16n);
    list.reveal(row);
    list.setActive(row);
  }

  /** A press chooses a byte, with Shift up to it; a drag chooses what it goes over. */
  #takePointer(host: HTMLElement, list: VirtualList, chosen: () => void): void {
    const byteUnder = (event: PointerEvent): bigint | undefined => {
      const row = (event.target instanceof Element ? event.target : host).closest<HTMLElement>('.memory-row');
      const offset = row && this.#drawn.get(row)?.byteAt(event.clientX, event.clientY, this.#size);
      const index = Number(row?.dataset['index'] ?? NaN);
      return offset === undefined || offset === null || Number.isNaN(index)
        ? undefined
        : this.#start + BigInt(index * ROW_BYTES + offset);
    };
    let dragging = false;
    host.addEventListener('pointerdown', (event) => {
      const byte = byteUnder(event);
      if (event.button !== 0 || byte === undefined) return;
      dragging = true;
      if (this.#selection === undefined || !event.shiftKey) this.#selection = new ByteSelection(byte);
      else this.#selection.moveTo(byte, true);
      chosen();
    });
    host.addEventListener('pointermove', (event) => {
      if (!dragging || (event.buttons & 1) === 0) return;
      const byte = byteUnder(event);
      if (byte === undefined || byte === this.#selection?.head) return;
      this.#selection?.moveTo(byte, true);
      list.setActive(Number((byte - this.#start) / 16n));
      chosen();
    });
    host.addEventListener('pointerup', () => {
      dragging = false;
    });
  }

  /** The address that was gone to, where it lies in the row at `at`. */
  #centerIn(at: bigint): bigint | undefined {
    return this.#center !== undefined && this.#center / 16n === at / 16n ? this.#center : undefined;
  }

  #row(index: number): MemoryRow | undefined {
    const page = this.#pages.get(Math.floor(index / PAGE_ROWS));
    return page === undefined || page === 'awaited' ? undefined : page[index % PAGE_ROWS];
  }

  #subject(index: number): Subject | undefined {
    const row = this.#row(index);
    if (row === undefined) return undefined;
    const size = this.#size;
    const chosen = this.#selection?.snapped(size);
    const end = row.address + BigInt(ROW_BYTES);
    // The bytes that are chosen, where the row holds some of them; else the row, of which the word that was gone to counts.
    const inRow =
      chosen && chosen.start < end && chosen.start + BigInt(chosen.length) > row.address ? chosen : undefined;
    const first = inRow?.start ?? this.#centerIn(row.address) ?? row.address;
    const value = inRow === undefined || inRow.length === 8 ? this.#wordAt(first) : undefined;
    const target = inRow ?? { start: row.address, length: ROW_BYTES };
    const text = `0x${row.address.toString(16)}  ${spellRow(row, size)}  ${asciiOf(row)}`;
    const about = inRow === undefined ? text : `${chosenWords(inRow)}: ${this.#spell(inRow)}`;
    return {
      section: 'memory',
      row: inRow === undefined ? text : this.#spell(inRow),
      address: `0x${first.toString(16)}`,
      end: `0x${(target.start + BigInt(target.length)).toString(16)}`,
      gdb: `x/${target.length}xb 0x${target.start.toString(16)}`,
      target: { range: `0x${target.start.toString(16)}`, length: target.length },
      about,
      ...(value === undefined ? {} : { value, follow: { address: value, code: false } }),
    };
  }

  #byteAt(address: bigint): number | undefined {
    return this.#row(Number((address - this.#start) / 16n))?.bytes[Number(address % 16n)];
  }

  /** The 8-byte word at an address, when all of it is known. */
  #wordAt(address: bigint): string | undefined {
    const bytes = Array.from({ length: 8 }, (_, i) => this.#byteAt(address + BigInt(i)));
    return wordAt({ bytes }, 0);
  }

  /** Bytes as digits; of many the first. */
  #spell({ start, length }: { readonly start: bigint; readonly length: number }): string {
    const count = Math.min(length, MOST_SPELLED);
    const digits = Array.from({ length: count }, (_, i) => {
      const byte = this.#byteAt(start + BigInt(i));
      return byte === undefined ? '··' : byte.toString(16).padStart(2, '0');
    });
    return `${digits.join(' ')}${length > count ? ' …' : ''}`;
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

/** Bytes of a note's description. */
const MOST_SPELLED = 64;

function chosenWords({ start, length }: { readonly start: bigint; readonly length: number }): string {
  return `${length} ${length === 1 ? 'byte' : 'bytes'} at 0x${start.toString(16)}`;
}
