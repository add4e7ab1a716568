import type { Finding, PopulationReport } from '../../src/shared/findings.js';
import type { TableSource } from '../../src/shared/populationPage.js';
import { selectionQuery } from './model/query.js';
import { Cell } from '../cell.js';
import { Crossfilter, MOST_FILTERS } from './model/crossfilter.js';
import { clockFacet, isClockName } from './model/clock.js';
import { columnOrder, type ColumnOrder } from './model/columnOrder.js';
import { facetOfNumbers, facetOfTexts, type Facet } from './model/facet.js';
import { groupsOf, type Groups } from './model/groups.js';
import { writeLink, type PageState, type View } from './model/link.js';
import { orderOf } from './model/ordering.js';
import { selectionOf } from './model/findingSelection.js';
import {
  EVERYTHING,
  isEverything,
  toggled,
  withRange,
  type Range,
  type Selection,
  type ValueChoice,
} from './model/selection.js';
import type { PageWords, Table, TableColumn } from './model/table.js';
import type { PopulationHost } from './host.js';

/** Name of the filter by text; no column can be called so, since its name would be joined with dots. */
const TEXT = 'text..';

/**
 * What all views of the page share: the table, what is chosen of it, and what was found in it. Whoever changes the selection goes
 * through `select`; whoever shows rows listens to `selection`, which is told after the rows were filtered.
 */
export class PopulationModel {
  readonly groups: Groups;
  readonly time: Float64Array | undefined;
  readonly selection = new Cell<Selection>(EVERYTHING);
  readonly view = new Cell<View>({});
  /** A sentence for the reader, seen and spoken. */
  readonly announcement = new Cell('');
  readonly #rows: Crossfilter;
  readonly #columns: ReadonlyMap<string, TableColumn>;
  readonly #facets = new Map<string, Facet>();
  readonly #orders = new Map<string, Uint32Array>();
  /** Counts of what is chosen now, which several views show; and of everything, to which readers come back. */
  #counts = new Map<object, Uint32Array>();
  readonly #allCounts = new WeakMap<object, Uint32Array>();

  constructor(
    readonly table: Table,
    readonly dataset: string,
    readonly host: PopulationHost,
    readonly report: PopulationReport,
    readonly source: TableSource,
    readonly words?: PageWords,
  ) {
    this.#rows = new Crossfilter(table.rows);
    this.#columns = new Map(table.columns.map((column) => [column.name, column]));
    const grouping = ['label', 'kind']
      .map((name) => this.#columns.get(name))
      .find((column) => column?.type === 'texts');
    this.groups = groupsOf(grouping?.type === 'texts' ? grouping : undefined, table.rows);
    const time = this.#columns.get('time');
    this.time = time?.type === 'numbers' && time.values.some((value) => !Number.isNaN(value)) ? time.values : undefined;
  }

  /** Which columns are dimensions, and in what order they are worth looking at. */
  columnOrder(): ColumnOrder {
    return columnOrder(this.table, this.report);
  }

  column(name: string): TableColumn | undefined {
    return this.#columns.get(name);
  }

  /** The facet of a column, or of what the clock says; made when it is first asked for. `undefined` where there is no such column. */
  facet(name: string): Facet | undefined {
    const made = this.#facets.get(name);
    if (made) return made;
    const facet = this.#facetOf(name);
    if (facet) this.#facets.set(name, facet);
    return facet;
  }

  #facetOf(name: string): Facet | undefined {
    if (isClockName(name)) return this.time && clockFacet(name, this.time);
    const column = this.#columns.get(name);
    return column && (column.type === 'texts' ? facetOfTexts(column) : facetOfNumbers(column));
  }

  /** How much ran of each value of a dimension, as text; `undefined` where no exposure table tells. */
  exposureOf(name: string): ReadonlyMap<string, number> | undefined {
    const told = this.report.exposure?.dimensions.find(({ dimension }) => dimension === name);
    return told && new Map(told.values.map(({ value, exposure }) => [value, exposure]));
  }

  /** Counts by value and group of the rows that pass all conditions but those on the column itself. */
  count(name: string, facet: Pick<Facet, 'codes' | 'size'>): Uint32Array {
    const known = isEverything(this.selection.get()) ? this.#allCounts : this.#counts;
    let counts = known.get(facet);
    if (!counts) known.set(facet, (counts = this.#rows.count(name, facet, this.groups)));
    return counts;
  }

  /** The rows that are looked at, ascending. */
  rows(): Uint32Array {
    return this.#rows.passing();
  }

  /** The rows that are looked at, in the order of a column; without one, as the table has them. */
  sortedRows(sort: View['sort']): Uint32Array {
    const column = sort && this.#columns.get(sort.column);
    if (!sort || !column) return this.rows();
    let order = this.#orders.get(sort.column);
    if (!order) this.#orders.set(sort.column, (order = orderOf(column)));
    const sorted = new Uint32Array(this.rows().length);
    let count = 0;
    if (!sort.descending) {
      for (const row of order) if (this.#rows.passes(row)) sorted[count++] = row;
    } else {
      for (let at = order.length - 1; at >= 0; at--) {
        const row = order[at] ?? 0;
        if (this.#rows.passes(row)) sorted[count++] = row;
      }
    }
    return sorted;
  }

  /** Restores a shared state. Conditions on columns that this table does not have are left out, and said. */
  restore({ selection, view }: PageState): void {
    this.view.set(view);
    this.select(selection);
  }

  toggle(column: string, text: string, only = false): void {
    this.select(toggled(this.selection.get(), column, text, only));
  }

  chooseTime(range: Range | undefined): void {
    this.select(withRange(this.selection.get(), 'time', range));
  }

  /** Looks at the cases of a finding. */
  showFinding(finding: Finding): void {
    this.select(selectionOf(finding, (name) => this.#columns.get(name)));
  }

  /** Filters the rows by `wanted`, and tells everybody. */
  select(wanted: Selection): void {
    const known = this.#known(wanted);
    const before = this.selection.get();
    for (const name of new Set([...before.values.keys(), ...known.values.keys()])) {
      const choice = known.values.get(name);
      if (choice !== before.values.get(name)) this.#filterValues(name, choice);
    }
    for (const name of new Set([...before.ranges.keys(), ...known.ranges.keys()])) {
      const range = known.ranges.get(name);
      const column = this.#columns.get(name);
      if (range !== before.ranges.get(name) && column?.type === 'numbers')
        this.#rows.filterRange(`in.${name}`, column.values, range);
    }
    if (known.text !== before.text) this.#rows.filterRows(TEXT, this.#rowsHolding(known.text));
    this.#counts = new Map();
    this.selection.set(known);
  }

  /** What is chosen, in SQL. */
  query(): string {
    return selectionQuery(this.selection.get(), (name) => this.facet(name), this.source);
  }

  /** Copies, and says so with `said`. */
  copy(text: string, said: string): void {
    this.#tell(this.host.copy(text), said);
  }

  /** Copies a link to what is shown. */
  copyLink(): void {
    const link = writeLink({ selection: this.selection.get(), view: this.view.get() });
    this.#tell(this.host.copyLink(link), 'A link to what is shown was copied.');
  }

  #tell(copying: Promise<void>, said: string): void {
    copying.then(
      () => {
        this.announcement.set(said);
      },
      () => {
        this.announcement.set('The browser does not let this page write to the clipboard.');
      },
    );
  }

  setView(change: Partial<View>): void {
    this.view.set({ ...this.view.get(), ...change });
  }

  #filterValues(name: string, choice: ValueChoice | undefined): void {
    const facet = this.facet(name);
    if (!facet) return;
    let keep: Uint8Array | undefined;
    if (choice) {
      keep = new Uint8Array(facet.size).fill(choice.not ? 1 : 0);
      for (const text of choice.texts) {
        const code = text === '' ? 0 : facet.codeOf(text);
        if (code !== undefined) keep[code] = choice.not ? 0 : 1;
      }
    }
    this.#rows.filterCodes(name, facet.codes, keep);
  }

  #rowsHolding(text: string): Uint8Array | undefined {
    if (text === '') return undefined;
    const keep = new Uint8Array(this.table.rows);
    for (const column of this.table.columns) {
      if (column.type !== 'texts') continue;
      const held = column.dictionary.holding(text);
      if (!held.includes(1)) continue;
      const { codes } = column;
      for (let row = 0; row < keep.length; row++) if (held[codes[row] ?? 0] === 1) keep[row] = 1;
    }
    return keep;
  }

  /** Only what can be filtered by: known columns, ranges of numbers, and no more conditions than there are bits. */
  #known(wanted: Selection): Selection {
    const values = [...wanted.values].filter(([name]) => this.#columns.has(name) || (isClockName(name) && this.time));
    const ranges = [...wanted.ranges].filter(([name]) => this.#columns.get(name)?.type === 'numbers');
    const room = MOST_FILTERS - 1;
    const lost = wanted.values.size + wanted.ranges.size - values.length - ranges.length;
    if (lost > 0)
      this.announcement.set(
        `${lost} ${lost === 1 ? 'condition names a column' : 'conditions name columns'} that this data set does not have.`,
      );
    return {
      values: new Map(values.slice(0, room)),
      ranges: new Map(ranges.slice(0, Math.max(0, room - values.length))),
      text: wanted.text,
    };
  }
}
