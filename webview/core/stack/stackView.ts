import { element } from '../../dom.js';
import { VirtualList } from '../../list/virtualList.js';
import { emptyState } from '../../emptyState.js';
import { addressKey, parseHex } from '../hex.js';
import { sentence, type CoreModel } from '../model.js';
import type { Findable, FindableRow } from '../find/findQuery.js';
import { type CommandedRows, commandedRows } from '../rowCommands.js';
import { frameSubject, slotSubject, type Subject } from '../subject.js';
import { absentStack } from './absentStack.js';
import { type Band, RED_ZONE_SLOTS, bandsOf } from './bands.js';
import { RowMap } from './rowMap.js';
import { SlotSource } from './slotSource.js';
import { StackRow } from './stackRow.js';

/**
 * The stack of the chosen thread, low addresses on top: what is dead, the red zone, then frame by frame outwards. Enter on a word
 * that points into this stack goes there, Alt+Left comes back.
 */
export class StackView extends HTMLElement implements Findable {
  #model: CoreModel | undefined;
  #source: SlotSource | undefined;
  #rows = new RowMap<Band>(0, -1, []);
  #list: VirtualList | undefined;
  readonly #shown = new WeakMap<HTMLElement, StackRow>();
  readonly #history: number[] = [];
  #run = 0;
  #opened: number | undefined;
  #wantedAddress: string | undefined;
  #commands: CommandedRows | undefined;

  show(model: CoreModel): void {
    this.#model = model;
    model.isOnStack = (address) => this.#slotOf(address) !== undefined;
    this.#commands = commandedRows(
      model,
      (row) => this.#subject(row),
      (row) => this.#list?.rowAt(row),
    );
    model.thread.subscribe((tid) => {
      this.#open(tid);
    });
    model.hypothesis.subscribe(() => {
      const choice = model.choice();
      if (choice && choice.tid === this.#opened) this.#source?.readAs(choice);
    });
    for (const cell of [model.frames, model.signalFrames]) {
      cell.subscribe(() => {
        this.#layOut();
      });
    }
    for (const cell of [model.lit, model.frame, model.annotations, model.found]) {
      cell.subscribe(() => {
        this.#list?.refresh();
      });
    }
    model.wanted.subscribe((wanted) => {
      if (wanted) this.#goTo(wanted.address);
    });
  }

  readonly name = 'stack';
  /** Called with the active slot and the one on top when they change. */
  onPlace: (slot: number, top: number) => void = () => undefined;
  #start: StackPlace | undefined;

  /** The first stack that opens begins there instead of at %rsp. */
  startAt(place: StackPlace): void {
    if (place.slot !== undefined) this.#start = place;
  }

  /** Every slot of this stack with what is written on it, and the headings, as text. */
  async *texts(signal: AbortSignal): AsyncIterable<readonly FindableRow[]> {
    const model = this.#model;
    const source = this.#source;
    if (!model || !source) return;
    const annotations = model.annotations.get();
    for await (const slots of source.all(signal)) {
      yield slots.map((slot) => {
        const notes = annotations.onSlot(BigInt(slot.address)).map(({ text }) => text);
        const parts = [
          slotSubject(0, slot).row,
          slot.value?.slice(2).padStart(16, '0') ?? '',
          slot.signalFrame?.field ?? '',
        ];
        return { key: slot.index, text: [...parts, slot.remark ?? '', ...notes].join('  ') };
      });
    }
  }

  at(): number | undefined {
    const active = this.#list?.active ?? -1;
    return active < 0 ? undefined : this.#slotAt(active);
  }

  go(slot: number): void {
    this.#show(slot);
  }

  mark(slots: ReadonlySet<number>): void {
    this.#model?.found.set(new Set(slots));
  }

  #open(tid: number | undefined): void {
    const run = ++this.#run;
    this.#source = undefined;
    this.#opened = tid;
    this.#history.length = 0;
    const model = this.#model;
    if (!model || tid === undefined) {
      this.#sayEmpty(
        'No thread',
        model?.summary.problems[0]?.message ?? 'This core holds no threads that could be read.',
      );
      return;
    }
    SlotSource.open(model.messenger, model.choice() ?? { tid }, () => this.#list?.refresh()).then(
      (source) => {
        if (run !== this.#run) return;
        if (!(source instanceof SlotSource)) {
          this.#list = undefined;
          this.replaceChildren(absentStack(source));
          return;
        }
        this.#source = source;
        // The reading may have changed on the way.
        source.readAs(model.choice() ?? { tid });
        this.#build();
        this.#layOut();
        const [start, wanted] = [this.#start, this.#wantedAddress];
        this.#start = undefined;
        if (start?.slot === undefined || wanted !== undefined) this.#showStart();
        else this.#restore(start.slot, start.top);
        if (wanted !== undefined) this.#goTo(wanted);
      },
      (error: unknown) => {
        if (run === this.#run) this.#sayEmpty('The stack could not be read', sentence(error));
      },
    );
  }

  #sayEmpty(title: string, text: string): void {
    this.#list = undefined;
    this.replaceChildren(emptyState(title, text));
  }

  #build(): void {
    const grid = element('div', { class: 'stack-grid', 'aria-colcount': '4' }, columnHeads());
    this.replaceChildren(grid);
    this.#list = new VirtualList(grid, {
      role: 'grid',
      label: 'Stack, low addresses first',
      headRows: 1,
      create: () => {
        const row = new StackRow();
        this.#shown.set(row.root, row);
        return row.root;
      },
      fill: (root, index) => {
        const row = this.#shown.get(root);
        if (row) this.#fill(row, index);
      },
      onActivate: (index, event) => {
        this.#activate(index, event);
      },
      onKey: (event, active) => this.#onKey(event) || this.#commands?.onKey(event, active) === true,
      onMove: (index) => {
        this.#commands?.onMove(index);
        this.#tellPlace();
      },
      menu: (index) => this.#commands?.menu(index),
      onRange: (first, last) => {
        this.#source?.want(this.#slotAt(first), this.#slotAt(last));
        this.#tellPlace();
      },
    });
  }

  /** Places the headings; slots keep their order, and the slot on top stays on top. */
  #layOut(): void {
    const source = this.#source;
    const list = this.#list;
    const model = this.#model;
    if (!source || !list || !model) return;
    const frames = model.frames.get()?.items ?? [];
    const signalFrames = model.signalFrames.get() ?? [];
    const top = this.#rows.count > 0 ? this.#slotAt(list.top) : undefined;
    const active = list.active >= 0 ? this.#slotAt(list.active) : undefined;
    this.#rows = new RowMap(source.lowest, source.highest, bandsOf({ ...outline(source), frames, signalFrames }));
    list.setCount(this.#rows.count);
    if (active !== undefined) list.setActive(this.#rows.rowOf(active));
    if (top !== undefined) this.#keepTop(top);
  }

  #keepTop(slot: number): void {
    const grid = this.firstElementChild;
    // At the start, %rsp stays where it is, whatever headings appear above it.
    if (grid && this.#history.length === 0 && this.#list?.active === this.#rows.rowOf(0)) this.#showStart();
    else this.#list?.reveal(this.#rows.rowOf(slot));
  }

  #showStart(): void {
    const row = this.#rows.rowOf(0);
    this.#list?.setActive(row);
    // The whole red zone above %rsp, where that leaves enough below it.
    const heading = this.#rows.rowOf(-RED_ZONE_SLOTS) - 1;
    this.#list?.show(Math.max(0, heading - 2), row, 0.7);
  }

  #restore(slot: number, top: number | undefined): void {
    const row = this.#rows.rowOf(slot);
    this.#list?.setActive(row);
    if (top === undefined) this.#list?.reveal(row, 'middle');
    else this.#list?.show(this.#rows.rowOf(top), this.#rows.rowOf(top), 1);
  }

  #fill(row: StackRow, index: number): void {
    const source = this.#source;
    const model = this.#model;
    if (!source || !model) return;
    const what = this.#rows.at(index);
    const selected = model.physicalFrame(model.frame.get());
    if ('band' in what) {
      row.showBand(what.band, source.rsp, what.band.physical === selected, model.frames.get()?.stop ?? '');
      return;
    }
    const slot = source.at(what.slot);
    const address = source.rsp + BigInt(what.slot) * 8n;
    const lit = model.lit.get();
    row.showSlot(what.slot, address, slot, {
      lit:
        lit.slots.has(address.toString(16)) ||
        (slot?.signalFrame !== undefined && lit.signalFrames.has(addressKey(slot.signalFrame.address))),
      selectedFrame: slot?.frame === selected,
      found: model.found.get().has(what.slot),
      annotations: model.annotations.get().onSlot(address),
    });
  }

  #tellPlace(): void {
    const list = this.#list;
    if (list && list.active >= 0) this.onPlace(this.#slotAt(list.active), this.#slotAt(list.top));
  }

  #slotAt(row: number): number {
    const what = this.#rows.at(row);
    return 'band' in what ? what.band.slot : what.slot;
  }

  #activate(index: number, event: Event): void {
    const what = this.#rows.at(index);
    if ('band' in what) {
      if (what.band.row !== undefined) this.#model?.chooseFrame(what.band.row);
      return;
    }
    // A click chooses; following a pointer takes a double click or Enter.
    if (event instanceof MouseEvent && event.detail < 2) return;
    this.#follow(what.slot);
  }

  #follow(slot: number): void {
    const found = this.#source?.at(slot);
    const target = this.#slotOf(found?.value);
    if (target !== undefined) {
      this.#history.push(slot);
      this.#show(target);
      return;
    }
    const follow = found && slotSubject(this.#model?.thread.get() ?? 0, found).follow;
    if (follow) this.#model?.goTo(follow.address, follow.code);
    else this.#model?.announcement.set('This word is not a pointer.');
  }

  #subject(row: number): Subject | undefined {
    const what = this.#rows.at(row);
    const tid = this.#model?.thread.get();
    if (tid === undefined) return undefined;
    if ('slot' in what) {
      const slot = this.#source?.at(what.slot);
      return slot && slotSubject(tid, slot);
    }
    const { frame, physical } = what.band;
    return frame && physical !== undefined ? frameSubject(tid, physical, frame) : undefined;
  }

  #onKey(event: KeyboardEvent): boolean {
    if (event.altKey && event.key === 'ArrowLeft') {
      const back = this.#history.pop();
      if (back !== undefined) this.#show(back);
      return true;
    }
    if (event.key === 'Home' && event.ctrlKey) {
      this.#show(0);
      return true;
    }
    return false;
  }

  #goTo(address: string): void {
    const slot = this.#slotOf(address);
    if (!this.#source) {
      // The thread's slots are still on their way.
      this.#wantedAddress = address;
      return;
    }
    this.#wantedAddress = undefined;
    if (slot === undefined) {
      this.#model?.announcement.set(`${address} is not on this stack.`);
      return;
    }
    const from = this.#list?.active;
    if (from !== undefined && from >= 0) this.#history.push(this.#slotAt(from));
    this.#show(slot);
  }

  #show(slot: number): void {
    const row = this.#rows.rowOf(slot);
    this.#list?.reveal(row, 'middleUnlessInView');
    this.#list?.setActive(row);
  }

  /** The slot of an address on this stack. */
  #slotOf(address: string | undefined): number | undefined {
    const value = parseHex(address);
    const source = this.#source;
    if (value === undefined || !source) return undefined;
    const distance = value - source.rsp;
    const slot = Math.floor(Number(distance) / 8);
    return slot >= source.lowest && slot <= source.highest ? slot : undefined;
  }
}

/** Where a reader was: the active slot and the one on top. */
interface StackPlace {
  readonly slot?: number | undefined;
  readonly top?: number | undefined;
}

function outline(source: SlotSource) {
  return { rsp: source.rsp, lowest: source.lowest, highest: source.highest };
}

function columnHeads(): HTMLElement {
  const head = (name: string, text: string) => element('span', { class: name, role: 'columnheader' }, text);
  return element(
    'div',
    { class: 'stack-row stack-heads', role: 'row', 'aria-rowindex': '1' },
    head('offset', '%rsp'),
    head('address', 'address'),
    head('value', 'value'),
    head('meaning', 'what it is'),
  );
}
