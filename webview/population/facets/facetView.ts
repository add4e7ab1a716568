import { element, setText, setTitle } from '../../dom.js';
import { DataTable } from '../dataTable.js';
import { groupName } from '../mark.js';
import type { Facet } from '../model/facet.js';
import type { PopulationModel } from '../populationModel.js';
import { StackedBar } from '../stackedBar.js';

const STEP = 8;

/** One dimension: its most frequent values among what is looked at, each a button that chooses it. */
export class FacetView {
  readonly root: HTMLElement;
  readonly #model: PopulationModel;
  readonly #name: string;
  readonly #toggle: HTMLElement;
  readonly #values = element('ul', { class: 'facet-values' });
  readonly #body: HTMLElement;
  readonly #size = element('span', { class: 'facet-size' });
  readonly #more = element('button', { class: 'link facet-values-more' });
  readonly #table: DataTable;
  readonly #rows = new Map<string, FacetRow>();
  #shown = STEP;
  #open = false;
  #counts: Uint32Array = new Uint32Array();
  #unsubscribe: (() => void) | undefined;

  constructor(model: PopulationModel, name: string) {
    this.#model = model;
    this.#name = name;
    this.#table = new DataTable(name, () => this.#contents());
    this.#toggle = element(
      'button',
      { class: 'pane-toggle facet-toggle' },
      element('span', { class: 'twistie' }),
      element('span', { class: 'facet-name' }, name),
    );
    this.#values.setAttribute('aria-label', name);
    this.#body = element('div', {}, this.#values, this.#more, this.#table.place);
    this.root = element(
      'div',
      { class: 'facet', 'data-facet': name },
      element('h3', { class: 'facet-head' }, this.#toggle, this.#size, this.#table.toggle),
      this.#body,
    );
    this.#toggle.addEventListener('click', () => {
      this.setOpen(!this.#open);
    });
    this.#more.addEventListener('click', () => {
      this.#shown += STEP * 3;
      this.#draw();
    });
  }

  /** A folded facet is not counted. */
  setOpen(open: boolean): void {
    this.#open = open;
    this.#body.hidden = !open;
    this.#table.toggle.hidden = !open;
    this.root.classList.toggle('folded', !open);
    this.#toggle.setAttribute('aria-expanded', String(open));
    this.#unsubscribe?.();
    this.#unsubscribe = open
      ? this.#model.selection.subscribe(() => {
          this.#draw();
        })
      : undefined;
  }

  #draw(): void {
    const facet = this.#model.facet(this.#name);
    if (!facet) return;
    const chosen = this.#model.selection.get().values.get(this.#name);
    this.#counts = this.#model.count(this.#name, facet);
    const order = this.#order(facet);
    const picked = (chosen?.texts ?? [])
      .map((text) => (text === '' ? 0 : facet.codeOf(text)))
      .filter((code) => code !== undefined);
    const codes = [...new Set([...picked, ...order.slice(0, this.#shown)])];
    const most = codes.reduce((largest, code) => Math.max(largest, this.#total(code)), 0);
    const rows = codes.map((code) => {
      const text = facet.text(code);
      const row = this.#rows.get(text) ?? new FacetRow(this.#model, this.#name, text);
      this.#rows.set(text, row);
      const isChosen = chosen?.texts.includes(text) ?? false;
      row.show(
        this.#counts,
        code * this.#model.groups.size,
        this.#total(code),
        most,
        isChosen,
        isChosen && chosen?.not === true,
      );
      return row.root;
    });
    // The focus stays where it is: what is in place already is not put there again.
    for (const [index, row] of rows.entries()) {
      const now = this.#values.children[index];
      if (now !== row) this.#values.insertBefore(row, now ?? null);
    }
    while (this.#values.children.length > rows.length) this.#values.lastElementChild?.remove();
    const left = order.length - rows.length;
    this.#more.hidden = left <= 0;
    setText(this.#more, `${left.toLocaleString('en')} more`);
    setText(this.#size, order.length.toLocaleString('en'));
    this.#table.refresh();
  }

  #total(code: number): number {
    const { size } = this.#model.groups;
    let total = 0;
    for (let group = 0; group < size; group++) total += this.#counts[code * size + group] ?? 0;
    return total;
  }

  /** Values that occur, the most frequent first; bins of numbers in their own order. */
  #order(facet: Facet): number[] {
    const totals = new Uint32Array(facet.size);
    const codes: number[] = [];
    for (let code = 0; code < facet.size; code++) {
      totals[code] = this.#total(code);
      if ((totals[code] ?? 0) > 0) codes.push(code);
    }
    if (facet.bins) return codes.sort((a, b) => (a || Infinity) - (b || Infinity));
    return codes.sort((a, b) => (totals[b] ?? 0) - (totals[a] ?? 0) || a - b);
  }

  #contents() {
    const { groups } = this.#model;
    const facet = this.#model.facet(this.#name);
    const codes = facet ? this.#order(facet) : [];
    return {
      caption: `Crashes by ${this.#name}`,
      head: [this.#name, ...groups.order.map((group) => groupName(groups, group))],
      rows: codes
        .slice(0, 1000)
        .map((code) => [
          facet?.text(code) || 'no value',
          ...groups.order.map((group) => (this.#counts[code * groups.size + group] ?? 0).toLocaleString('en')),
        ]),
      more: Math.max(0, codes.length - 1000),
    };
  }
}

/** A value with its bar and its count. */
class FacetRow {
  readonly root: HTMLElement;
  readonly #button: HTMLElement;
  readonly #bar: StackedBar;
  readonly #count = element('span', { class: 'facet-count' });

  constructor(model: PopulationModel, name: string, text: string) {
    this.#bar = new StackedBar(model.groups);
    const shown = text === '' ? 'no value' : text;
    this.#button = element(
      'button',
      { class: text === '' ? 'facet-value none' : 'facet-value', 'data-value': text },
      element('span', { class: 'facet-text' }, shown),
      this.#count,
      this.#bar.root,
    );
    setTitle(this.#button, shown);
    this.#button.addEventListener('click', (event) => {
      // A plain click looks at one value; with Ctrl or Shift at several.
      model.toggle(name, text, !(event.ctrlKey || event.metaKey || event.shiftKey));
    });
    this.root = element('li', {}, this.#button);
  }

  show(counts: Uint32Array, at: number, total: number, most: number, chosen: boolean, not: boolean): void {
    setText(this.#count, total.toLocaleString('en'));
    this.#bar.show(counts, at, most);
    this.#button.setAttribute('aria-pressed', String(chosen));
    this.#button.classList.toggle('excluded', not);
  }
}
