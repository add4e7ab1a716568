import type { Column, ColumnTable } from '../../shared/columnTable.js';
import { ColumnBuilder } from './columnBuilder.js';
import { ColumnOrder } from './columnOrder.js';
import { epochMilliseconds } from './instant.js';

/** More columns than any fleet describes its hosts by; what comes after them is counted and left out. */
const MAX_COLUMNS = 2000;
const MAX_DEPTH = 8;
/** Of a list of objects (frames), so many become columns. */
const MAX_LIST = 4;
/** Long lists of plain values are cut. */
const MAX_JOINED = 64;

/** Gathers rows, or cells column by column, into a table. Nested objects become columns with dots, `time` becomes epoch milliseconds. */
export class TableBuilder {
  private readonly columns = new Map<string, ColumnBuilder>();
  private readonly paths = new Map<string, readonly string[]>();
  private readonly order = new ColumnOrder();
  private count = 0;
  /** Names of columns beyond the limit: no more than are worth telling. */
  readonly leftOut = new Set<string>();

  get rows(): number {
    return this.count;
  }

  /**
   * Appends a row. Values may be anything that JSON or Parquet can say.
   *
   * @param written digits behind the point of numbers that were written with zeros at their end
   */
  row(cells: Readonly<Record<string, unknown>>, written?: ReadonlyMap<string, number>): void {
    const row = this.count++;
    for (const name in cells) this.put(row, name, cells[name], 0, written?.get(name));
  }

  /** A cell of a column-wise source; rows need not come in order. */
  cell(row: number, name: string, value: unknown): void {
    if (row >= this.count) this.count = row + 1;
    this.put(row, name, value, 0);
  }

  finish(): ColumnTable {
    const columns: Column[] = [];
    for (const name of this.order.order([...this.columns.keys()])) {
      const builder = this.columns.get(name);
      if (builder === undefined) continue;
      const path = this.paths.get(name);
      columns.push({ ...builder.finish(name, this.count), ...(path === undefined ? {} : { path }) });
    }
    return { rows: this.count, columns };
  }

  private put(row: number, name: string, value: unknown, depth: number, decimals?: number): void {
    if (value === null || value === undefined || value === '') return;
    if (name === 'time' && depth === 0) {
      const time = epochMilliseconds(value);
      if (time !== undefined) this.column(row, name)?.set(row, time);
      return;
    }
    switch (typeof value) {
      case 'number':
        if (!Number.isNaN(value)) this.column(row, name)?.set(row, value, decimals);
        return;
      case 'string':
      case 'boolean':
        this.column(row, name)?.set(row, value);
        return;
      case 'bigint':
        this.column(row, name)?.set(row, Number.isSafeInteger(Number(value)) ? Number(value) : value.toString());
        return;
      case 'object':
        if (value instanceof Date) this.putDate(row, name, value);
        else if (Array.isArray(value) || ArrayBuffer.isView(value))
          this.putList(row, name, Array.from(value as ArrayLike<unknown>), depth);
        else if (depth < MAX_DEPTH)
          for (const [key, inner] of Object.entries(value)) this.putInner(row, name, key, inner, depth);
        return;
      case 'undefined':
      case 'function':
      case 'symbol':
        return;
    }
  }

  private putInner(row: number, outer: string, key: string, value: unknown, depth: number): void {
    const name = `${outer}.${key}`;
    if (!this.paths.has(name) && this.paths.size < 2 * MAX_COLUMNS)
      this.paths.set(name, [...(this.paths.get(outer) ?? [outer]), key]);
    this.put(row, name, value, depth + 1);
  }

  private putDate(row: number, name: string, date: Date): void {
    if (!Number.isNaN(date.getTime())) this.column(row, name)?.set(row, date.toISOString());
  }

  private putList(row: number, name: string, list: readonly unknown[], depth: number): void {
    if (list.length === 0) return;
    if (list.some((entry) => typeof entry === 'object' && entry !== null)) {
      if (depth < MAX_DEPTH)
        list.slice(0, MAX_LIST).forEach((entry, index) => {
          this.putInner(row, name, String(index), entry, depth);
        });
      return;
    }
    this.column(row, name)?.set(row, list.slice(0, MAX_JOINED).map(String).join(','));
  }

  private column(row: number, name: string): ColumnBuilder | undefined {
    let column = this.columns.get(name);
    if (column === undefined) {
      if (this.columns.size >= MAX_COLUMNS) {
        if (this.leftOut.size < MAX_COLUMNS) this.leftOut.add(name);
        return undefined;
      }
      column = new ColumnBuilder();
      this.columns.set(name, column);
    }
    this.order.see(row, name);
    return column;
  }
}
