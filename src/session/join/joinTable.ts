import type { ParquetColumn } from '../../io/parquet/parquetWriter.js';
import { readTable } from '../../io/tables/readTable.js';
import { TableError, type TableSink } from '../../io/tables/tableSink.js';
import { epochMilliseconds } from '../../population/table/instant.js';
import type { ColumnValue, DatasetRow } from '../../shared/dataset.js';
import { cellText } from './cellText.js';
import { typedColumn } from './columnTypes.js';
import { JoinError, type JoinSpec, someOf } from './joinSpec.js';

/** A table in memory, ready to be asked for the row that goes with a crash. */
export class JoinTable {
  readonly #rows = new Map<string, Span[]>();
  /** Keys that more than one row has, without an interval to tell them apart. */
  ambiguous = 0;

  private constructor(
    readonly spec: JoinSpec,
    /** What it adds to a crash, under the names it has there. */
    readonly columns: readonly ParquetColumn[],
    private readonly values: readonly (readonly ColumnValue[])[],
  ) {}

  /** @throws JoinError when the file is no table or lacks a column */
  static async load(spec: JoinSpec): Promise<JoinTable> {
    const cells = await columnsOf(spec.file);
    const names = [...cells.keys()];
    const need = (name: string, option: string): readonly unknown[] => {
      const values = cells.get(name);
      if (values === undefined)
        throw new JoinError(`${spec.file}: ${option} names ${name}, the table has ${someOf(names)}`);
      return values;
    };
    const keys = spec.on.map(({ right }) => need(right, 'the key'));
    const start = spec.interval === undefined ? undefined : need(spec.interval.start, 'the interval');
    const end = spec.interval?.end === undefined ? undefined : need(spec.interval.end, 'the interval');
    for (const name of spec.take ?? []) need(name, 'take');
    const spent = new Set([
      ...spec.on.map(({ right }) => right),
      ...(spec.interval === undefined ? [] : Object.values(spec.interval)),
    ]);
    const taken = spec.take ?? names.filter((name) => !spent.has(name));
    const typed = taken.map((name) => typedColumn(cells.get(name) ?? []));
    const columns = taken.map((name, i) => ({ name: `${spec.prefix ?? ''}${name}`, type: typed[i]?.type ?? 'text' }));
    const table = new JoinTable(
      spec,
      columns,
      typed.map(({ values }) => values),
    );
    table.#index(keys, start, end);
    return table;
  }

  /**
   * The number of the row that goes with a crash.
   *
   * @param time of the crash in milliseconds since 1970
   * @returns `undefined` when there is none
   */
  find(row: DatasetRow, time: number | undefined): number | undefined {
    const key = keyOf(this.spec.on.map(({ left }) => row[left]));
    const spans = key === undefined ? undefined : this.#rows.get(key);
    if (spans === undefined) return undefined;
    if (this.spec.interval === undefined) return spans[0]?.row;
    if (time === undefined) return undefined;
    // Of two that overlap the later one is the news.
    return spans.findLast(({ start, end }) => start <= time && time < end)?.row;
  }

  /** Adds what its row number `found` holds. */
  addTo(row: Record<string, ColumnValue>, found: number): void {
    this.columns.forEach(({ name }, i) => (row[name] = this.values[i]?.[found]));
  }

  #index(
    keys: readonly (readonly unknown[])[],
    start: readonly unknown[] | undefined,
    end: readonly unknown[] | undefined,
  ): void {
    const rows = keys[0]?.length ?? 0;
    for (let row = 0; row < rows; row++) {
      const key = keyOf(keys.map((column) => column[row]));
      if (key === undefined) continue;
      const span = {
        row,
        start: (start === undefined ? undefined : epochMilliseconds(start[row])) ?? Number.NEGATIVE_INFINITY,
        end: (end === undefined ? undefined : epochMilliseconds(end[row])) ?? Number.POSITIVE_INFINITY,
      };
      const spans = this.#rows.get(key);
      if (spans === undefined) this.#rows.set(key, [span]);
      else spans.push(span);
    }
    for (const spans of this.#rows.values()) {
      if (spans.length < 2) continue;
      if (start === undefined) this.ambiguous++;
      else spans.sort((a, b) => a.start - b.start);
    }
  }
}

interface Span {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

/** `undefined` when a part of the key is missing: nothing is equal to what is not known. */
function keyOf(parts: readonly unknown[]): string | undefined {
  const texts: string[] = [];
  for (const part of parts) {
    if (part === undefined || part === null || part === '') return undefined;
    texts.push(cellText(part).trim());
  }
  return texts.join('\0');
}

async function columnsOf(file: string): Promise<ReadonlyMap<string, unknown[]>> {
  const sink = new ColumnSink();
  try {
    await readTable(file, sink, undefined, true);
  } catch (error) {
    if (error instanceof TableError) throw new JoinError(`${file}: ${error.message}`);
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new JoinError(`${file}: there is no such table`);
    throw new JoinError(`${file}: the table cannot be read (${code ?? String(error)})`);
  }
  if (sink.rows === 0) throw new JoinError(`${file}: the table has no rows`);
  for (const values of sink.columns.values()) values.length = sink.rows;
  return sink.columns;
}

class ColumnSink implements TableSink {
  readonly columns = new Map<string, unknown[]>();
  rows = 0;

  row(cells: Readonly<Record<string, unknown>>): void {
    const at = this.rows;
    for (const [name, value] of Object.entries(cells)) this.cell(at, name, value);
    this.rows = at + 1;
  }

  cell(row: number, name: string, value: unknown): void {
    let values = this.columns.get(name);
    if (values === undefined) {
      values = [];
      this.columns.set(name, values);
    }
    values[row] = value;
    if (row >= this.rows) this.rows = row + 1;
  }
}
